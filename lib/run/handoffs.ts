import type { FunctionParts } from "../cluster/cluster_parts.ts";
import { kvLinks, ownPlaces, RANK_PLACES } from "../cluster/handoff/mod.ts";
import type { HandoffParts, KvTransferParts } from "../cluster/handoff/mod.ts";
import { ConfigError } from "../config/config_error.ts";
import type { Configuration } from "../config/configuration.ts";
import { kvLink } from "../hardware/mod.ts";
import { kvWireBytes } from "../models/mod.ts";
import type { EngineParts } from "../engine/mod.ts";
import type { Deployment } from "./deployment.ts";
import type { FunctionKind } from "./functions.ts";
import type { BuiltStarts } from "./starts.ts";

/**
 * How KV entries get from one instance to another, where there are groups or running requests move.
 *
 * @param hasNodes Whether machines are listed: then their links decide, otherwise each instance has a
 *   card of its own.
 */
export function buildKvTransfers(
  { cluster: { kv_transfer: set }, migration }: Configuration,
  { decodeOf }: FunctionGroups,
  { topology, transfers }: BuiltStarts,
  hasNodes: boolean,
): { readonly kvTransfers?: KvTransferParts } {
  if (decodeOf.size === 0 && migration.method === "off") return {};
  const preset = set.preset === null ? undefined : kvLink(set.preset);
  const rate = set.rate ?? preset?.bytesPerSecond ?? Infinity;
  const kvTransfers = {
    ...kvLinks(transfers, hasNodes ? RANK_PLACES : ownPlaces(topology, () => rate)),
    setupSeconds: set.setup ?? preset?.setupSeconds ?? 0,
    efficiency: set.efficiency ?? preset?.efficiency ?? 1,
    messageBytes: set.message ?? Infinity,
    messageSeconds: set.message_overhead,
  };
  return { kvTransfers };
}

/** A function of one group, as it was built. */
export interface BuiltGroup {
  readonly config: Configuration;
  readonly deployment: Deployment;
  readonly engine: EngineParts;
}

/** Engine of a group that prefills, and what it hands on: no longer sequences than both can take. */
function prefillParts(
  prefill: BuiltGroup,
  decode: BuiltGroup,
  to: number,
): Pick<FunctionParts, "engine" | "handoff"> {
  const maxModelTokens = Math.min(prefill.engine.maxModelTokens, decode.engine.maxModelTokens);
  return {
    engine: { ...prefill.engine, maxModelTokens, handsOff: true },
    handoff: buildHandoff(prefill, decode, to),
  };
}

/**
 * What a group that prefills hands on to the group that decodes, whose functions are others.
 *
 * @param to Id of the function that goes on with the requests.
 * @throws {ConfigError} If the entries of the one are of no use to the other.
 */
function buildHandoff(prefill: BuiltGroup, decode: BuiltGroup, to: number): HandoffParts {
  const [one, other] = [prefill, decode].map(({ deployment }) => deployment);
  const same = [
    ["model", one.shape.name, other.shape.name],
    ["bytes of a KV entry", one.work.kvBytesPerToken, other.work.kvBytesPerToken],
  ] as const;
  for (const [what, mine, theirs] of same) {
    if (mine === theirs) continue;
    throw new ConfigError([
      `Cannot use "groups" as groups of one ${what}: current value is ${mine} of prefill, ${theirs} ` +
      `of decode (allowed: the same)`,
    ]);
  }
  const ranks = decode.config.parallelization.tensor_parallel_size;
  const { blockTokens } = prefill.engine;
  const bytesOf = kvWireBytes(one.shape, one.kvBytesPerElement, ranks);
  const startsToo = prefill.config.groups.starts === "together";
  return {
    to,
    startsToo, // Blocks are sent as a whole.
    wireBytes: (from, until) => bytesOf(from, Math.ceil(until / blockTokens) * blockTokens),
  };
}

/** Which functions requests call, and which are the decode groups of those. */
export interface FunctionGroups {
  /** Kinds of functions that requests call, and how many functions these are: the first ones. */
  readonly called: readonly FunctionKind[];
  readonly calledCount: number;
  /** Decode groups by the functions that hand over to them, and the other way round. */
  readonly decodeOf: ReadonlyMap<number, number>;
  readonly calledBy: ReadonlyMap<number, number>;
}

/** The groups of functions of these kinds. */
export function functionGroups(kinds: readonly FunctionKind[]): FunctionGroups {
  const called = kinds.filter(({ group }) => group !== "decode");
  const decodeOf = new Map<number, number>();
  for (const { group, calledId, firstId, count } of kinds) {
    for (let i = 0; group === "decode" && i < count; i++) decodeOf.set(calledId + i, firstId + i);
  }
  return {
    called,
    calledCount: called.reduce((sum, { count }) => sum + count, 0),
    decodeOf,
    calledBy: new Map([...decodeOf].map(([id, decode]) => [decode, id])),
  };
}

/** The engine of a function, and what it hands on if it prefills for another. */
export function engineOf(
  byFunction: readonly BuiltGroup[],
  id: number,
  { decodeOf }: FunctionGroups,
): Pick<FunctionParts, "engine" | "handoff"> {
  const to = decodeOf.get(id);
  const { [id]: one } = byFunction;
  return to === undefined ? { engine: one.engine } : prefillParts(one, byFunction[to], to);
}
