import type { Topology, Transfers } from "../../network/mod.ts";
import type { TierKind } from "../../metrics/kv_tier_record.ts";
import type { RankPlace } from "../../serverless/cold_start/start_request.ts";

/** One cache tier of a function's KV blocks. */
export interface TierParts {
  /** What it is: memory of the instance, disk of its machine, or a store of the cluster. */
  readonly kind: TierKind;
  /** KV blocks that fit: of an instance, a machine or the cluster. */
  readonly blocks: number;
  /** Time for which a block stays that nobody uses, seconds, > 0; Infinity: for ever. */
  readonly ttlSeconds: number;
  /** Takes blocks as they are computed, or those that the tier before it lets go. */
  readonly write: "through" | "evict";
  /** What one GPU of an instance reads or writes at most, bytes/s; Infinity: as the links do. */
  readonly bytesPerSecond: number;
  /** Time before the first byte of a transfer, seconds, >= 0. */
  readonly setupSeconds: number;
}

/** The tiers of one function, the nearest first. */
export interface FunctionTiers {
  readonly tiers: readonly TierParts[];
  /** Bytes of one KV block, over all GPUs of an instance. */
  readonly blockBytes: number;
}

/** An instance as far as the places of its tiers depend on it. */
export interface TierUser {
  /** Number of the instance. */
  readonly id: number;
  readonly functionId: number;
  /** Its GPUs; empty where machines are not told apart. */
  readonly ranks: readonly RankPlace[];
}

/** The cache tiers of a run, and what their blocks cross. */
export interface KvTierParts {
  /** The links, and the bytes on their way over them: the run's `starts` move these on. */
  readonly topology: Topology;
  readonly transfers: Transfers;
  /** By function; undefined: its engines have no tiers. */
  readonly functions: readonly (FunctionTiers | undefined)[];
  /** Whether machines are told apart, so that a disk outlives the instances beside it. */
  readonly hasMachines: boolean;
  /** The GPUs of an instance as the links have them. */
  gpusOf(instance: TierUser): readonly RankPlace[];
  /** An instance is gone, and its places with it. */
  forget(instanceId: number): void;
}
