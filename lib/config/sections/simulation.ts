import { all, any, is, isNot, isNotSet } from "../applies.ts";
import { choice, count, flag, quantity, quantityOr } from "../../settings/quantities.ts";
import { section } from "../section.ts";
import { replications } from "./replications.ts";

/** The end of the simulation is that of arrivals, or of all. */
const BOUNDS_ARRIVALS = any(
  is("simulation.drain", false),
  is("simulation.end", "duration"),
  all(
    any(isNot("workload.type", "trace"), is("workload.cycle_prompts", true)),
    isNotSet("workload.closed_loop.concurrency"),
  ),
);

/** How long, how often and how to simulate. */
export const simulation = section({
  duration: quantity("seconds", {
    above: 0,
    default: 3600,
    appliesWhen: BOUNDS_ARRIVALS,
    describe: "Time during which requests arrive, seconds.",
  }),
  end: choice(["last-completion", "scaled-down", "duration"], {
    wanted: "an end of the run",
    default: null,
    appliesWhen: is("simulation.drain", true),
    describe: "How long the run goes on after its last request: not at all, until timers and " +
      "policies have stopped what is idle, or to `duration`. Instances, time series and bill go " +
      "so far, rates to the last completion. null: `scaled-down` for traces, `num_requests` and " +
      "closed loops, otherwise `duration`.",
  }),
  warmup_duration: quantityOr(["mser5"], "seconds", {
    min: 0,
    default: 0,
    describe: "Time at the start whose requests do not count in the summary, seconds. `mser5` " +
      "finds it: of all cuts, the one that leaves the least error of the mean TTFT (MSER-5); the " +
      "run is made twice.",
    aliases: ["warmup"],
  }),
  warmup_requests: count({
    min: 1,
    default: null,
    describe: "So many requests, the first to arrive, do not count in the summary, in place of " +
      "`warmup_duration`. Where arrivals follow from completions the run is made twice.",
  }),
  random_seed: count({
    min: 0,
    max: 4294967295,
    default: 42,
    describe: "Seed of every random stream.",
    aliases: ["seed"],
  }),
  replication: count({
    min: 0,
    default: 0,
    describe: "Which replication this run is; each has its own independent random streams.",
  }),
  replications,
  stepping: choice(["leap", "step"], {
    wanted: "a stepping mode",
    default: "leap",
    describe:
      "`leap` advances many decode steps at once, `step` one by one; the results are equal.",
  }),
  drain: flag({
    default: true,
    describe: "Run on after the last arrival until every request has ended; otherwise stop at " +
      "`duration`, with requests in flight counted as unfinished.",
  }),
}, { describe: "How long, how often and how to simulate." });
