import { POOLED_THINGS } from "../../serverless/cold_start/partial_plan.ts";
import { POOL_POLICIES, type PoolPolicyName } from "../../serverless/keep_alive/create_pool.ts";
import { LIMITS } from "../../sim/limits.ts";
import { all, any, type Condition, is, isNot, isNotSet, isSet } from "../applies.ts";
import { scalingPolicyName } from "../scaling_policy_name.ts";
import { section, sectionList } from "../section.ts";
import { choice, count, flag, quantity } from "../settings.ts";

/** The scaling policy, given or by default, is one of these. */
function isPolicy(...names: readonly string[]): Condition {
  const { words } = is("scaling.policy", ...names);
  return {
    words,
    whyNot({ scaling }) {
      const name = scalingPolicyName(scaling);
      return names.includes(name) ? undefined : `the scaling policy is ${name}`;
    },
  };
}

const POOLED = isSet("scaling.prewarmed_pool.of");

/** The forecast knows from the target what an instance serves. */
const PREDICTS_BY_TARGET = all(
  isPolicy("predictive"),
  isNotSet("scaling.predictive.rate_per_instance"),
);

const hybridHistogram = section({
  bin: quantity("seconds", { above: 0, default: 60, describe: "Width of a bin, seconds." }),
  range: quantity("seconds", {
    above: 0,
    default: 14400,
    describe: "Range of the histogram of idle times, seconds, a multiple of `bin`.",
  }),
  head: quantity("fraction", {
    min: 0,
    max: 1,
    default: 0.05,
    describe: "Share of idle times before pre-warming.",
  }),
  tail: quantity("fraction", {
    min: 0,
    max: 1,
    default: 0.99,
    describe: "Share of idle times before an instance is given up.",
  }),
  margin: quantity("fraction", {
    min: 0,
    max: 1,
    default: 0.1,
    describe: "Margin of the histogram's windows.",
  }),
  forecast_margin: quantity("fraction", {
    min: 0,
    max: 1,
    default: 0.15,
    describe: "Margin of the forecast's windows.",
  }),
  representative_cv: quantity("number", {
    min: 0,
    default: 2,
    describe: "Least coefficient of variation of the bins' counts for the histogram to be used.",
  }),
  out_of_bounds_share: quantity("fraction", {
    min: 0,
    max: 1,
    default: 0.5,
    describe: "Share of idle times out of range from which the forecast is used.",
  }),
}, {
  appliesWhen: is("scaling.keep_alive.policy", "hybrid-histogram"),
  describe: "Settings of `policy: hybrid-histogram`, with the paper's defaults.",
});

const sleep = section({
  level: count({
    min: 0,
    max: 2,
    default: 0,
    describe:
      "What an idle instance that is not needed any more does: 0: it stops; 1: it sleeps, " +
      "its weights in host memory, and wakes by the preset's `wake` stages; 2: it sleeps without " +
      "them, and wakes by the stages that fetch and load weights. Its GPUs are free meanwhile.",
  }),
  ttl: quantity("seconds", {
    min: 0,
    default: 600,
    appliesWhen: isNot("scaling.keep_alive.sleep.level", 0),
    describe: "Time after which a sleeping instance stops, seconds; 0: none sleeps.",
  }),
}, { describe: "Sleep in place of stopping (vLLM's sleep levels)." });

const keepAlive = section({
  policy: choice(["fixed", "none", "always", "hybrid-histogram"], {
    wanted: "a keep-alive policy",
    default: "fixed",
    describe: "How long an idle instance is kept.",
  }),
  seconds: quantity("seconds", {
    min: 0,
    default: 60,
    appliesWhen: is("scaling.keep_alive.policy", "fixed"),
    describe: "Idle time after which `fixed` stops an instance, seconds.",
  }),
  hybrid_histogram: hybridHistogram,
  sleep,
}, { describe: "Keep-alive of idle instances." });

