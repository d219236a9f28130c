/**
 * What a step costs beyond its kernels, in seconds: scheduling, preparing inputs, launching,
 * sampling, and handing results over. Constants of a framework version on a GPU generation.
 */
export interface Overhead {
  /** Seconds per step. */
  readonly stepSeconds: number;
  /** Seconds per running sequence in the step: decodes and prefill chunks. */
  readonly sequenceSeconds: number;
  /** Seconds per sampled token, beyond the LM head. */
  readonly samplerSeconds: number;
  /** Seconds per collective of the step, beyond its measured time. */
  readonly collectiveSeconds: number;
}

/** No overhead. */
export const NO_OVERHEAD: Overhead = {
  stepSeconds: 0,
  sequenceSeconds: 0,
  samplerSeconds: 0,
  collectiveSeconds: 0,
};
