import type { FunctionTiers, TierParts } from "../cluster/kv_tiers/kv_tier_parts.ts";
import { layerKvBytesPerToken } from "../models/kv_bytes_per_token.ts";
import { layerGroups } from "../models/transformer.ts";
import { plain } from "../sim/limits.ts";
import type { PrefixBlocks, RequestTable } from "../workload/request_table.ts";
import { ConfigError } from "../config/config_error.ts";
import type { Configuration } from "../config/configuration.ts";
import type { Deployment } from "./deployment.ts";

/** What the cache tiers of a function are made from. */
export interface TieredKind {
  readonly config: Pick<Configuration, "memory" | "parallelization">;
  readonly deployment: Pick<Deployment, "shape" | "kvBytesPerElement">;
}

/** Room that the tiers of one kind take, bytes; 0 where there is none. */
export function tierBytes(
  { memory }: Pick<Configuration, "memory">,
  kind: TierParts["kind"],
): number {
  return memory.kv_tiers.find(({ tier }) => tier === kind)?.capacity ?? 0;
}

/**
 * Bytes of one KV block over all GPUs that hold it: tensor ranks beyond the KV heads hold copies, which
 * are stored and moved as they are.
 */
export function tierBlockBytes({ config, deployment }: TieredKind): number {
  const { tensor_parallel_size, data_parallel_attention } = config.parallelization;
  const ranks = tensor_parallel_size / data_parallel_attention;
  const tokenBytes = layerGroups(deployment.shape.layers).reduce(
    (sum, { layer, count }) =>
      sum + count * ranks * layerKvBytesPerToken(layer, deployment.kvBytesPerElement, ranks),
    0,
  );
  return tokenBytes * config.memory.block_size;
}

/**
 * The cache tiers of a function; undefined where it has none.
 *
 * @throws {ConfigError} If no block fits into one, or the model has none.
 */
export function functionTiers(kind: TieredKind): FunctionTiers | undefined {
  const { kv_tiers: tiers } = kind.config.memory;
  if (tiers.length === 0) return undefined;
  const blockBytes = tierBlockBytes(kind);
  return {
    blockBytes,
    tiers: tiers.map(({ tier, capacity, write, ttl, rate, setup }, i): TierParts => {
      const blocks = blockBytes > 0 ? Math.floor(capacity! / blockBytes) : 0;
      if (blocks === 0) {
        throw new ConfigError([
          `Cannot read "memory.kv_tiers[${i}].capacity" as the room of KV blocks of ` +
          `${plain(blockBytes)} bytes: current value is ${plain(capacity!)}` +
          (blockBytes > 0 ? "" : " (the model keeps no KV entries)"),
        ]);
      }
      return {
        kind: tier,
        blocks,
        ttlSeconds: ttl ?? Infinity,
        write,
        bytesPerSecond: rate ?? Infinity,
        setupSeconds: setup,
      };
    }),
  };
}

/**
 * A workload's prefixes with an identity for every block of every prompt: tiers take blocks in that
 * nobody will ask for again, which nobody knows.
 *
 * @throws {ConfigError} If no prompt has any.
 */
export function wholePrefixes({ prefix, promptTokens, count }: RequestTable): PrefixBlocks {
  if (prefix === undefined) {
    throw new ConfigError([
      `Cannot use "memory.kv_tiers" as tiers of a workload whose prompts share nothing: current value ` +
      `of its prefixes is none (workload.prefix_groups, workload.sessions, workload.distinct_prompts ` +
      `or a trace with prefix hashes give some)`,
    ]);
  }
  const { blockTokens, offsets, hashes } = prefix;
  const whole = new Uint32Array(count + 1);
  let highest = -1;
  for (const hash of hashes) if (hash > highest) highest = hash;
  for (let i = 0; i < count; i++) {
    const blocks = Math.ceil(promptTokens[i] / blockTokens);
    whole[i + 1] = whole[i] + Math.max(blocks, offsets[i + 1] - offsets[i]);
  }
  // Identities are whole numbers >= 0: those below 0 are free where there is no room above.
  const isRoomAbove = highest + whole[count] < Number.MAX_SAFE_INTEGER;
  let next = isRoomAbove ? highest + 1 : -1;
  const all = new Float64Array(whole[count]);
  for (let i = 0; i < count; i++) {
    const own = hashes.subarray(offsets[i], offsets[i + 1]);
    all.set(own, whole[i]);
    for (let at = whole[i] + own.length; at < whole[i + 1]; at++) {
      all[at] = next;
      next += isRoomAbove ? 1 : -1;
    }
  }
  return { blockTokens, offsets: whole, hashes: all };
}

/**
 * Room that the disk tiers of all functions take on each machine, bytes.
 *
 * @param kinds Functions that are alike, and how many there are.
 */
export function diskTierBytes(
  kinds: readonly { readonly config: Configuration; readonly count: number }[],
): number {
  return kinds.reduce((sum, { config, count }) => sum + count * tierBytes(config, "disk"), 0);
}

/**
 * The prefixes that an engine identifies blocks by: those of the workload, whole where tiers take what
 * is computed; undefined where there are none or nobody asks.
 *
 * @throws {ConfigError} If there are tiers and no prefixes.
 */
export function enginePrefixes(
  { scheduler, memory }: Pick<Configuration, "scheduler" | "memory">,
  table: RequestTable,
): PrefixBlocks | undefined {
  if (memory.kv_tiers.length > 0) return wholePrefixes(table);
  return scheduler.prefix_caching ? table.prefix : undefined;
}