const prewarmedPool = section({
  of: choice(POOLED_THINGS, {
    wanted: "what a pool holds",
    default: null,
    describe:
      "Members, by the last stage of a start that is done ahead: `node` (node_provision), " +
      "`container` (runtime_import), `engine` (collective_init, on GPUs of its own); null: no pool.",
  }),
  policy: choice(Object.keys(POOL_POLICIES) as PoolPolicyName[], {
    wanted: "a policy for the size of a pool",
    default: "fixed",
    appliesWhen: POOLED,
    describe: "How many members there are: always `size`; the starts of one lead time on average " +
      "(Little's law); or those of a lead time with the probability miss / (miss + idle cost).",
  }),
  size: count({
    min: 0,
    max: LIMITS.initialInstances.value,
    default: 1,
    appliesWhen: POOLED,
    describe: "Members; of a policy that follows demand the fewest.",
  }),
  max: count({
    min: 0,
    max: LIMITS.initialInstances.value,
    default: 8,
    appliesWhen: all(POOLED, isNot("scaling.prewarmed_pool.policy", "fixed")),
    describe: "Most members of a policy that follows demand.",
  }),
  period: quantity("seconds", {
    min: LIMITS.shortestPeriodSeconds.value,
    default: 10,
    appliesWhen: POOLED,
    describe: "Time between two decisions, seconds.",
  }),
  window: quantity("seconds", {
    above: 0,
    default: 600,
    appliesWhen: all(POOLED, isNot("scaling.prewarmed_pool.policy", "fixed")),
    describe: "Time over which the rate of starts is averaged, seconds.",
  }),
  lead: quantity("seconds", {
    above: 0,
    default: null,
    appliesWhen: all(POOLED, isNot("scaling.prewarmed_pool.policy", "fixed")),
    describe: "Time in which a member is made, seconds; null: as long as its stages take.",
  }),
  headroom: quantity("number", {
    min: 0,
    default: 0,
    appliesWhen: all(POOLED, is("scaling.prewarmed_pool.policy", "littles-law")),
    describe: "Members of `littles-law` beyond the mean, as a share of it.",
  }),
  miss_cost: quantity("number", {
    above: 0,
    default: 3,
    appliesWhen: all(POOLED, is("scaling.prewarmed_pool.policy", "newsvendor")),
    describe: "Cost of a start that finds no member, in units of `idle_cost`, for `newsvendor`.",
  }),
  idle_cost: quantity("number", {
    above: 0,
    default: 1,
    appliesWhen: all(POOLED, is("scaling.prewarmed_pool.policy", "newsvendor")),
    describe: "Cost of a member that waits for one lead time, for `newsvendor`.",
  }),
}, {
  describe:
    "Pool of what starts can begin with. Functions with equal settings here, equal GPUs and " +
    "starts that begin alike share one. It is full when the run begins.",
});

const concurrency = section({
  target: quantity("number", {
    above: 0,
    default: 8,
    appliesWhen: any(isPolicy("concurrency", "oracle"), PREDICTS_BY_TARGET),
    describe: "Requests in flight per instance that the policy aims at.",
  }),
  scale_down_window: quantity("seconds", {
    min: 0,
    default: 60,
    appliesWhen: isPolicy("concurrency"),
    describe: "Scale-down follows the greatest need of this time, seconds; 0: as in ServerlessLLM.",
  }),
}, { describe: "Settings of `policy: concurrency`." });

const queueDelay = section({
  threshold: quantity("seconds", {
    above: 0,
    default: 4,
    describe: "One more instance while the oldest request has waited longer than this, seconds.",
  }),
}, { appliesWhen: isPolicy("queue-delay"), describe: "Settings of `policy: queue-delay`." });

const knativeKpa = section({
  target: quantity("number", {
    above: 0,
    default: 100,
    describe: "Requests in flight that an instance may have (container concurrency target).",
  }),
  target_utilization: quantity("fraction", {
    above: 0,
    max: 1,
    default: 0.7,
    describe: "Share of `target` that the policy aims at.",
  }),
  stable_window: quantity("seconds", {
    above: 0,
    default: 60,
    describe: "Window of the stable mean, seconds.",
  }),
  panic_window_fraction: quantity("fraction", {
    above: 0,
    max: 1,
    default: 0.1,
    describe: "Panic window as a share of the stable one.",
  }),
  panic_threshold: quantity("number", {
    above: 1,
    default: 2,
    describe: "Panic begins when the panic window asks for this multiple of the ready instances.",
  }),
  max_scale_up_rate: quantity("number", {
    above: 1,
    default: 1000,
    describe: "Greatest ratio of desired to ready instances in one evaluation.",
  }),
  max_scale_down_rate: quantity("number", {
    above: 1,
    default: 2,
    describe: "Greatest ratio of ready to desired instances in one evaluation.",
  }),
  scale_to_zero_grace: quantity("seconds", {
    min: 0,
    default: 30,
    describe: "Time that the last instance is kept after the decision for zero, seconds.",
  }),
  activation_scale: count({
    min: 1,
    default: 1,
    describe: "Least number of instances when there are any.",
  }),
  scale_down_delay: quantity("seconds", {
    min: 0,
    default: 0,
    describe: "Scale-down takes the greatest decision of this time, seconds.",
  }),
}, {
  appliesWhen: isPolicy("knative-kpa"),
  describe: "Settings of `policy: knative-kpa`, with Knative's defaults.",
});

