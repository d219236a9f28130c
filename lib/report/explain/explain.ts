import type { RunResult } from "../../metrics/run_tables.ts";
import { allBands, type LatencyBand } from "./bands.ts";
import { explainSource } from "./explain_source.ts";
import { readExplainSource } from "./read_explain_source.ts";
import { type RequestStory, Storyteller } from "./story.ts";
import { requestsWhere, SLOW_BY, slowest, whereCondition } from "./where.ts";

/** Options of {@linkcode explain}. */
export interface ExplainOptions {
  /** Requests whose stories are told; absent: the slowest ones. */
  readonly requests?: readonly number[];
  /** So many of the slowest, >= 1; default 10. */
  readonly slowest?: number;
  /** What makes them slow: a latency or a part of it, such as "ttft_s"; default "e2e_s". */
  readonly by?: string;
  /** Of the requests that meet a condition alone, such as "ttft_s>2 and preemptions>0". */
  readonly where?: string;
}

/** Why requests were slow. */
export interface Explanation {
  /**
   * What latencies are made of, averaged between percentiles: of the requests that met the condition,
   * or of all; none where certain requests were asked for.
   */
  readonly bands: readonly LatencyBand[];
  /** Requests that met the condition, or that were asked for. */
  readonly count: number;
  /** Stories, of the slowest first. */
  readonly stories: readonly RequestStory[];
}

/**
 * Says why requests of a run were slow: of a run at hand, or of a directory of results in Parquet.
 *
 * @throws {RangeError} If the parts of latencies were not recorded, a condition is malformed, a column
 *   is none that a request can be slow by, or there is no such request.
 *
 * @example
 * ```ts
 * import { loadConfig, simulate } from "simfaasinfer";
 * import { explain } from "simfaasinfer/explain";
 * const run = await simulate(loadConfig("workload: { type: poisson, num_requests: 20 }"));
 * const { stories } = await explain(run, { slowest: 1, by: "ttft_s" });
 * console.log(stories[0].text);
 * ```
 */
export async function explain(
  of: RunResult | string,
  { requests, slowest: most = 10, by = "e2e_s", where }: ExplainOptions = {},
): Promise<Explanation> {
  if (!SLOW_BY.includes(by)) {
    throw new RangeError(
      `Cannot sort requests by one of ${SLOW_BY.join(", ")}: current value is "${by}"`,
    );
  }
  const isMet = where === undefined ? undefined : whereCondition(where);
  const source = typeof of === "string" ? await readExplainSource(of) : explainSource(of);
  const found = requests ?? requestsWhere(source, isMet);
  const rows = requests ?? slowest(source, found, by, most);
  const teller = new Storyteller(source);
  return {
    bands: requests === undefined ? allBands(source, found) : [],
    count: found.length,
    stories: rows.map((row) => teller.tell(row)),
  };
}
