import { equal, ok, throws } from "#assert";
import { loadConfig } from "./load.ts";
import { simulate } from "../run/simulate.ts";

const BASE = `
  simulation: { duration: 2000s }
  workload: { type: poisson, arrival_rate: 4 }
  cluster: { nodes: [{ count: 4, gpus: 1 }] }
  scaling: { min_instances: 3, max_instances: 4 }`;

const run = async (yaml: string) => (await simulate(loadConfig([BASE, yaml]))).summary;

Deno.test("machines are up for mtbf / (mtbf + repair) of the time", async () => {
  const { faults, requests } = await run(`
    simulation: { duration: 20000s }
    workload: { arrival_rate: 0.5 }
    faults: { failures: { mtbf: 300s, repair: 100s } }`);
  ok(Math.abs(faults!.availability! - 0.75) < 0.05, `${faults!.availability}`);
  ok(faults!.failures > 150);
  equal(requests.completed, requests.arrived, "restarted, none is lost");
  ok(faults!.recovery_s! > 0);
});

Deno.test("requests of a lost instance fail, begin anew or go on", async () => {
  const with_ = (mode: string) =>
    run(`faults: { in_flight: ${mode}, failures: { mtbf: 200s, repair: 60s } }`);
  const [fail, restart, resume] = [
    await with_("fail"),
    await with_("restart"),
    await with_("resume"),
  ];
  ok(fail.faults!.requests_failed > 0);
  equal(fail.faults!.requests_failed, fail.faults!.requests_hit);
  equal(fail.requests.reasons.failed, fail.faults!.requests_failed);
  for (const { requests, faults } of [restart, resume]) {
    equal(requests.completed, requests.arrived);
    ok(faults!.requests_hit > 0 && faults!.lost_tokens > 0);
  }
});

Deno.test("a warning lets instances finish what they have", async () => {
  const hit = async (notice: string) =>
    (await run(`faults: { spot: { mtbf: 150s, notice: ${notice}, replace: 30s } }`)).faults!;
  const [warned, unwarned] = [await hit("30s"), await hit("0s")];
  ok(warned.preemptions > 10 && unwarned.preemptions > 10);
  equal(warned.requests_hit, 0, "all answers take less than 30 s");
  ok(unwarned.requests_hit > 10);
});

Deno.test("failed starts are tried again after a wait", async () => {
  const { faults, requests, cold_starts } = await run(`
    scaling: { min_instances: 0, keep_alive: { policy: none } }
    workload: { arrival_rate: 0.05 }
    faults: { starts: { failure_probability: 0.4, initial_wait: 1s } }`);
  equal(requests.completed, requests.arrived);
  const share = faults!.failed_starts / cold_starts;
  ok(share > 0.28 && share < 0.52, `${share} of ${cold_starts}`);
});

Deno.test("loadConfig() refuses a warning that comes before the machine is there", () => {
  loadConfig("faults: { spot: { mtbf: 100, notice: 100 } }");
  throws(
    () => loadConfig("faults: { spot: { mtbf: 100, notice: 101 } }"),
    /^ConfigError: Cannot read "faults.spot.notice" as a warning within a life: .* <= mtbf, which is 100/,
  );
});
