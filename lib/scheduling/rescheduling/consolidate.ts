import { quantity } from "../../settings/quantities.ts";
import type { MovableLoad, ReschedulingEntry, ReschedulingPolicy } from "./policy.ts";

/** Options of {@link consolidate}. */
export interface ConsolidateOptions {
  /** Share of its KV blocks up to which an instance is filled, 0..1. */
  readonly fillTo: number;
}

/** `consolidate` as files name it. */
export const consolidatePolicy: ReschedulingEntry<"consolidate", ConsolidateOptions> = {
  name: "consolidate",
  describe:
    "From the emptiest instance to the fullest with room, so that one falls idle and stops.",
  settings: {
    fillTo: quantity("fraction", {
      above: 0,
      max: 1,
      default: 0.6,
      describe: "Share of its KV blocks up to which an instance is filled.",
    }),
  },
  create: consolidate,
};

/**
 * Empties the instance with the fewest KV blocks in use into the fullest ones that have room, where
 * all that it runs fits into them; what is idle then is stopped by whoever scales the function.
 * Instances that are to stop are emptied first.
 */
export function consolidate({ fillTo }: ConsolidateOptions): ReschedulingPolicy {
  const used = (load: MovableLoad) => load.kvBlocks - load.freeBlocks;
  const room = (load: MovableLoad) => Math.floor(load.kvBlocks * fillTo) - used(load);
  return {
    name: "consolidate",
    decide(loads, move) {
      const able = loads.filter(({ isMoving }) => !isMoving);
      const busy = able.filter(({ running }) => running > 0)
        .sort((one, other) =>
          Number(other.isLeaving) - Number(one.isLeaving) || used(one) - used(other) ||
          other.id - one.id
        );
      const source = busy[0];
      if (source === undefined || (source.waiting > 0 && !source.isLeaving)) return;
      const targets = busy.slice(1)
        .filter((load) => !load.isLeaving && load.waiting === 0 && load.preempted === 0)
        .sort((one, other) => used(other) - used(one) || one.id - other.id);
      const total = targets.reduce((sum, load) => sum + Math.max(0, room(load)), 0);
      if (total < used(source)) return;
      const target = targets.find((load) => room(load) >= source.lastBlocks);
      if (target !== undefined) move(source.id, target.id);
    },
  };
}
