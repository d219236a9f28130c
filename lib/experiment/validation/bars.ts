/** Largest mean errors that count as met, as shares. */
export const BARS = {
  load: { ttft: 0.15, tpot: 0.08, e2e: 0.08 },
  concurrency: { ttft: 0.25, tpot: 0.08 },
} as const;
