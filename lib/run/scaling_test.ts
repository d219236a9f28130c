import { equal, ok, throws } from "#assert";
import { signalsOf, TOY_INSTANCE } from "../../tests/conformance/scaling_laws.ts";
import { SCALING_POLICIES, type ScalingSignals } from "../serverless/scaling/mod.ts";
import { namesOf } from "../settings/from_table.ts";
import { loadConfig } from "../config/load.ts";
import { simulate } from "./simulate.ts";
import { scalingPolicyName } from "../config/scaling_policy_name.ts";
import { buildScaling, type ScalingFacts } from "./scaling.ts";

const FACTS: ScalingFacts = {
  instanceConcurrency: 8,
  requestsPerInstance: Infinity,
  arrivalAtSeconds: () => Float64Array.of(0, 10, 10, 10),
  holdSeconds: () => 4,
  startSeconds: () => 5,
  instance: TOY_INSTANCE,
  zones: [],
  weightBytes: 16e9,
};

function oneInstance(signals: Partial<ScalingSignals>): ScalingSignals {
  return signalsOf({ nowSeconds: 1000, ready: 1, ...signals });
}

function decide(yaml: string, signals: Partial<ScalingSignals>): number {
  return buildScaling(loadConfig(yaml), FACTS).decider!.decide(oneInstance(signals));
}

Deno.test("the policy is concurrency unless a setting of threshold or a policy is given", () => {
  const name = (yaml: string) => scalingPolicyName(loadConfig(yaml).scaling);
  equal(name(""), "concurrency");
  equal(name("scaling: { scale_up_threshold: 0.7 }"), "threshold");
  equal(name("scaling: { cooldown_period: 300 }"), "threshold");
  equal(name("scaling: { cooldown_period: 300, policy: hpa }"), "hpa");
});

Deno.test("every policy is built from its section", () => {
  equal(decide("scaling: { policy: concurrency, concurrency: { target: 4 } }", { inFlight: 9 }), 2);
  const delay = "scaling: { policy: queue-delay, queue_delay: { threshold: 7s } }";
  equal(decide(delay, { queued: 3, oldestWaitSeconds: 7.5 }), 2);
  equal(decide(delay, { queued: 3, oldestWaitSeconds: 6.5 }), 1);
  const kpa = "scaling: { policy: knative-kpa, knative_kpa: { target: 10 } }";
  equal(decide(kpa, { concurrency: 35 }), 5);
  equal(decide("scaling: { policy: hpa, hpa: { target: 10 } }", { concurrency: 35 }), 4);
  equal(decide("scaling: { policy: keda, keda: { target: 4 } }", { waiting: 15 }), 4);
  const limits = "slo: { ttft_s: 1s }\nscaling: { policy: slo, slo: { up_above: 0.5 } }";
  equal(decide(limits, { ttftP95Seconds: 0.6 }), 2);
  equal(decide(limits, { ttftP95Seconds: 0.45 }), 1);
  // Eight requests at once for 4 s each: 2 per second; 30 arrivals in 10 s are 3 per second.
  equal(decide("scaling: { policy: predictive }", { arrivals: 30 }), 2);
  const timetable = `
    scaling:
      policy: schedule
      schedule: { entries: [{ from: 0s, instances: 1 }, { from: 1min, instances: 6 }] }`;
  equal(decide(timetable, { nowSeconds: 50 }), 1);
  equal(decide(timetable, { nowSeconds: 65 }), 6);
  const oracle = "scaling: { policy: oracle, concurrency: { target: 1 } }";
  equal(decide(oracle, { nowSeconds: 3 }), 1);
  equal(decide(oracle, { nowSeconds: 4.5 }), 3, "a start and a period ahead of three arrivals");
  const threshold = "scaling: { policy: threshold, scale_up_threshold: 0.5 }";
  const { decider } = buildScaling(loadConfig(threshold), FACTS);
  decider!.decide(oneInstance({ busyFraction: 0.6 }));
  equal(decider!.decide(oneInstance({ busyFraction: 0.6, nowSeconds: 1005 })), 2);
});