const hpa = section({
  target: quantity("number", {
    above: 0,
    default: 32,
    describe: "Requests in flight per instance that the policy aims at.",
  }),
  tolerance: quantity("fraction", {
    min: 0,
    max: 1,
    default: 0.1,
    describe: "No change while the ratio of metric to target is this near to 1.",
  }),
  scale_down_stabilization: quantity("seconds", {
    min: 0,
    default: 300,
    describe: "Scale-down takes the greatest recommendation of this time, seconds.",
  }),
}, {
  appliesWhen: isPolicy("hpa"),
  describe: "Settings of `policy: hpa`, with Kubernetes' defaults.",
});

const keda = section({
  target: quantity("number", {
    above: 0,
    default: 5,
    describe: "Queued requests per instance that the policy aims at.",
  }),
  activation_threshold: quantity("number", {
    min: 0,
    default: 0,
    describe: "The first instance starts when more requests than this wait.",
  }),
  polling: quantity("seconds", {
    min: LIMITS.shortestPeriodSeconds.value,
    default: 30,
    describe: "Time between two looks at the queue for activation, seconds.",
  }),
  cooldown: quantity("seconds", {
    min: 0,
    default: 300,
    describe: "Time after the last active look before the last instance goes, seconds.",
  }),
}, {
  appliesWhen: isPolicy("keda"),
  describe: "Settings of `policy: keda`, with KEDA's defaults.",
});

const sloPolicy = section({
  up_above: quantity("fraction", {
    above: 0,
    default: 0.8,
    describe: "Share of a limit of the section `slo` above which instances are added.",
  }),
  down_below: quantity("fraction", {
    min: 0,
    default: 0.4,
    describe: "Share of every limit below which an instance may go.",
  }),
  down_readings: count({
    min: 1,
    default: 6,
    describe: "Consecutive readings below it that this takes.",
  }),
  max_growth: quantity("number", {
    above: 1,
    default: 2,
    describe: "Greatest factor of growth in one evaluation.",
  }),
  scale_to_zero_after: quantity("seconds", {
    min: 0,
    default: null,
    describe: "Time without any request after which no instance is kept, seconds; null: never.",
  }),
}, {
  appliesWhen: isPolicy("slo"),
  describe: "Settings of `policy: slo`, which follows the limits of the section `slo`.",
});

const predictive = section({
  rate_per_instance: quantity("requests per second", {
    above: 0,
    default: null,
    describe:
      "Arrivals that one instance serves, requests per second; null: by `concurrency.target`.",
  }),
  lead: quantity("seconds", {
    min: 0,
    default: null,
    describe: "How far ahead the forecast looks, seconds; null: as long as a start takes.",
  }),
  deviations: quantity("number", {
    min: 0,
    default: 1,
    describe: "Standard deviations of the forecast's error added to it.",
  }),
  alpha: quantity("fraction", { min: 0, max: 1, default: 0.3, describe: "Weight of the level." }),
  beta: quantity("fraction", { min: 0, max: 1, default: 0.1, describe: "Weight of the trend." }),
  gamma: quantity("fraction", { min: 0, max: 1, default: 0.3, describe: "Weight of the season." }),
  season: quantity("seconds", {
    min: 0,
    default: 0,
    describe: "Length of a season, seconds, a multiple of the period; 0: none.",
  }),
}, {
  appliesWhen: isPolicy("predictive"),
  describe: "Settings of `policy: predictive` (Holt-Winters smoothing of the arrival rate).",
});

