import { count, quantity } from "../../settings/quantities.ts";
import type { MovableLoad, ReschedulingEntry, ReschedulingPolicy } from "./policy.ts";

/** Options of {@link freeness}. */
export interface FreenessOptions {
  /** Freeness under which requests move out, and above which they may move in, blocks per request. */
  readonly threshold: number;
  /** KV blocks that an instance with urgent requests is to keep free for them, >= 0. */
  readonly headroomBlocks: number;
}

/** `freeness` as files name it. */
export const freenessPolicy: ReschedulingEntry<"freeness", FreenessOptions> = {
  name: "freeness",
  describe: "From instances that run out of KV blocks soon to those that do last, as Llumnix.",
  settings: {
    threshold: quantity("number", {
      above: 0,
      default: 3,
      describe: "Free KV blocks per running request (the decode steps that an instance can still " +
        "take, in blocks) below which requests move out and above which they may move in.",
    }),
    headroomBlocks: count({
      min: 0,
      default: 0,
      describe: "KV blocks that an instance with urgent requests keeps free for them; Llumnix's " +
        "artifact keeps 100.",
    }),
  },
  create: freeness,
};

/**
 * How long an instance goes on before it runs out of KV blocks: those that are free, less what its
 * urgent requests are to have and what the head of its queue needs, per request; Infinity when it is
 * empty, -Infinity when it is to stop.
 */
export function freenessOf(load: MovableLoad, headroomBlocks: number): number {
  if (load.isLeaving) return -Infinity;
  const requests = load.running + (load.waiting > 0 ? 1 : 0);
  if (requests === 0) return Infinity;
  const kept = load.urgent > 0 ? headroomBlocks : 0;
  return (load.freeBlocks - kept - load.firstWaitingBlocks) / requests;
}

/**
 * Llumnix's rescheduling. Instances of little freeness, those that have preempted somebody, and those
 * that are to stop are sources, the others above the threshold targets; the least free source gives
 * to the freest target, the next to the next, where that has room for the request. What waits at the
 * head of a queue counts as if it ran, so that room is made for it (de-fragmentation).
 *
 * @source B. Sun et al., "Llumnix: dynamic scheduling for large language model serving", OSDI 2024, section 4.4;
 *   pairs: AlibabaPAI/llumnix, branch osdi24ae, core/request_scheduler.py, need_migrate_prefill_v2
 */
export function freeness({ threshold, headroomBlocks }: FreenessOptions): ReschedulingPolicy {
  const free = (load: MovableLoad) => freenessOf(load, headroomBlocks);
  const isSource = (load: MovableLoad) => load.preempted > 0 || free(load) < threshold;
  return {
    name: "freeness",
    decide(loads, move) {
      const able = loads.filter(({ isMoving }) => !isMoving);
      const sources = able.filter((load) => load.running > 0 && isSource(load))
        .sort((one, other) => compare(free(one), free(other)) || one.id - other.id);
      const targets = able.filter((load) => !isSource(load) && free(load) > threshold)
        .sort((one, other) => compare(free(other), free(one)) || one.id - other.id);
      const pairs = Math.min(sources.length, targets.length);
      for (let i = 0; i < pairs; i++) {
        const [source, target] = [sources[i], targets[i]];
        if (target.freeBlocks <= source.lastBlocks) continue;
        move(source.id, target.id);
      }
    },
  };
}

/** Order of numbers, infinite ones too. */
function compare(one: number, other: number): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
