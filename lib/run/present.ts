import { ConfigError } from "../config/config_error.ts";
import { listed } from "../config/listed.ts";
import type { StartPlan, WeightTier } from "../serverless/cold_start/mod.ts";
import type { BuiltNode } from "./nodes.ts";
import type { StartKind } from "./starts.ts";

/** Names of weights among what is there when a run begins. */
const WEIGHTS = { weights_ssd: "ssd", weights_dram: "dram" } as const;

/** Artifacts that presets leave; a preset of one's own may have others. */
const USUAL_ARTIFACTS = ["image", "compile", "graphs", "snapshot"];

/** Place of the weights among names of what is there; "remote" where they are not. */
export function presentTier(names: readonly string[]): WeightTier {
  return names.includes("weights_dram") ? "dram" : names.includes("weights_ssd") ? "ssd" : "remote";
}

/** Whether weights are in a tier, by names of what is there. */
export function isWeightsPresent(names: readonly string[], tier: "ssd" | "dram"): boolean {
  return names.some((name) => WEIGHTS[name as keyof typeof WEIGHTS] === tier);
}

/** Artifacts of a preset. */
export function artifactsOf({ stages }: StartPlan): string[] {
  return [...new Set(stages.flatMap(({ artifact }) => artifact ? [artifact.artifact] : []))];
}

/**
 * Whether a machine has an artifact since the run began; undefined where nothing is said.
 *
 * @param nodes The machines by id; empty: each start has one of its own.
 */
export function presentOn(
  { config }: StartKind,
  nodes: readonly BuiltNode[],
): ((artifact: string, node: number) => boolean) | undefined {
  const everywhere = new Set(config.cold_start.present);
  if (everywhere.size === 0 && nodes.every(({ present }) => present.length === 0)) return undefined;
  return (artifact, node) =>
    everywhere.has(artifact) || (nodes[node]?.present.includes(artifact) ?? false);
}

/**
 * Says what of that which is there when the run begins no start uses.
 *
 * @throws {ConfigError} If a name is none of an artifact or of weights.
 */
export function presentNotices(
  kinds: readonly StartKind[],
  nodes: readonly BuiltNode[],
): string[] {
  const starting = kinds.filter(({ plans }) => plans !== undefined);
  const own = new Set(starting.flatMap(({ plans }) => artifactsOf(plans!.all)));
  const known = [...new Set([...own, ...USUAL_ARTIFACTS, ...Object.keys(WEIGHTS)])];
  const said: [string, readonly string[], readonly StartKind[]][] = [
    ...starting.map((kind): [string, readonly string[], readonly StartKind[]] => [
      "cold_start.present",
      kind.config.cold_start.present,
      [kind],
    ]),
    ...[...new Set(nodes.map(({ present }) => present))].map((
      present,
    ): [string, readonly string[], readonly StartKind[]] => [
      "cluster.nodes[].present",
      present,
      starting,
    ]),
  ];
  const notices = new Set<string>();
  for (const [path, names, users] of said) {
    const wrong = names.find((name) => !known.includes(name));
    if (wrong !== undefined) {
      throw new ConfigError([
        `Cannot read "${path}" as names of what starts leave: current value is "${wrong}" ` +
        `(allowed: ${known.join(", ")})`,
      ]);
    }
    const ids = [...new Set(users.map(({ plans }) => plans!.all.id))];
    const unused = names.filter((name) =>
      !(name in WEIGHTS) && users.length > 0 &&
      users.every(({ plans }) => !artifactsOf(plans!.all).includes(name))
    );
    if (unused.length > 0) {
      notices.add(
        `${path}: ${listed(unused)} ${unused.length === 1 ? "has" : "have"} no effect: no stage ` +
          `of the preset ${listed(ids)} leaves such a thing`,
      );
    }
  }
  return [...notices];
}