const scheduleEntry = section({
  from: quantity("seconds", { min: 0, default: 0, describe: "Begin of the entry, seconds." }),
  instances: count({ min: 0, default: 1, describe: "Instances from then on." }),
}, { describe: "One line of a timetable." });

const schedule = section({
  entries: sectionList(scheduleEntry, { describe: "The timetable, in order of `from`." }),
  repeat: quantity("seconds", {
    min: LIMITS.shortestPeriodSeconds.value,
    default: null,
    describe: "The timetable repeats after this time, seconds; null: once.",
  }),
  lead: quantity("seconds", {
    min: 0,
    default: 0,
    describe: "Entries take effect this much earlier, seconds.",
  }),
}, { appliesWhen: isPolicy("schedule"), describe: "Settings of `policy: schedule`." });

const oracle = section({
  hold: quantity("seconds", {
    above: 0,
    default: null,
    describe: "Time of a request in an instance, seconds; null: estimated for " +
      "`concurrency.target`, the requests that it takes an instance to serve at once.",
  }),
  lead: quantity("seconds", {
    min: 0,
    default: null,
    describe: "Time from a decision to a ready instance, seconds; null: as long as a start takes.",
  }),
}, {
  appliesWhen: isPolicy("oracle"),
  describe: "Settings of `policy: oracle`, which knows the arrivals: a bound for the others.",
});

/** How many instances there are. */
export const scaling = section({
  enabled: flag({
    default: true,
    describe: "Scale automatically; otherwise `cluster.num_replicas` instances run throughout.",
  }),
  policy: choice(
    [
      "threshold",
      "concurrency",
      "queue-delay",
      "knative-kpa",
      "hpa",
      "keda",
      "slo",
      "predictive",
      "schedule",
      "oracle",
    ],
    {
      wanted: "a scaling policy",
      default: null,
      describe: "Scaling policy; null: `threshold` where one of its settings is given, else " +
        "`concurrency`.",
    },
  ),
  min_instances: count({
    min: 0,
    max: LIMITS.initialInstances.value,
    default: 0,
    describe: "Fewest instances; 0: scale to zero.",
  }),
  max_instances: count({ min: 1, default: 8, describe: "Most instances." }),
  scale_up_threshold: quantity("fraction", {
    above: 0,
    max: 1,
    default: null,
    appliesWhen: isPolicy("threshold"),
    describe: "`threshold` adds an instance when the mean busy fraction is above this; null: 0.8.",
  }),
  scale_down_threshold: quantity("fraction", {
    min: 0,
    max: 1,
    default: null,
    appliesWhen: isPolicy("threshold"),
    describe: "`threshold` removes an instance when it is below this; null: 0.2.",
  }),
  cooldown_period: quantity("seconds", {
    min: 0,
    default: null,
    appliesWhen: isPolicy("threshold"),
    describe: "Time after a change of `threshold` without another, seconds; null: 30.",
  }),
  period: quantity("seconds", {
    min: LIMITS.shortestPeriodSeconds.value,
    default: null,
    describe: "Time between two evaluations, seconds; null: the policy's own.",
  }),
  scrape_delay: quantity("seconds", {
    min: 0,
    default: 0,
    describe: "Age of the signals at an evaluation, seconds.",
  }),
  actuation_delay: quantity("seconds", {
    min: 0,
    default: 0,
    describe: "Time from a decision to the start or stop of an instance, seconds.",
  }),
  max_step_up: count({
    min: 1,
    default: null,
    describe: "Most instances added by one decision; null: no limit.",
  }),
  max_step_down: count({
    min: 1,
    default: null,
    describe: "Most instances removed by one decision; null: no limit.",
  }),
  activation: choice(["first", "none", "each"], {
    wanted: "a rule for starts between evaluations",
    default: "first",
    describe:
      "A request starts an instance when there is none at all, never, or each time that no " +
      "instance can take it (scale per request).",
  }),
  bind_starts: flag({
    default: false,
    describe: "A request that starts an instance waits for that one, as on AWS Lambda; otherwise " +
      "the first instance that can take it does.",
  }),
  keep_alive: keepAlive,
  prewarmed_pool: prewarmedPool,
  concurrency,
  queue_delay: queueDelay,
  knative_kpa: knativeKpa,
  hpa,
  keda,
  slo: sloPolicy,
  predictive,
  schedule,
  oracle,
}, { switchedBy: "enabled", describe: "How many instances there are." });
