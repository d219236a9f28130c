import { rowsOf } from "../rows/request_rows.ts";
import { fillNormalized, fillTpot, sinceArrival } from "../latency_columns.ts";
import { betweenTokens, latencySummary } from "../latency_summary.ts";
import { measuredFields } from "../request_counts.ts";
import type { Saturation } from "../saturation.ts";
import {
  because,
  count,
  type Figures,
  group,
  latency,
  number,
  part,
  partOrNull,
  record,
  unused,
} from "./figure.ts";
import type { SummaryParts } from "./summary_parts.ts";

/** Why a latency of tokens after the first has no value although requests completed. */
export const NO_SECOND_TOKEN = because(
  "no request that completed after the warm-up has two output tokens",
);

/** Why latencies of tokens after the first have no value where outputs come whole. */
export const RETURNED_WHOLE = because(
  "every output came whole, as static batches return it: nothing lies between its tokens",
);

const NONE_COMPLETED = because("no request that arrived after the warm-up completed");

const MEASURED_FIGURES: Figures<ReturnType<typeof measuredFields>> = {
  from_s: number("s", {
    doc: "End of the warm-up: requests that arrived before are in no latency",
  }, ({ from_s }) => from_s),
  completed: count({
    doc: "Completed requests that arrived from then on: those that latencies are of",
  }, ({ completed }) => completed),
  censored: count({
    doc:
      "Requests that arrived from then on and that the end of the run cut off (`drain: false`): their latencies are longer than is known, and in no percentile. A notice names the percentiles that lie above what is shown",
  }, ({ censored }) => censored),
};

const SATURATION_FIGURES: Figures<Saturation> = {
  arrivals_rps: number("requests/s", {
    doc: "Requests that arrive, in the second half of the time in which requests arrive",
    printed: { line: "saturation", words: "{}/s arrive" },
  }, ({ arrivalsPerSecond }) => arrivalsPerSecond),
  served_rps: number("requests/s", {
    doc: "Requests that are served in the same time",
    printed: { line: "saturation", words: "{}/s are served" },
  }, ({ servedPerSecond }) => servedPerSecond),
};

/** How requests ended, and what latencies are of. */
export const REQUEST_FIGURES: Figures<SummaryParts> = {
  saturation: partOrNull(
    {
      doc:
        "Whether more arrives than is served, so that latencies grow as long as the run goes on " +
        "and have no steady state; null where that is not so. In the second half of the time in " +
        "which requests arrive, the backlog grows in each twentieth of it by more than chance " +
        "explains (one-sided t-test, wrong in at most 1 % of stable runs)",
      isNull: unused("as much is served as arrives"),
    },
    ({ saturation }) => saturation,
    SATURATION_FIGURES,
  ),
  requests: group({ doc: "How requests ended, of the whole run" }, {
    arrived: count({
      doc: "Requests that arrived. `arrived = completed + rejected + timed_out + failed + " +
        "execution_limit + drain_limit + client_deadline + unfinished`",
      printed: { line: "requests", words: "{} arrived" },
    }, ({ counts }) => counts.requests.arrived),
    completed: count({
      doc: "Requests whose last token came",
      printed: { line: "requests", words: "{} completed" },
    }, ({ counts }) => counts.requests.completed),
    rejected: count({
      doc: "Requests with one of the outcomes `rejected_...`",
      printed: { line: "requests", words: "{} rejected", hidesZero: true },
    }, ({ counts }) => counts.requests.rejected),
    timed_out: count({
      doc: "Requests that the gateway turned away because they had waited as long as they might",
      printed: { line: "requests", words: "{} timed out", hidesZero: true },
    }, ({ counts }) => counts.requests.timed_out),
    failed: count({
      doc: "Requests whose instance a fault has taken",
      printed: { line: "requests", words: "{} failed", hidesZero: true },
    }, ({ counts }) => counts.requests.failed),
    execution_limit: count({
      doc: "Requests that were in an instance as long as they might be, and were cut off",
      printed: { line: "requests", words: "{} at their execution limit", hidesZero: true },
    }, ({ counts }) => counts.requests.execution_limit),
    drain_limit: count({
      doc: "Requests inside an instance that had drained as long as it might, and were cut off",
      printed: { line: "requests", words: "{} at a drain limit", hidesZero: true },
    }, ({ counts }) => counts.requests.drain_limit),
    client_deadline: count({
      doc: "Requests whose client gave up, waiting or running",
      printed: { line: "requests", words: "{} given up by clients", hidesZero: true },
    }, ({ counts }) => counts.requests.client_deadline),
    unfinished: count({
      doc: "Requests in flight or waiting at the end",
      printed: { line: "requests", words: "{} unfinished", hidesZero: true },
    }, ({ counts }) => counts.requests.unfinished),
    reasons: record({
      unit: "count",
      doc: "Number of each outcome other than `completed` and `unfinished`",
      printed: {
        line: "reasons",
        words: {
          rejected_length: "{} longer than the model's limit",
          rejected_capacity: "{} larger than the KV cache",
          rejected_queue_full: "{} found the queue full",
          rejected_rate_limit: "{} over the rate limit",
          rejected_slo: "{} could not meet their SLO",
          rejected_no_instance: "{} found no instance",
          rejected_wait_limit: "{} waited as long as they might",
          rejected_closed: "{} came when no instance was to come again",
        },
      },
    }, ({ counts }) => counts.requests.reasons),
  }),
  measured: part(
    { doc: "What the latencies are of" },
    ({ run, options }) => measuredFields(rowsOf(run), options.warmupSeconds, run.endAtSeconds),
    MEASURED_FIGURES,
  ),
};