Deno.test("a period of null is the policy's own", () => {
  const period = (yaml: string) => buildScaling(loadConfig(yaml), FACTS).decider!.periodSeconds;
  equal(period("scaling: { policy: knative-kpa }"), 2);
  equal(period("scaling: { policy: hpa }"), 15);
  equal(period("scaling: { policy: hpa, period: 3s }"), 3);
});

Deno.test("a policy without what it needs is a mistake of the configuration", () => {
  throws(() => loadConfig("scaling: { policy: slo }"), /"scaling.policy" as a policy with limits/);
  throws(() => loadConfig("scaling: { policy: schedule }"), /"scaling.schedule.entries"/);
  const mixed = "scaling: { schedule: { entries: [{ from: 9 }, { from: 3 }] } }";
  throws(() => loadConfig(mixed), /entries in rising order/);
});

Deno.test("runs under every policy complete everything within the bounds", async () => {
  for (const policy of namesOf(SCALING_POLICIES)) {
    const config = loadConfig(`
      simulation: { duration: 120s }
      slo: { ttft_s: 0.5s, tpot_s: 20ms }
      workload: { type: synthetic, burst: { base_rate: 1, burst_rate: 30, period: 60, length: 10 } }
      cold_start: { preset: simple }
      scaling:
        policy: ${policy}
        max_instances: 3
        schedule: { entries: [{ from: 20s, instances: 2 }] }`);
    const { summary, timeSeries } = await simulate(config);
    equal(summary.requests.completed, summary.requests.arrived, policy);
    const up = Array.from(
      timeSeries.timeSeconds,
      (_, i) => timeSeries.starting[i] + timeSeries.idle[i] + timeSeries.busy[i],
    );
    ok(Math.max(...up) <= 3, policy);
  }
});

Deno.test("no scaling is what evaluations that never come are: requests start, keep-alive stops", async () => {
  for (const activation of ["first", "each", "none"]) {
    const yaml = `
      simulation: { duration: 400s }
      workload: { type: poisson, arrival_rate: 0.4 }
      gateway: { concurrency_per_instance: 2 }
      cold_start: { initial_instances: 1 }
      scaling: { activation: ${activation}, max_instances: 3, min_instances: 1,
        keep_alive: { seconds: 20 } }`;
    const run = async (scaling: string) => await simulate(loadConfig([yaml, scaling]));
    const none = await run("scaling: { policy: none }");
    const never = await run("scaling: { policy: concurrency, period: 100000000 }");
    equal(none.summary.digest, never.summary.digest, activation);
    ok(none.summary.requests.completed > 100, activation);
    const starts = none.summary.cold_starts;
    ok(activation === "each" ? starts >= 3 : starts <= 1, `${activation}: ${starts}`);
  }
});

Deno.test("a setting of evaluations changes nothing without any, and a notice says so", async () => {
  const config = loadConfig("scaling: { policy: none, period: 3s, max_step_up: 2 }");
  const { engine: { notices } } = await simulate(config);
  ok(
    notices.some((line) =>
      line === "scaling.period and max_step_up have no effect: the scaling policy is none"
    ),
    notices.join("\n"),
  );
});

Deno.test("the default fleet follows the load up and down", async () => {
  const config = loadConfig(`
    simulation: { duration: 1500s }
    workload:
      type: synthetic
      burst: { base_rate: 1, burst_rate: 25, period: 1000, length: 400 }`);
  const { timeSeries } = await simulate(config);
  const up = (atSeconds: number) => timeSeries.idle[atSeconds - 1] + timeSeries.busy[atSeconds - 1];
  equal(up(550), 1, "before the burst");
  // Starts take more than a minute.
  ok(up(900) >= 4, `${up(900)} in the burst`);
  equal(up(1450), 1, "after it");
});
