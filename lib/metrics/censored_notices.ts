import type { Summary } from "./run_tables.ts";

/**
 * Says which percentiles of latencies lie above what was seen, since requests were cut off by the end
 * of the run: of 100 requests of which 5 were cut off, nobody knows the p99, and the p95 is the
 * longest that was seen.
 *
 * @param percentiles Percentiles that are reported, 0..100.
 */
export function censoredNotices(
  { completed, censored }: Summary["measured"],
  percentiles: readonly number[],
): string[] {
  if (censored === 0) return [];
  const shareSeen = completed / (completed + censored);
  const above = percentiles.filter((p) => p / 100 > shareSeen).map((p) => `p${p}`);
  const those = censored === 1 ? "a request was" : `${censored} requests were`;
  return [
    `${those} cut off by the end of the run and ${censored === 1 ? "is" : "are"} in no latency` +
    (above.length === 0
      ? ""
      : `; ${above.join(", ")} of all requests ${
        above.length === 1 ? "lies" : "lie"
      } above what is shown`),
  ];
}
