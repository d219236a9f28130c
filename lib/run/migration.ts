import type { ClusterParts } from "../cluster/cluster_parts.ts";
import type { MigrationParts } from "../cluster/handoff/mod.ts";
import type { Configuration } from "../config/configuration.ts";
import { kvWireBytes } from "../models/mod.ts";
import { RESCHEDULING_POLICIES } from "../scheduling/rescheduling/mod.ts";
import { fromConfiguration } from "../settings/placed_settings.ts";
import { buildKvTransfers, type BuiltGroup, type FunctionGroups } from "./handoffs.ts";
import type { BuiltStarts } from "./starts.ts";
import { cannotStream } from "./stream.ts";

/**
 * What moves: KV entries of groups and of running requests, who decides on these, and cache tiers.
 *
 * @param hasNodes Whether machines are listed.
 */
export function buildMoves(
  config: Configuration,
  functions: readonly BuiltGroup[],
  groups: FunctionGroups,
  starts: BuiltStarts,
  hasNodes: boolean,
  isStreamed: boolean,
): Pick<ClusterParts, "kvTransfers" | "migration" | "kvTiers"> {
  return {
    ...buildKvTransfers(config, groups, starts, hasNodes),
    ...buildMigration(config, functions, isStreamed),
    ...(starts.kvTiers && { kvTiers: starts.kvTiers }),
  };
}

/**
 * How running requests move between the instances of their functions; absent where none does.
 *
 * @param functions By id.
 * @param isStreamed Whether the requests are too many for memory, so that their numbers are used again.
 * @throws {ConfigError} If they are and some would move.
 */
function buildMigration(
  { migration: set, workload }: Configuration,
  functions: readonly Pick<BuiltGroup, "config" | "deployment">[],
  isStreamed: boolean,
): { readonly migration?: MigrationParts } {
  const { method } = set;
  if (method === "off") return {};
  if (isStreamed) {
    const why = "a request that moves is known by its number, which another has later";
    throw cannotStream("migration.method", method, why);
  }
  const wire = functions.map(({ config, deployment: { shape, kvBytesPerElement } }) =>
    kvWireBytes(shape, kvBytesPerElement, config.parallelization.tensor_parallel_size)
  );
  const urgent = workload.classes.flatMap(({ name }, id) =>
    set.urgent_classes.includes(name) ? [id] : []
  );
  return {
    migration: {
      method,
      policies: functions.map(() => fromConfiguration(RESCHEDULING_POLICIES, set.policy, set, {})),
      periodSeconds: set.period,
      drains: set.drains,
      maxStages: set.max_stages,
      lastStageTokens: set.last_stage_tokens,
      ...(urgent.length > 0 && { urgentClasses: new Set(urgent) }),
      // A block is copied as a whole, as far as it is filled or not.
      wireBytes: (functionId, from, until) => {
        const { block_size: tokens } = functions[functionId].config.memory;
        const first = Math.floor(from / tokens) * tokens;
        return wire[functionId](first, Math.ceil(until / tokens) * tokens);
      },
      recomputeSeconds: (functionId, from, until) =>
        functions[functionId].deployment.execution.stepSeconds({
          decodeSequences: 0,
          decodeContextTokens: 0,
          chunkCount: 1,
          chunkTokens: Int32Array.of(until - from),
          chunkPastTokens: Int32Array.of(from),
          sampledSequences: 1,
        }),
    },
  };
}
