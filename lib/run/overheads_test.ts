import assert from "#assert";
import { loadConfig } from "../config/load.ts";
import { buildCluster } from "./cluster.ts";
import { simulate } from "./simulate.ts";

const BASE = `
workload:
  type: poisson
  arrival_rate: 4
  num_requests: 60
scaling: { enabled: false }
cold_start: { enabled: false }
`;

async function latencies(yaml: string) {
  const { summary } = await simulate(loadConfig([BASE, yaml]));
  return { ttft: summary.ttft_s.mean!, tpot: summary.tpot_s.mean!, e2e: summary.e2e_s.mean! };
}

Deno.test("request_seconds is a part of TTFT and E2E, not of TPOT, whatever the source", async () => {
  for (const source of ["analytical", "profiled"]) {
    const without = await latencies(`execution: { source: ${source} }`);
    const added = await latencies(
      `execution: { source: ${source}, overheads: { request_seconds: 0.25 } }`,
    );
    assert.ok(Math.abs(added.ttft - without.ttft - 0.25) < 1e-9, source);
    assert.ok(Math.abs(added.e2e - without.e2e - 0.25) < 1e-9, source);
    assert.ok(Math.abs(added.tpot - without.tpot) < 1e-9, source);
  }
});

Deno.test("request_seconds keeps a slot of a closed loop empty", async () => {
  const loop = "workload: { closed_loop: { concurrency: 1 } }";
  const end = async (seconds: number) => {
    const { requests } = await simulate(
      loadConfig([BASE, loop, `execution: { overheads: { request_seconds: ${seconds} } }`]),
    );
    return Math.max(...requests.completedAtSeconds);
  };
  assert.ok(Math.abs(await end(0.5) - await end(0) - 60 * 0.5) < 1e-6);
});

Deno.test("functions may be at different distances: requests arrive in the order of arrival", async () => {
  const functions = `
functions:
  - { name: near, model: { name: llama-3.1-8b }, execution: { overheads: { request_seconds: 0 } } }
  - { name: far, model: { name: llama-2-7b }, execution: { overheads: { request_seconds: 3 } } }
`;
  const { requests } = await simulate(loadConfig([BASE, functions]));
  let far = 0;
  for (let i = 0; i < requests.count; i++) {
    const ttft = requests.firstTokenAtSeconds[i] - requests.arrivalAtSeconds[i];
    if (requests.functionId[i] === 1) far++;
    assert.ok(requests.functionId[i] === 1 ? ttft > 3 : ttft < 3, `request ${i}: ${ttft} s`);
  }
  assert.ok(far > 0 && far < requests.count);
});

Deno.test("calibrated fills request_seconds in, and says where constants are of another version", async () => {
  const requestSeconds = async (engine: string) => {
    const { parts, notices } = await buildCluster(loadConfig([
      BASE,
      `{ execution: { source: calibrated }, scheduler: { engine: "${engine}" } }`,
    ]));
    return {
      seconds: parts.functions[0].requestSeconds,
      hasNotice: notices.some((notice) => notice.includes("takes the constants of vllm")),
    };
  };
  assert.deepEqual(await requestSeconds("vllm@0.15"), { seconds: 0.0065, hasNotice: false });
  assert.deepEqual(await requestSeconds("vllm@0.19"), { seconds: 0.0065, hasNotice: true });
  assert.deepEqual(await requestSeconds("vllm@0.12"), { seconds: 0.007, hasNotice: false });
});
