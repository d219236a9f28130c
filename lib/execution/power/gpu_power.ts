import type { Gpu } from "../../hardware/gpu.ts";
import { idlePower, powerShares } from "../../hardware/power.ts";

/** What one GPU draws, by what it does. */
export interface GpuPower {
  /** With a model loaded and nothing to do, watts. */
  readonly idleWatts: number;
  /** Without a process on it, watts. */
  readonly bareWatts: number;
  /** The most that it may draw, watts: beyond, its clock falls. */
  readonly limitWatts: number;
  /** On top of idle while kernels run, whatever they compute, watts. */
  readonly activeWatts: number;
  /** On top of that, per FLOP. */
  readonly joulesPerFlop: number;
  /** The same of products with routed experts, whose tiles are half empty. */
  readonly joulesPerExpertFlop: number;
  /** On top of that, per byte moved between memory and chip. */
  readonly joulesPerByte: number;
  /** What was assumed, a sentence each. */
  readonly notices: readonly string[];
}

/** What {@link gpuPower} takes beyond the data sheet. */
export interface GpuPowerOptions {
  /** Dense peak at the number format that products are in, FLOP/s; default: at 16 bits. */
  readonly peakFlopsPerSecond?: number;
  /** Idle power with a model loaded, watts; default: measured, else a share of the limit. */
  readonly idleWatts?: number;
}

/**
 * The power of a GPU from its limits. Shares of its power limit, measured by class of operator on one
 * GPU (data/hardware/power.yaml), times the limit of this one; what a FLOP and a byte take follows
 * from its peak rates.
 *
 * @throws {RangeError} If the idle power is not below the power limit, or not at least 0.
 *
 * @example
 * ```ts
 * import { gpuPower } from "simfaasinfer/power";
 * import { gpuNamed } from "simfaasinfer/hardware";
 * console.log(gpuPower(gpuNamed("H200")).idleWatts); // 126
 * ```
 */
export function gpuPower(gpu: Gpu, options: GpuPowerOptions = {}): GpuPower {
  const { peakFlopsPerSecond = gpu.flopsPerSecond.bf16 } = options;
  const found = idlePower(gpu);
  const { idleWatts = found.idleWatts } = options;
  const limitWatts = gpu.powerWatts;
  if (!(idleWatts >= 0 && idleWatts < limitWatts)) {
    throw new RangeError(
      `Cannot use an idle power of ${gpu.name} as watts in 0..${limitWatts}, its power limit: ` +
        `current value is ${idleWatts}`,
    );
  }
  const shares = powerShares(gpu);
  const isMeasured = found.isMeasured || options.idleWatts !== undefined;
  return {
    idleWatts,
    bareWatts: Math.min(idleWatts, found.bareWatts),
    limitWatts,
    activeWatts: Math.max(0, shares.running * limitWatts - idleWatts),
    joulesPerFlop: shares.compute * limitWatts / peakFlopsPerSecond,
    joulesPerExpertFlop: shares.experts * limitWatts / peakFlopsPerSecond,
    joulesPerByte: shares.memory * limitWatts / gpu.memoryBytesPerSecond,
    notices: isMeasured ? [] : [
      `the idle power of ${gpu.name} is not measured: ${idleWatts.toFixed(0)} W is assumed, the ` +
      "share of the power limit that others draw (energy.idle_watts sets it)",
    ],
  };
}
