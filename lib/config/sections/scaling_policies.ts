import { LIMITS } from "../../sim/limits.ts";
import { all, any, type Condition, is, isNotSet } from "../applies.ts";
import { scalingPolicyName } from "../scaling_policy_name.ts";
import { section, sectionList } from "../section.ts";
import { count, quantity } from "../../settings/quantities.ts";

/** The scaling policy, given or by default, is one of these. */
export function isPolicy(...names: readonly string[]): Condition {
  const { words } = is("scaling.policy", ...names);
  return {
    words,
    whyNot({ scaling }) {
      const name = scalingPolicyName(scaling);
      return names.includes(name) ? undefined : `the scaling policy is ${name}`;
    },
  };
}

/** The forecast knows from the target what an instance serves. */
const PREDICTS_BY_TARGET = all(
  isPolicy("predictive"),
  isNotSet("scaling.predictive.rate_per_instance"),
);

/** Settings of a scaling policy. */
export const concurrency = section({
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

/** Settings of a scaling policy. */
export const queueDelay = section({
  threshold: quantity("seconds", {
    above: 0,
    default: 4,
    describe: "One more instance while the oldest request has waited longer than this, seconds.",
  }),
}, { appliesWhen: isPolicy("queue-delay"), describe: "Settings of `policy: queue-delay`." });

/** Settings of a scaling policy. */
export const knativeKpa = section({
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

/** Settings of a scaling policy. */
export const hpa = section({
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

/** Settings of a scaling policy. */
export const keda = section({
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

/** Settings of a scaling policy. */
export const sloPolicy = section({
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

/** Settings of a scaling policy. */
export const predictive = section({
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

/** Settings of a scaling policy. */
export const schedule = section({
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

/** Settings of a scaling policy. */
export const oracle = section({
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
