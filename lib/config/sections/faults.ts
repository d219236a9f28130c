import { LIMITS } from "../../sim/limits.ts";
import { all, any, isNot, isSet } from "../applies.ts";
import { section } from "../section.ts";
import { choice, count, quantity } from "../../settings/quantities.ts";

const failures = section({
  mtbf: quantity("seconds", {
    min: LIMITS.shortestPeriodSeconds.value,
    default: null,
    describe: "Mean time between failures of one machine (of one instance without " +
      "`cluster.nodes`), seconds; null: none.",
  }),
  shape: quantity("number", {
    above: 0,
    default: 1,
    appliesWhen: isSet("faults.failures.mtbf"),
    describe: "Shape of the Weibull law; 1 is memoryless, below 1 fails early.",
  }),
  repair: quantity("seconds", {
    min: 0,
    default: 600,
    appliesWhen: all(isSet("faults.failures.mtbf"), isSet("cluster.nodes")),
    describe: "Time until the machine is there again, seconds.",
  }),
}, { describe: "Failures without a warning." });

const spot = section({
  mtbf: quantity("seconds", {
    min: LIMITS.shortestPeriodSeconds.value,
    default: null,
    describe: "Mean life of spot capacity, seconds; null: it is never preempted.",
  }),
  notice: quantity("seconds", {
    min: 0,
    default: 30,
    appliesWhen: any(isSet("faults.spot.mtbf"), isSet("cluster.zones")),
    describe:
      "Warning before the preemption, seconds: nothing new starts there and what is there " +
      "finishes what it can.",
  }),
  replace: quantity("seconds", {
    min: 0,
    default: 120,
    appliesWhen: all(isSet("faults.spot.mtbf"), isSet("cluster.nodes")),
    describe: "Time until another machine is there, seconds.",
  }),
}, { describe: "Preemptions of spot capacity." });

const starts = section({
  failure_probability: quantity("fraction", {
    min: 0,
    max: 1,
    default: 0,
    describe: "Share of starts that fail when they are over.",
  }),
  initial_wait: quantity("seconds", {
    min: 0,
    default: 10,
    appliesWhen: isNot("faults.starts.failure_probability", 0),
    describe: "Wait before the second attempt, seconds.",
  }),
  factor: quantity("number", {
    min: 1,
    default: 2,
    appliesWhen: isNot("faults.starts.failure_probability", 0),
    describe: "Growth of the wait with each further attempt.",
  }),
  max_wait: quantity("seconds", {
    min: 0,
    default: 300,
    appliesWhen: isNot("faults.starts.failure_probability", 0),
    describe: "Longest wait, seconds.",
  }),
  max_attempts: count({
    min: 1,
    default: null,
    appliesWhen: isNot("faults.starts.failure_probability", 0),
    describe: "Attempts in all; null: no limit.",
  }),
  jitter: quantity("fraction", {
    min: 0,
    max: 1,
    default: 0,
    appliesWhen: isNot("faults.starts.failure_probability", 0),
    describe: "Share of the wait that is drawn at random.",
  }),
}, { describe: "Starts that fail, and the back-off until the next attempt." });

/** What goes wrong. */
export const faults = section({
  in_flight: choice(["fail", "restart", "resume"], {
    wanted: "a way to treat requests of a lost instance",
    default: "restart",
    appliesWhen: any(
      isSet("faults.failures.mtbf"),
      isSet("faults.spot.mtbf"),
      isSet("cluster.zones"),
    ),
    describe: "Requests inside a lost instance fail, begin anew, or go on elsewhere by computing " +
      "prompt and output so far again.",
  }),
  failures,
  spot,
  starts,
}, { describe: "What goes wrong." });
