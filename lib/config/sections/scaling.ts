import { section } from "../section.ts";
import { choice, count, flag, quantity } from "../settings.ts";

const keepAlive = section({
  policy: choice(["fixed", "none", "always", "hybrid-histogram"], {
    wanted: "a keep-alive policy",
    default: "fixed",
    describe: "How long an idle instance is kept.",
  }),
  seconds: quantity("seconds", {
    min: 0,
    default: 60,
    describe: "Idle time after which `fixed` stops an instance, seconds.",
  }),
}, { describe: "Keep-alive of idle instances." });

const concurrency = section({
  target: quantity("number", {
    above: 0,
    default: 32,
    describe: "Requests in flight per instance that the policy aims at.",
  }),
}, { describe: "Settings of `policy: concurrency`." });

const queueDelay = section({
  threshold: quantity("seconds", {
    above: 0,
    default: 4,
    describe: "One more instance while the oldest request has waited longer than this, seconds.",
  }),
}, { describe: "Settings of `policy: queue-delay`." });

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
}, { describe: "Settings of `policy: knative-kpa`, with Knative's defaults." });

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
}, { describe: "Settings of `policy: hpa`, with Kubernetes' defaults." });

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
}, { describe: "Settings of `policy: keda`." });

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
    { wanted: "a scaling policy", default: "threshold", describe: "Scaling policy." },
  ),
  min_instances: count({ min: 0, default: 0, describe: "Fewest instances; 0: scale to zero." }),
  max_instances: count({ min: 1, default: 8, describe: "Most instances." }),
  scale_up_threshold: quantity("fraction", {
    above: 0,
    max: 1,
    default: 0.8,
    describe: "`threshold` adds an instance when the mean busy fraction is above this.",
  }),
  scale_down_threshold: quantity("fraction", {
    min: 0,
    max: 1,
    default: 0.2,
    describe: "`threshold` removes an instance when the mean busy fraction is below this.",
  }),
  cooldown_period: quantity("seconds", {
    min: 0,
    default: 30,
    describe: "Time after a change during which there is no other, seconds.",
  }),
  period: quantity("seconds", {
    above: 0,
    default: 5,
    describe: "Time between two evaluations, seconds.",
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
  keep_alive: keepAlive,
  concurrency,
  queue_delay: queueDelay,
  knative_kpa: knativeKpa,
  hpa,
  keda,
}, { describe: "How many instances there are." });
