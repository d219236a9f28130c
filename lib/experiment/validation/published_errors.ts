import type { LatencyErrors } from "./latencies.ts";

/** Errors that other simulators publish, or make when run on the same measurements. */
export interface PublishedErrors {
  /** Name of the simulator. */
  readonly of: string;
  /** What the errors are means over. */
  readonly what: string;
  /** Mean absolute relative errors, as shares. */
  readonly errors: LatencyErrors;
  /** Where they come from. */
  readonly source: string;
}

/** LLMServingSim 2.0 on its own two runs, per request; one replay each, at the client's arrivals. */
export const LLMSERVINGSIM: Readonly<Record<string, PublishedErrors>> = {
  "rtx-4090": {
    of: "LLMServingSim 2.0",
    what: "per request",
    errors: { ttft: 0.038, tpot: 0.016, e2e: 0.0065 },
    source: "https://github.com/casys-kaist/LLMServingSim, bench/examples, replayed",
  },
  "rtx-pro-6000": {
    of: "LLMServingSim 2.0",
    what: "per request",
    errors: { ttft: 0.108, tpot: 0.015, e2e: 0.019 },
    source: "https://github.com/casys-kaist/LLMServingSim, bench/examples, replayed",
  },
};

/** BLIS (inference-sim) on the load points: the lower ends of what was published and re-measured. */
export const BLIS: PublishedErrors = {
  of: "BLIS",
  what: "mean of the load points",
  errors: { ttft: 0.20, tpot: 0.10, e2e: 0.09 },
  source: "https://github.com/inference-sim/inference-sim",
};
