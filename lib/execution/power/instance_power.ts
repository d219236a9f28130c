import type { GpuPower } from "./gpu_power.ts";
import type { StepPower } from "./step_energy.ts";

/** Where the time of a step goes in which GPUs wait for their host. */
export interface HostGaps {
  /** Per step, seconds, >= 0. */
  readonly stepSeconds: number;
  /** Per sequence of a step, seconds, >= 0. */
  readonly sequenceSeconds: number;
}

/**
 * Power of the steps of an instance on so many GPUs that share its work.
 *
 * @param expertShare Share of its arithmetic that is with routed experts, 0..1.
 */
export function instancePower(
  gpu: GpuPower,
  gpus: number,
  gaps: HostGaps,
  expertShare = 0,
): StepPower {
  return {
    idleWatts: gpus * gpu.idleWatts,
    limitWatts: gpus * gpu.limitWatts,
    activeWatts: gpus * gpu.activeWatts,
    joulesPerFlop: gpu.joulesPerFlop +
      expertShare * (gpu.joulesPerExpertFlop - gpu.joulesPerFlop),
    joulesPerByte: gpu.joulesPerByte,
    gapSeconds: gaps.stepSeconds,
    gapSecondsPerSequence: gaps.sequenceSeconds,
  };
}
