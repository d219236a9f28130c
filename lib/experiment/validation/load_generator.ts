import type { ConcurrencyPoint } from "./concurrency_points.ts";

/** What a benchmark does that its table of results does not say. */
export interface LoadGenerator {
  /** Lengths are uniform between this share of the nominal ones and all of it; 1: all equal. */
  readonly leastLength: number;
  /** Token budget of the engine's steps. */
  readonly maxTokensPerStep: number;
}

/** Requests per slot of a run: the first tenth of them comes as one burst. */
export const REQUESTS_PER_SLOT = 10;

/**
 * Lengths as the public benchmark draws them that the points resemble, and the budget that vLLM's
 * server takes on GPUs of this size.
 *
 * @source https://github.com/InferenceMAX/InferenceMAX (random-range-ratio 0.8, ten prompts per slot)
 */
export const ASSUMED: LoadGenerator = { leastLength: 0.8, maxTokensPerStep: 8192 };

/**
 * The two series of points were made by two benchmarks. What the one that recorded its version
 * (0.12.0) measured, waves of requests in step with each other, is what equal lengths give: all
 * sequences of a wave end together, their successors come together and wait for each other's prompts,
 * whatever the output length. The smaller budget is inferred likewise, from four that were compared.
 */
export function inferredGenerator(point: ConcurrencyPoint): LoadGenerator {
  return point.version === "0.12.0" ? { leastLength: 1, maxTokensPerStep: 4096 } : ASSUMED;
}
