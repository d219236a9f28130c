import { equal, ok } from "#assert";
import { mmcWaitQuantile } from "../stats/queueing_theory.ts";
import { makeCandidates } from "./candidates.ts";
import { loadOf } from "./load.ts";
import { readObjectives } from "./objectives.ts";

const STEP_S = 0.01;
const TEXT = `
scaling: { enabled: false }
execution: { source: constant, step_seconds: ${STEP_S} }
scheduler: { max_num_seqs: 1 }
workload:
  type: poisson
  arrival_rate: 5
  num_requests: 500
  prompt_length: { distribution: constant, mean: 10 }
  decode_length: { distribution: exponential, mean: 100, min: 1, max: 900 }
`;

async function likely(slo: string, set: Readonly<Record<string, unknown>> = {}) {
  const [{ facts, config }] = await makeCandidates([{}], {
    texts: [TEXT],
    options: { set },
    objectives: readObjectives(slo),
    inputs: {},
  });
  return { instances: facts!.likelyInstances, load: loadOf(config!, {}) };
}

Deno.test("with one place each, instances are the servers of M/M/c that keep the limit", async () => {
  const { instances, load } = await likely("ttft_p95<2s");
  const rate = load.count / load.spanSeconds;
  const held = (1 + load.decodeTokens) * STEP_S;
  const keeps = (servers: number) =>
    rate * held <= 0.9 * servers &&
    mmcWaitQuantile(rate, held, servers, 0.95) + 2 * STEP_S <= 2;
  ok(keeps(instances) && !keeps(instances - 1), `${instances} instances`);
});

Deno.test("the hint grows with the rate, and with stricter limits on either latency", async () => {
  const at = async (slo: string, rate: number, most = 32) =>
    (await likely(slo, { "workload.arrival_rate": rate, "scheduler.max_num_seqs": most }))
      .instances;
  ok(await at("ttft_p95<2s", 200) > await at("ttft_p95<2s", 40));
  ok(await at("ttft_p99<100ms", 40, 1) > await at("ttft_p99<10s", 40, 1));
  // Steps take equally long whatever is in them: the batch is as large as the scheduler lets it be.
  equal(await at("tpot_p99<50ms", 40), await at("tpot_p99<1s", 40));
  // A closed loop has no rate before it is run.
  equal((await likely("ttft_p95<2s", { "workload.closed_loop.concurrency": 4 })).instances, 0);
});
