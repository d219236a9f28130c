import { isNot } from "../applies.ts";
import { LIMITS } from "../../sim/limits.ts";
import { section } from "../section.ts";
import { choice, count, flag, quantity } from "../../settings/quantities.ts";
import { keepAlive, prewarmedPool } from "./keep_alive.ts";
import {
  concurrency,
  hpa,
  isPolicy,
  keda,
  knativeKpa,
  oracle,
  predictive,
  queueDelay,
  schedule,
  sloPolicy,
} from "./scaling_policies.ts";

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
    appliesWhen: isNot("scaling.activation", "none"),
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
