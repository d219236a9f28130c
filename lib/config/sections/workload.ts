import { LIMITS } from "../../sim/limits.ts";
import { FAIR_ORDERS } from "../../scheduling/admission/gateway_orders.ts";
import { type OrderEntry, QUEUE_ORDERS } from "../../scheduling/batching/orders/mod.ts";
import { policyChoice } from "../../settings/from_table.ts";
import { ARRIVALS } from "../../workload/arrivals/processes.ts";
import { all, any, is, isNot, isNotSet, isSet, when } from "../applies.ts";
import type { Configuration } from "../configuration.ts";
import { policySettings } from "../policy_settings.ts";
import { section, sectionList, sectionOf } from "../section.ts";
import { count, flag, quantity, text, tokens } from "../../settings/quantities.ts";
import { lengthDistribution } from "./length_distribution.ts";
import { rateLimit } from "./rate_limit.ts";
import { sloSection } from "./slo.ts";
import { trace } from "./trace.ts";

/** Arrivals that are not released by completions. */
const OPEN_LOOP = isNotSet("workload.closed_loop.concurrency");

/** Requests that are drawn. */
const GENERATED = isNot("workload.type", "trace");

/** Lengths that are drawn. */
const LENGTHS_DRAWN = any(
  isNot("workload.type", "embedded", "trace"),
  all(
    is("workload.type", "trace"),
    when(
      "the trace has no lengths",
      "the trace has lengths",
      (_, { trace }) => trace?.hasLengths === false,
    ),
  ),
);

/** Requests that are drawn, or whose lengths alone are a trace's. */
const GENERATED_OR_CYCLED = any(GENERATED, is("workload.cycle_prompts", true));

/** Where a trace draws arrivals, they are those of this process. */
const OF_TRACES = "poisson";

/** A trace whose arrivals are drawn. */
const TRACE_DRAWS_ARRIVALS = all(
  is("workload.type", "trace"),
  when(
    "a trace has no arrivals of its own or is cycled",
    "the trace has arrivals of its own",
    ({ workload }, { trace }) => workload.cycle_prompts || trace?.hasArrivals === false,
  ),
);

const arrivals = policySettings({
  table: ARRIVALS,
  path: "workload",
  nameKey: "type",
  within: OPEN_LOOP,
  is: (...names) =>
    names.includes(OF_TRACES)
      ? all(
        is("workload.type", ...names, "trace"),
        when(
          "a trace has no arrivals of its own or is cycled",
          "the trace has arrivals of its own",
          ({ workload }, { trace }) =>
            workload.type !== "trace" || workload.cycle_prompts || trace?.hasArrivals === false,
        ),
      )
      : is("workload.type", ...names),
});

const SEVERAL_CLASSES = when(
  "there are several classes",
  "there is one class",
  ({ workload }) => workload.classes.length > 1,
);

const CLASSES_DRAWN = when(
  "the trace names no classes",
  "the trace names the classes",
  (_, { trace }) => trace?.namesClasses !== true,
);

const FUNCTIONS_BY_RANK = all(
  when(
    "there are several functions",
    "there is one function",
    ({ workload, functions }) =>
      workload.functions.count > 1 || functions.length > 1 ||
      functions.some(({ count }) => count > 1),
  ),
  when(
    "`functions` give no shares",
    "functions have shares",
    ({ functions }) => functions.every(({ share }) => share === null),
  ),
  when(
    "the trace names no functions",
    "the trace names the functions",
    (_, { trace }) => trace?.namesFunctions !== true,
  ),
);

const PROMPTS_COMPARED = is("scheduler.prefix_caching", true);

const EMBEDDED_USED = any(
  is("workload.type", "embedded"),
  all(
    isNot("workload.type", "trace"),
    is("workload.prompt_length.distribution", "joint"),
  ),
);

/** Orders of waiting requests that look at priorities. */
const BY_PRIORITY = (QUEUE_ORDERS.entries as readonly OrderEntry<string>[])
  .filter(({ readsPriority }) => readsPriority).map(({ name }) => name);

const serviceClass = section({
  name: text({ default: "default", describe: "Name in the results." }),
  share: quantity("fraction", {
    min: 0,
    max: 1,
    default: null,
    appliesWhen: all(SEVERAL_CLASSES, CLASSES_DRAWN),
    describe:
      "Share of the requests; the shares of all classes add up to 1. null: by trace column.",
  }),
  priority: count({
    min: 0,
    default: 0,
    appliesWhen: is("scheduler.scheduling_policy", ...BY_PRIORITY),
    describe: "Order under `scheduling_policy: priority`; lower goes first.",
  }),
  weight: quantity("number", {
    above: 0,
    default: 1,
    appliesWhen: is("gateway.fairness", ...FAIR_ORDERS),
    describe: "Weight under `gateway.fairness: weighted`.",
  }),
  slo: sloSection("Limits of this class; what is null is taken from the section `slo`."),
  rate_limit: rateLimit("Limit on the rate of this class."),
  client_deadline: quantity("seconds", {
    above: 0,
    default: null,
    describe: "That of this class, seconds; null: that of the workload.",
  }),
}, { describe: "One service class." });

const tenants = section({
  count: count({ min: 1, max: 65535, default: 1, describe: "Number of tenants." }),
  zipf: quantity("number", {
    min: 0,
    default: 0,
    appliesWhen: isNot("workload.tenants.count", 1),
    describe: "Exponent of their popularity; 0: all send alike.",
  }),
}, {
  appliesWhen: all(is("gateway.fairness", ...FAIR_ORDERS), GENERATED_OR_CYCLED),
  describe: "Tenants among whom requests are drawn, for fair queueing.",
});

