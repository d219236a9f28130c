import type { FunctionPart } from "../function_parts.ts";
import { fillTpot, sinceArrival } from "../latency_columns.ts";
import { betweenTokens } from "../latency_summary.ts";
import {
  because,
  count,
  type Figures,
  latency,
  number,
  numberOrNull,
  rows,
  share,
  shareOrNull,
  text,
  type Undefined,
  unused,
} from "./figure.ts";
import { JOULES_PER_KWH } from "../energy_summary.ts";
import { NO_ENERGY, NO_LIMITS, NO_PRICE } from "./reasons.ts";
import { NO_SECOND_TOKEN, RETURNED_WHOLE } from "./request_figures.ts";
import { type ClassPart, ratio, type SummaryParts } from "./summary_parts.ts";

/** Why neither attainment nor goodput has a value. */
const lacksLimits = ({ isLimited }: SummaryParts): Undefined =>
  isLimited ? because("no request arrived after the warm-up") : NO_LIMITS;

const NONE_OF_CLASS = because("no request of a class that arrived after the warm-up completed");

/** One service class. */
const CLASS_FIGURES: Figures<ClassPart> = {
  name: text({ doc: "Name in the configuration or the trace" }, ({ name }) => name),
  arrived: count(
    { doc: "Requests of the class that arrived after the warm-up" },
    ({ arrived }) => arrived,
  ),
  attained: count({
    doc: "Those of them that met every limit of the class; all completed ones when it has none",
  }, ({ attained }) => attained),
  slo_attainment: shareOrNull({
    doc: "`attained` over `arrived`; null when nothing arrived or the class has no limit",
    isNull: ({ arrived }) =>
      arrived === 0
        ? because("no request of a class arrived after the warm-up")
        : unused("a class has no limits"),
    printed: { line: "classes", words: "{name}: {} of {arrived}", otherwise: null },
  }, ({ arrived, attained, isLimited }) => arrived > 0 && isLimited ? attained / arrived : null),
  ttft_s: latency({
    label: "TTFT",
    doc: "Time to first token of its own requests",
    isNull: NONE_OF_CLASS,
    printed: { line: "classes" },
  }, ({ latencies }) => latencies.of(sinceArrival("firstTokenAtSeconds"))),
  tpot_s: latency({
    label: "TPOT",
    doc: "Time per output token of its own requests",
    isNull: ({ latencies }) =>
      latencies.count === 0
        ? NONE_OF_CLASS
        : latencies.of(fillTpot).max === 0
        ? RETURNED_WHOLE
        : NO_SECOND_TOKEN,
  }, ({ latencies }) => betweenTokens(latencies.of(fillTpot))),
  e2e_s: latency({
    label: "E2E",
    doc: "End-to-end latency of its own requests",
    isNull: NONE_OF_CLASS,
  }, ({ latencies }) => latencies.of(sinceArrival("completedAtSeconds"))),
};

/** One function. */
const FUNCTION_FIGURES: Figures<FunctionPart> = {
  name: text({ doc: "Name of the function" }, ({ name }) => name),
  arrived: count({ doc: "Its requests that arrived after the warm-up" }, ({ arrived }) => arrived),
  completed: count({ doc: "Those of them that completed" }, ({ completed }) => completed),
  slo_attainment: shareOrNull({
    doc: "Share of them that met every limit; null without limits",
    isNull: ({ arrived }) =>
      arrived === 0
        ? because("no request of a function arrived after the warm-up")
        : unused("a function has no limits"),
  }, ({ arrived, attained, isLimited }) => isLimited && arrived > 0 ? attained / arrived : null),
  cold_starts: count({ doc: "Starts of its instances during the run" }, ({ starts }) => starts),
  cold_start_rate: share(
    { doc: "Share of its requests that waited for a start" },
    ({ arrived, waited }) => ratio(waited, arrived),
  ),
  ttft_s: latency({
    label: "TTFT",
    doc: "Time to first token of its own requests",
    isNull: because("no request of a function that arrived after the warm-up completed"),
  }, ({ ttft }) => ttft),
  instance_seconds: number("instance × s", {
    doc: "Time from creation to stop of its instances and members of pools",
  }, ({ instanceSeconds }) => instanceSeconds),
  cost_usd: numberOrNull("USD", {
    doc: "Its part of the bill, without storage; null where the price of its GPU is unknown",
    isNull: NO_PRICE,
  }, ({ costUsd }) => costUsd),
  energy_kwh: numberOrNull("kWh", {
    doc: "Energy of its instances and members of pools, with their part of the building; null " +
      "without `energy.enabled`",
    isNull: NO_ENERGY,
  }, ({ energyJoules }) => energyJoules === null ? null : energyJoules / JOULES_PER_KWH),
};

/** What the cluster gets done, and how much of it within limits. */
export const RATE_FIGURES: Figures<SummaryParts> = {
  throughput_rps: number("requests/s", {
    doc: "Completed requests over measured time",
    printed: { line: "throughput", words: "{} requests/s" },
  }, ({ counts, rate }) => rate(counts.measuredCompleted)),
  slo_attainment: shareOrNull({
    doc:
      "Requests that completed within every limit (`slo`, or their class's) over requests that arrived, both after the warm-up; rejected, timed-out and unfinished ones miss. A limit itself is kept. null without limits",
    isNull: lacksLimits,
    printed: { line: "attainment", words: "{} of arrived requests", otherwise: null },
  }, ({ attained }) => attained.share),
  goodput_rps: numberOrNull(
    "requests/s",
    {
      doc: "Requests that completed within every limit over measured time; null without limits",
      isNull: lacksLimits,
      printed: { line: "attainment", words: "goodput {} requests/s", otherwise: null },
    },
    ({ attained: { completedWithin }, rate }) =>
      completedWithin === null ? null : rate(completedWithin),
  ),
  classes: rows(
    { type: "ClassSummary", doc: "One entry per service class; empty when there are none" },
    ({ attained }) => attained.classes,
    CLASS_FIGURES,
  ),
  functions: rows(
    { type: "FunctionSummary", doc: "One entry per function; empty when there is one" },
    ({ functions }) => functions,
    FUNCTION_FIGURES,
  ),
  output_tokens_per_s: number("tokens/s", {
    doc: "Output tokens of completed requests over measured time",
    printed: { line: "throughput", words: "{} output tokens/s" },
  }, ({ counts, rate }) => rate(counts.measuredOutputTokens)),
  total_tokens_per_s: number("tokens/s", {
    doc: "Prompt and output tokens of completed requests over measured time",
    printed: { line: "throughput", words: "{} tokens/s in all" },
  }, ({ counts, rate }) => rate(counts.measuredOutputTokens + counts.measuredPromptTokens)),
};
