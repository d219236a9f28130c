/** Mean latencies of a measured or simulated server, seconds. */
export interface Latencies {
  /** To the first token. */
  readonly ttftSeconds: number;
  /** Per output token after the first. */
  readonly tpotSeconds: number;
  /** NaN where it was not measured. */
  readonly e2eSeconds: number;
}

/** Relative errors of predicted latencies, signed: 0.1 is ten per cent too long. */
export interface LatencyErrors {
  /** Of the time to first token. */
  readonly ttft: number;
  /** Of the time per output token after the first. */
  readonly tpot: number;
  /** Of the time to the last token; NaN where it was not measured. */
  readonly e2e: number;
}

/** Signed relative errors. */
export function latencyErrors(predicted: Latencies, measured: Latencies): LatencyErrors {
  return {
    ttft: predicted.ttftSeconds / measured.ttftSeconds - 1,
    tpot: predicted.tpotSeconds / measured.tpotSeconds - 1,
    e2e: predicted.e2eSeconds / measured.e2eSeconds - 1,
  };
}

/** Mean of the absolute errors of several points; NaN of nothing. */
export function meanErrors(errors: readonly LatencyErrors[]): LatencyErrors {
  const mean = (of: (error: LatencyErrors) => number) =>
    errors.reduce((sum, error) => sum + Math.abs(of(error)), 0) / errors.length;
  return {
    ttft: mean((error) => error.ttft),
    tpot: mean((error) => error.tpot),
    e2e: mean((error) => error.e2e),
  };
}