const functions = section({
  count: count({
    min: 1,
    max: 65535,
    default: 1,
    appliesWhen: isNotSet("functions"),
    describe: "Number of functions called.",
  }),
  zipf: quantity("number", {
    min: 0,
    default: 0,
    appliesWhen: FUNCTIONS_BY_RANK,
    describe: "Exponent of their popularity; 0: all are called alike.",
  }),
  from_trace: flag({
    default: false,
    appliesWhen: all(is("workload.type", "trace"), isNotSet("functions")),
    describe: "One function for each that the trace names; also `functions: from-trace`.",
  }),
}, { describe: "Functions (deployed models) among which requests are drawn." });

const prefixGroups = section({
  groups: count({
    min: 0,
    default: 0,
    appliesWhen: PROMPTS_COMPARED,
    describe: "Number of shared prefixes; 0: none.",
  }),
  tokens: tokens({
    min: 0,
    default: 512,
    appliesWhen: isNot("workload.prefix_groups.groups", 0),
    describe: "Length of each shared prefix, tokens.",
  }),
  zipf: quantity("number", {
    min: 0,
    default: 1,
    appliesWhen: isNot("workload.prefix_groups.groups", 0),
    describe: "Exponent of the groups' popularity; 0: all alike.",
  }),
}, {
  appliesWhen: GENERATED,
  describe: "Groups of prompts that begin with the same tokens (system prompts).",
});

const sessions = section({
  mean_turns: quantity("number", {
    min: 1,
    max: LIMITS.meanTurns.value,
    default: null,
    describe: "Mean number of turns of a session (geometric); null: every request stands alone.",
  }),
  think_time: quantity("seconds", {
    min: 0,
    default: 10,
    appliesWhen: isSet("workload.sessions.mean_turns"),
    describe: "Mean time from an answer to the next turn (exponential), seconds.",
  }),
  max_tokens: tokens({
    min: 1,
    default: 8192,
    appliesWhen: isSet("workload.sessions.mean_turns"),
    describe: "A session ends when its next prompt would be longer than this, tokens.",
  }),
}, {
  appliesWhen: GENERATED,
  describe: "Multi-turn sessions: a turn's prompt is the history and `prompt_length` new tokens.",
});

const closedLoop = section({
  concurrency: count({
    min: 1,
    default: null,
    describe: "Requests kept in flight: a completion issues the next one. null: open loop.",
  }),
  think_time: quantity("seconds", {
    min: 0,
    default: 0,
    appliesWhen: isSet("workload.closed_loop.concurrency"),
    describe: "Time from a completion to the request that it issues, seconds.",
  }),
}, { describe: "Closed-loop load in place of arrival instants." });

const embedded = section({
  name: text({
    default: "azure-conversation",
    appliesWhen: EMBEDDED_USED,
    describe: "Name of a workload in data/workloads.",
  }),
  rate_scale: quantity("number", {
    above: 0,
    default: 1,
    appliesWhen: all(is("workload.type", "embedded"), OPEN_LOOP),
    describe: "Factor on its arrival rate.",
  }),
}, { describe: "A workload that travels with the program (`type: embedded`)." });

/** The requests: when they arrive, how long they are, whom they belong to. */
export const workload = sectionOf<Configuration["workload"]>({
  type: policyChoice(ARRIVALS, {
    before: ["embedded"],
    after: ["trace"],
    default: "embedded",
    describe: "Arrivals: `uniform` is a constant gap, `synthetic` is bursts.",
  }),
  ...arrivals.beside,
  all_at_once: flag({
    default: false,
    appliesWhen: all(
      OPEN_LOOP,
      any(isNot("workload.type", "trace", "embedded", "synthetic"), TRACE_DRAWS_ARRIVALS),
    ),
    describe: "All requests arrive at 0 s, as load testers send them; also `arrival_rate: .inf`. " +
      "Needs `num_requests`, or the lengths of a trace.",
  }),
  num_requests: count({
    min: 1,
    max: LIMITS.requests.value,
    default: null,
    describe: "No more requests than this; null: as many as arrive in `simulation.duration`.",
  }),
  prompt_length: lengthDistribution("Prompt lengths of a generated workload.", {
    distribution: "gamma",
    mean: 512,
    std: 256,
    min: 1,
    max: 4096,
  }, LENGTHS_DRAWN),
  decode_length: lengthDistribution("Output lengths of a generated workload.", {
    distribution: "gamma",
    mean: 128,
    std: 64,
    min: 1,
    max: 2048,
  }, LENGTHS_DRAWN),
  ...arrivals.sections,
  embedded,
  trace,
  cycle_prompts: flag({
    default: false,
    appliesWhen: is("workload.type", "trace"),
    describe: "Replay the trace's lengths over and over with arrivals of `closed_loop` or of " +
      "`arrival_rate`, as load testers do.",
  }),
  distinct_prompts: count({
    min: 1,
    default: null,
    appliesWhen: GENERATED,
    describe:
      "Prompts that generated requests cycle through, as load testers do: later ones find them " +
      "in the prefix cache; null: all prompts differ.",
  }),
  closed_loop: closedLoop,
  client_deadline: quantity("seconds", {
    above: 0,
    default: null,
    describe: "Time for which a client waits for the whole answer, from its arrival on, seconds; " +
      "then it gives up (outcome `client_deadline`). null: for ever.",
  }),
  classes: sectionList(serviceClass, { describe: "Service classes; none: one class." }),
  tenants,
  functions,
  prefix_groups: prefixGroups,
  sessions,
}, { describe: "The requests: when they arrive, how long they are, whom they belong to." });
