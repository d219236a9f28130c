import { servedUntilSeconds } from "../serverless/life_phases.ts";
import type { InstanceLife } from "../serverless/lifecycle.ts";

/** A machine that is rented whole. */
export interface RentedMachine {
  /** Its GPUs. */
  readonly gpus: number;
  /** Dollars per GPU and second. */
  readonly usdPerGpuSecond: number;
}

/**
 * What GPUs cost that are rented with others of their machine and that no instance has: a machine is
 * paid for with all of its GPUs while any instance is on it.
 *
 * @param machines By node id.
 * @param lives Lives of instances, with the places of their GPUs.
 * @returns Dollars.
 */
export function unusedGpusUsd(
  machines: readonly RentedMachine[],
  lives: readonly InstanceLife[],
): number {
  if (machines.length === 0) return 0;
  const onMachine = machines.map((): { from: number; to: number; gpus: number }[] => []);
  for (const life of lives) {
    const from = life.createdAtSeconds;
    const to = servedUntilSeconds(life);
    for (const [node, own] of Map.groupBy(life.ranks ?? [], ({ node }) => node)) {
      onMachine[node].push({ from, to, gpus: own.length });
    }
  }
  return machines.reduce((usd, { gpus, usdPerGpuSecond }, node) => {
    const spans = onMachine[node].sort((a, b) => a.from - b.from);
    let used = 0, rented = 0, until = -Infinity;
    for (const span of spans) {
      used += span.gpus * (span.to - span.from);
      rented += gpus * Math.max(0, span.to - Math.max(until, span.from));
      until = Math.max(until, span.to);
    }
    return usd + Math.max(0, rented - used) * usdPerGpuSecond;
  }, 0);
}
