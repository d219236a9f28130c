import assert from "#assert";
import { loadConfig } from "../config/load.ts";
import { simulate } from "./simulate.ts";

const BASE = `
workload:
  type: poisson
  arrival_rate: 0.2
  num_requests: 12
  prompt_length: { distribution: constant, mean: 3000 }
  decode_length: { distribution: constant, mean: 20 }
scheduler: { max_num_batched_tokens: 1024, max_num_seqs: 8 }
scaling: { enabled: false }
cold_start: { enabled: false }
cluster: { num_replicas: 2, routing: { policy: round-robin } }
`;

async function firstTokens(yaml: string) {
  const { requests } = await simulate(loadConfig([BASE, yaml]));
  return Array.from(
    { length: requests.count },
    (_, i) => requests.firstTokenAtSeconds[i] - requests.arrivalAtSeconds[i],
  );
}

Deno.test("the first prompts of each instance are late once, whatever their chunks", async () => {
  const warm = await firstTokens("{}");
  for (const stepping of ["leap", "step"]) {
    const cold = await firstTokens(
      `{ execution: { cold_first_requests: { count: 2, seconds: 0.5 } }, simulation: { stepping: ${stepping} } }`,
    );
    const late = cold.map((seconds, i) => Math.round(100 * (seconds - warm[i])) / 100);
    // Requests go to two instances in turn, seldom two at once.
    assert.deepEqual(late.slice(0, 4), [0.5, 0.5, 0.5, 0.5], stepping);
    assert.ok(late.slice(6).every((seconds) => seconds === 0), `${stepping}: ${late}`);
  }
});

Deno.test("no cold requests leave all instants as they are", async () => {
  const off = "execution: { cold_first_requests: { count: 0, seconds: 9 } }";
  assert.deepEqual(await firstTokens(off), await firstTokens("{}"));
});
