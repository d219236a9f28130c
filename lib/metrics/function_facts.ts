import type { BillingPlan } from "../serverless/cost/mod.ts";
import type { StatePower } from "../serverless/energy/state_power.ts";
import type { SloLimits } from "./slo.ts";

/** What the summary needs to know of each function beside the run's record. */
export interface FunctionFacts {
  /** GPUs of one instance. */
  readonly gpus: number;
  /** Dense peaks of one instance, FLOP/s and bytes/s. */
  readonly peakFlops: number;
  /** Peak memory bandwidth of one instance, bytes/s. */
  readonly peakBytesPerSecond: number;
  /** KV blocks of one instance. */
  readonly kvBlocks: number;
  /** Share of an instance's GPU memory taken by weights and reserve, and by all its KV blocks. */
  readonly fixedMemoryShare: number;
  /** Share of an instance's GPU memory taken by all its KV blocks. */
  readonly kvMemoryShare: number;
  /** What one instance draws beside its steps; absent: nobody asks. */
  readonly power?: StatePower;
  /** What of an instance's time is billed, and at what price. */
  readonly billing: BillingPlan;
  /** Whether no price of its GPU is known, so that its part of the bill is undefined. */
  readonly lacksPrice?: boolean;
  /** Instances that are paid from the beginning to the end; absent: none. */
  readonly reserved?: { readonly count: number; readonly usdPerGpuSecond?: number };
  /** Dollars per completed request; absent: nothing. */
  readonly usdPerRequest?: number;
  /** Price of instances in each zone as a share of that on demand; absent without zones. */
  readonly spotPriceShares?: readonly number[];
  /** On-demand price of a GPU rented throughout, dollars per second; absent: unknown. */
  readonly alwaysOnUsdPerGpuSecond?: number;
  /** Whether billing begins with the fetch of the weights instead of with the start. */
  readonly billsFromLoad?: boolean;
  /** Limits of its requests by class where functions have their own; absent: the common ones. */
  readonly limits?: readonly SloLimits[];
  /** Tokens per block of its prefix cache; absent when it is off or there is nothing to share. */
  readonly prefixBlockTokens?: number;
}
