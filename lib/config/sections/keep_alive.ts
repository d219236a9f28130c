import { POOLED_THINGS } from "../../serverless/cold_start/partial_plan.ts";
import { POOL_POLICIES, type PoolPolicyName } from "../../serverless/keep_alive/create_pool.ts";
import { LIMITS } from "../../sim/limits.ts";
import { all, is, isNot, isSet } from "../applies.ts";
import { section } from "../section.ts";
import { choice, count, quantity } from "../../settings/quantities.ts";

const POOLED = isSet("scaling.prewarmed_pool.of");

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

/** How long idle instances are kept. */
export const keepAlive = section({
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

/** What starts can begin with. */
export const prewarmedPool = section({
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
