import { FAIR_ORDERS } from "../../scheduling/admission/mod.ts";
import { FREE_FORMATS, TRACE_FORMATS } from "../../workload/traces/trace_formats.ts";
import { SPREADS } from "../../workload/traces/spread_bins.ts";
import { FAILED_RULES } from "../../workload/traces/trace.ts";
import { TIME_UNITS, type TimeUnit } from "../../workload/traces/units.ts";
import { all, is, isNotSet, when } from "../applies.ts";
import { listed } from "../listed.ts";
import { section } from "../section.ts";
import { policyChoice } from "../../settings/from_table.ts";
import { choice, count, quantity, text } from "../../settings/quantities.ts";

/** Arrivals that are not released by completions. */
const OPEN_LOOP = isNotSet("workload.closed_loop.concurrency");

/** Requests as the trace has them. */
const REPLAYED = is("workload.cycle_prompts", false);

const inCode = (name: string) => `\`${name}\``;

const NAMED_COLUMNS = when(
  `the trace is ${listed(FREE_FORMATS.map(inCode), "or")}`,
  "the trace's format has columns of its own",
  (_, { trace }) => trace === undefined || trace.hasFreeColumns,
);

const HASHED = when(
  "the trace has hashes or token ids",
  "the trace has neither hashes nor token ids",
  (_, { trace }) => trace === undefined || trace.hasPrefix,
);

const OF_TEXTS = when(
  "the trace is `sharegpt` or `genai-perf`",
  "the trace has lengths",
  (_, { trace }) => trace === undefined || trace.isOfTexts,
);

const COUNTED = when(
  "the trace counts calls by intervals",
  "the trace has an instant for each call",
  (_, { trace }) => trace === undefined || trace.isCounted,
);

const SESSIONS_KEPT = when(
  "`cluster.routing.policy` is `session`, or classes are drawn for whole sessions",
  "neither the routing nor the classes keep sessions together",
  ({ cluster, workload }, { trace }) =>
    cluster.routing.policy === "session" ||
    (workload.classes.length > 1 && trace?.namesClasses !== true),
);

const columns = section({
  arrival_s: text({
    default: null,
    appliesWhen: NAMED_COLUMNS,
    describe: "Column of the arrival instants, seconds.",
    aliases: ["arrival"],
  }),
  prompt_tokens: text({
    default: null,
    appliesWhen: NAMED_COLUMNS,
    describe: "Column of the prompt lengths.",
  }),
  output_tokens: text({
    default: null,
    appliesWhen: NAMED_COLUMNS,
    describe: "Column of the output lengths.",
  }),
  function: text({
    default: null,
    appliesWhen: NAMED_COLUMNS,
    describe: "Column of the function called.",
  }),
  class: text({
    default: null,
    appliesWhen: NAMED_COLUMNS,
    describe: "Column of the service class.",
  }),
  tenant: text({
    default: null,
    appliesWhen: all(NAMED_COLUMNS, is("gateway.fairness", ...FAIR_ORDERS)),
    describe: "Column of the tenant.",
  }),
  session: text({
    default: null,
    appliesWhen: all(NAMED_COLUMNS, SESSIONS_KEPT),
    describe: "Column of the session.",
  }),
}, {
  describe: `Column names (or keys) of ${
    listed(FREE_FORMATS.map(inCode))
  } traces; null: the usual names.`,
});

/** A recorded workload, and how it is read and replayed. */
export const trace = section({
  path: text({ default: null, describe: "File of the trace; needed by `type: trace`." }),
  format: policyChoice(TRACE_FORMATS, {
    before: ["auto"],
    default: "auto",
    describe: "Format of the file; `auto` goes by its header or its keys.",
  }),
  columns,
  unit: choice(["auto", ...Object.keys(TIME_UNITS) as TimeUnit[]], {
    wanted: "a unit of time",
    default: "auto",
    appliesWhen: REPLAYED,
    describe:
      "Unit of numeric arrivals. `auto`: that of the format or of the column's name, or the " +
      "one in which they are dates of this century; otherwise it is asked for.",
  }),
  failed: choice(FAILED_RULES, {
    wanted: "a rule for failed calls",
    default: null,
    appliesWhen: when(
      "the trace has rows without output tokens",
      "no row of the trace is without output tokens",
      (_, { trace }) => trace === undefined || trace.hasFailed,
    ),
    describe: "Rows without output tokens are left out, or their prompts are processed and one " +
      "token is generated. null: `drop` where the format tells failed calls, else they are malformed.",
  }),
  block_tokens: count({
    min: 1,
    default: null,
    appliesWhen: HASHED,
    describe: "Tokens per block of `hash_ids`, or of hashed token ids; null: as the format has it.",
  }),
  characters_per_token: quantity("number", {
    above: 0,
    default: 4,
    appliesWhen: OF_TEXTS,
    describe: "Characters that make a token, where a trace holds texts in place of lengths.",
  }),
  spread: choice(SPREADS, {
    wanted: "a way to spread calls over an interval",
    default: "uniform",
    appliesWhen: COUNTED,
    describe:
      "Calls that are counted by minutes or seconds come at instants drawn uniformly, or at " +
      "equal distances.",
  }),
  time_scale: quantity("number", {
    above: 0,
    default: 1,
    appliesWhen: all(REPLAYED, OPEN_LOOP),
    describe: "Factor on all arrival instants: 2 stretches the trace to twice its length.",
  }),
  rate_scale: quantity("number", {
    above: 0,
    default: 1,
    appliesWhen: REPLAYED,
    describe: "Factor on the number of requests, keeping the trace's length and shape.",
  }),
  start: quantity("seconds", {
    min: 0,
    default: 0,
    appliesWhen: REPLAYED,
    describe:
      "Start of the part that is replayed, seconds from the trace's first arrival; or a Unix " +
      "time, where the trace has such.",
  }),
  length: quantity("seconds", {
    above: 0,
    default: null,
    appliesWhen: REPLAYED,
    describe: "Length of the part that is replayed, seconds; null: to the end.",
  }),
  jitter: quantity("seconds", {
    min: 0,
    default: 0,
    appliesWhen: REPLAYED,
    describe: "Arrivals are spread evenly over this time, seconds; for traces in whole seconds.",
  }),
  on_bad_row: choice(["error", "skip"], {
    wanted: "a way to treat a malformed row",
    default: "error",
    describe: "A malformed row ends the run with its line, or is left out and counted.",
  }),
}, {
  appliesWhen: is("workload.type", "trace"),
  describe: "Replay of a recorded workload (`type: trace`).",
});
