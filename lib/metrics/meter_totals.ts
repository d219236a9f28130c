/** Running totals of one engine's work. */
export interface MeterTotals {
  /** Time in steps, seconds. */
  busySeconds: number;
  /** Arithmetic done, FLOP. */
  flops: number;
  /** Weights and KV entries moved, bytes. */
  bytes: number;
  /** Prompt tokens computed and output tokens produced. */
  promptTokens: number;
  /** Output tokens produced. */
  outputTokens: number;
  /** Integral of the KV blocks in use, block-seconds. */
  blockSeconds: number;
  /** Integral of the sequences in the batch, sequence-seconds. */
  sequenceSeconds: number;
}

/** All totals zero. */
export function emptyTotals(): MeterTotals {
  return {
    busySeconds: 0,
    flops: 0,
    bytes: 0,
    promptTokens: 0,
    outputTokens: 0,
    blockSeconds: 0,
    sequenceSeconds: 0,
  };
}
