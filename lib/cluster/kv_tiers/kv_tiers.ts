import type { RunColumns } from "../../engine/engine_parts.ts";
import type { KvTiersOfEngine } from "../../engine/kv_tiers_of_engine.ts";
import {
  noTierCounts,
  TIER_KINDS,
  type TierCounts,
  type TierKind,
  type TierRecord,
} from "../../metrics/kv_tier_record.ts";
import { InvariantError } from "../../sim/invariant_error.ts";
import { blocksIn, TierBlocks } from "../../scheduling/kv_cache/tiers/mod.ts";
import type { FunctionParts } from "../cluster_parts.ts";
import type { Schedule } from "../schedule.ts";
import { InstanceTiers, type TierLevel, type TierReports } from "./instance_tiers.ts";
import type { KvHolder } from "../handoff/kv_transfer_parts.ts";
import type { KvTierParts, TierParts } from "./kv_tier_parts.ts";
import { TierMoves } from "./tier_moves.ts";

/** What the tiers of a run work with. */
export interface KvTiersOptions {
  readonly parts: KvTierParts;
  readonly functions: readonly FunctionParts[];
  readonly run: RunColumns;
  readonly schedule: Schedule;
  readonly reports: TierReports;
  /** Bytes have begun, or ceased, to flow. */
  readonly linksChange: () => void;
}

/** What the tiers of one kind did, and what each request had of them. */
interface OfKind {
  readonly counts: TierCounts;
  readonly hitTokens: Int32Array;
}

/**
 * All cache tiers of a run: those of instances, of machines and of the cluster, and the blocks on their
 * way between them and the engines.
 */
export class KvTiers {
  readonly #of: KvTiersOptions;
  readonly #moves: TierMoves;
  readonly #instances = new Map<number, InstanceTiers>();
  /** Tiers that outlive instances: by function, and machine or none. */
  readonly #shared = new Map<string, { readonly node: number; readonly blocks: TierBlocks }>();
  readonly #kinds = new Map<TierKind, OfKind>();

  constructor(of: KvTiersOptions) {
    this.#of = of;
    this.#moves = new TierMoves(of.parts, of.run.clock, of.schedule, of.linksChange);
  }

  /** The tiers of an instance that begins; undefined if its function has none. */
  begin(instance: KvHolder): KvTiersOfEngine | undefined {
    const { parts, functions, run, reports } = this.#of;
    const tiers = parts.functions[instance.functionId];
    const { engine: { prefix, blockTokens } } = functions[instance.functionId];
    if (tiers === undefined || prefix === undefined) return undefined;
    const begun = new InstanceTiers({
      instance,
      levels: tiers.tiers.map((tier) => this.#level(tier, instance)),
      identity: prefix,
      blockTokens,
      blockBytes: tiers.blockBytes,
      run,
      moves: this.#moves,
      reports,
    });
    this.#instances.set(instance.id, begun);
    return begun;
  }

  #level(parts: TierParts, { functionId, ranks }: KvHolder): TierLevel {
    const { kind, blocks, ttlSeconds } = parts;
    const make = () => new TierBlocks(blocks, ttlSeconds);
    const isOwn = kind === "host" || (kind === "disk" && !this.#of.parts.hasMachines);
    const level = { parts, ...this.#ofKind(kind) };
    if (isOwn) return { ...level, blocks: make() };
    const node = kind === "disk" ? ranks[0].node : -1;
    const key = `${functionId} ${kind} ${node}`;
    let shared = this.#shared.get(key);
    if (shared === undefined) this.#shared.set(key, shared = { node, blocks: make() });
    return { ...level, blocks: shared.blocks };
  }

  #ofKind(kind: TierKind): OfKind {
    let found = this.#kinds.get(kind);
    if (found === undefined) {
      const hitTokens = new Int32Array(this.#of.run.columns.count);
      this.#kinds.set(kind, found = { counts: noTierCounts(), hitTokens });
    }
    return found;
  }

  /** An instance is gone: what was on its way to or from it is given up, its own tiers are no more. */
  end(instanceId: number): void {
    const { parts } = this.#of;
    const instance = this.#instances.get(instanceId);
    if (instance === undefined) return;
    this.#moves.cancelAll(instanceId);
    for (const { blocks, counts, parts: { kind } } of instance.levels) {
      if (kind === "store" || (kind === "disk" && parts.hasMachines)) continue;
      counts.evictedBlocks += blocks.evicted;
      counts.expiredBlocks += blocks.expired;
    }
    this.#instances.delete(instanceId);
    parts.forget(instanceId);
  }

  /** A machine is lost, with what its disk held. No instance is on it any more. */
  loseNode(node: number): void {
    for (const shared of this.#shared.values()) if (shared.node === node) shared.blocks.clear();
  }

  /**
   * Leading tokens of a request's prompt that an instance has or can load, of which its prefix cache has
   * `cachedTokens`.
   */
  reachableTokens(instanceId: number, request: number, cachedTokens: number): number {
    return this.#instances.get(instanceId)?.reachableTokens(request, cachedTokens) ?? cachedTokens;
  }

  /** The set-up of a move is over. */
  flow(move: number): void {
    this.#moves.flow(move);
  }

  /** The blocks of a move are there. */
  arrive(move: number): void {
    this.#moves.arrive(move);
  }

  /** All tiers: those of instances and those that outlive them. */
  *#tiers(): Generator<readonly [TierKind, TierBlocks]> {
    for (const { levels } of this.#instances.values()) {
      for (const { parts: { kind }, blocks } of levels) {
        const isShared = kind === "store" || (kind === "disk" && this.#of.parts.hasMachines);
        if (!isShared) yield [kind, blocks];
      }
    }
    for (const { node, blocks } of this.#shared.values()) {
      yield [node < 0 ? "store" : "disk", blocks];
    }
  }

  /** What the tiers did so far, by kind, the nearest first. */
  record(): readonly TierRecord[] {
    return TIER_KINDS.filter((kind) => this.#kinds.has(kind)).map((kind): TierRecord => {
      const { counts, hitTokens } = this.#kinds.get(kind)!;
      const record = { ...counts, kind, hitTokens, heldBlocks: 0 };
      for (const [of, { used, arriving, evicted, expired }] of this.#tiers()) {
        if (of !== kind) continue;
        record.heldBlocks += used - arriving;
        record.evictedBlocks += evicted;
        record.expiredBlocks += expired;
      }
      return record;
    });
  }

  /**
   * Looks at the law of conservation: every block that a tier expects is in one move, and no tier holds
   * more than it may.
   *
   * @param isWhole Whether every piece is looked at, rather than the sums alone.
   * @throws {InvariantError} If that is not so.
   */
  check(isWhole: boolean): void {
    let arriving = 0, moving = 0;
    for (const [kind, tier] of this.#tiers()) {
      arriving += tier.arriving;
      if (isWhole) tier.check();
      if (tier.used > tier.capacity || tier.arriving > tier.used) {
        this.#broken(`${tier.used} KV blocks in a ${kind} tier of ${tier.capacity}`);
      }
    }
    for (const { ranges, to } of this.#moves.all()) {
      if (to !== "gpu") moving += blocksIn(ranges);
    }
    if (arriving !== moving) {
      this.#broken(`cache tiers expect ${arriving} KV blocks, of which ${moving} are on their way`);
    }
  }

  #broken(law: string): never {
    throw new InvariantError(law, { atSeconds: this.#of.run.clock.now });
  }
}