/** Latencies of completed requests. */
export const LATENCY_FIGURES: Figures<SummaryParts> = {
  ttft_s: latency({
    label: "TTFT",
    doc:
      "Time to first token: arrival to the end of the step that yields the first output token, `f − a`",
    printed: { line: "latencies", place: -2 },
    isNull: NONE_COMPLETED,
  }, ({ latencies }) => latencies.of(sinceArrival("firstTokenAtSeconds"))),
  tpot_s: latency({
    label: "TPOT",
    doc: "Time per output token after the first, `(c − f) / (n − 1)`",
    printed: { line: "latencies" },
    isNull: ({ latencies }) =>
      latencies.count === 0
        ? NONE_COMPLETED
        : latencies.of(fillTpot).max === 0
        ? RETURNED_WHOLE
        : NO_SECOND_TOKEN,
  }, ({ latencies }) => betweenTokens(latencies.of(fillTpot))),
  e2e_s: latency({
    label: "E2E",
    doc: "End-to-end latency: arrival to the last token, `c − a`",
    printed: { line: "latencies" },
    isNull: NONE_COMPLETED,
  }, ({ latencies }) => latencies.of(sinceArrival("completedAtSeconds"))),
  normalized_latency_s: latency({
    unit: "s/token",
    label: "E2E per token",
    doc: "End-to-end latency over output tokens, `(c − a) / n`",
    printed: { line: "latencies" },
    isNull: NONE_COMPLETED,
  }, ({ latencies }) => latencies.of(fillNormalized)),
  scheduling_delay_s: latency({
    label: "scheduling delay",
    doc: "Arrival to the start of the first step that works on the request, `s − a`",
    printed: { line: "latencies" },
    isNull: NONE_COMPLETED,
  }, ({ latencies }) => latencies.of(sinceArrival("scheduledAtSeconds"))),
  tbt_s: latency(
    {
      label: "TBT",
      doc:
        "Time between tokens (ITL): gaps between consecutive output tokens of all requests, each gap counted once, that end after the warm-up",
      printed: { line: "latencies", place: -1 },
      isNull: ({ run: { gaps } }) =>
        gaps.max === 0
          ? RETURNED_WHOLE
          : because("no output token followed another after the warm-up"),
    },
    ({ run: { gaps }, options: { percentiles } }) =>
      betweenTokens(
        latencySummary(gaps.mean, gaps.max, percentiles, (p) => gaps.quantile(p / 100)),
      ),
  ),
};
