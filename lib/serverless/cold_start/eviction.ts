import type { NameOf, Policy, PolicyTable } from "../../settings/policy.ts";

/** What an eviction policy may know of a cached model. */
export interface CacheEntry {
  /** Name of the weights. */
  readonly key: string;
  /** Their size. */
  readonly bytes: number;
  /** Seconds that it costs to get the model again. */
  readonly costSeconds: number;
  /** Instant of the last use, seconds. */
  lastUseSeconds: number;
  /** Uses since it came in. */
  uses: number;
  /** Reasons to keep it: loads under way, instances that hold it. */
  pins: number;
  /** Whether it is complete; a loading entry takes room and serves nobody. */
  complete: boolean;
  /** Greedy-Dual's priority at the last use. */
  priority: number;
}

/** Chooses what to give up: the entry with the smallest worth goes first, ties by the older entry. */
export interface EvictionPolicy {
  /** Worth of keeping an entry; called when it comes in and at each use. */
  touch(entry: CacheEntry): void;
  /** Worth now, any unit. */
  worth(entry: CacheEntry): number;
  /** Told of every eviction. */
  evicted(entry: CacheEntry): void;
}

/** Least recently used first. */
export function leastRecentlyUsed(): EvictionPolicy {
  return { touch() {}, worth: (entry) => entry.lastUseSeconds, evicted() {} };
}

/** Least frequently used first. */
export function leastFrequentlyUsed(): EvictionPolicy {
  return { touch() {}, worth: (entry) => entry.uses, evicted() {} };
}

/**
 * Greedy-Dual-Size-Frequency: worth = clock + uses x cost / GiB, where the clock is the worth of the
 * last entry given up, so that old popularity fades.
 *
 * @source Fuerst and Sharma, FaasCache (ASPLOS 2021), section 4; Cherkasova, HPL-98-69R1
 */
export function greedyDual(): EvictionPolicy {
  let clock = 0;
  return {
    touch(entry) {
      entry.priority = clock + (entry.uses * entry.costSeconds) / (entry.bytes / 2 ** 30);
    },
    worth: (entry) => entry.priority,
    evicted(entry) {
      clock = Math.max(clock, entry.priority);
    },
  };
}

/** An eviction policy as its table has it. It is told nothing, and has no settings. */
export type EvictionEntry<Name extends string> = Policy<
  Name,
  Record<never, never>,
  Readonly<Record<never, never>>,
  EvictionPolicy
>;

const lru: EvictionEntry<"lru"> = {
  name: "lru",
  describe: "Least recently used first.",
  settings: {},
  create: leastRecentlyUsed,
};

const lfu: EvictionEntry<"lfu"> = {
  name: "lfu",
  describe: "Least frequently used first.",
  settings: {},
  create: leastFrequentlyUsed,
};

const greedyDualEntry: EvictionEntry<"greedy-dual"> = {
  name: "greedy-dual",
  aliases: ["cost-aware"],
  describe: "The least seconds of loading per GiB and use first, with ageing.",
  settings: {},
  create: greedyDual,
};

/** The eviction policies. A new one is an entry above and a word here. */
export const EVICTION_POLICIES = {
  wanted: "an eviction policy",
  entries: [lru, lfu, greedyDualEntry],
} as const satisfies PolicyTable;

/** Names of eviction policies. */
export type EvictionName = NameOf<typeof EVICTION_POLICIES>;
