import { equal, ok } from "#assert";
import { loadConfig } from "../../lib/config/load.ts";
import { simulate } from "../../lib/run/simulate.ts";
import { meanInterval } from "../../lib/stats/intervals.ts";
import { md1, mmc } from "../../lib/stats/queueing_theory.ts";

const REPLICATIONS = 20;

/** Steps of 50 ms, one request at a time. */
const CONFIGURATION = `
simulation: { duration: 1500, warmup_duration: 50 }
execution: { source: constant, step_seconds: 50 ms }
scheduler: { max_num_seqs: 1 }
scaling: { enabled: false }
workload:
  type: poisson
  prompt_length: { distribution: constant, mean: 1 }
`;

/** Scheduling delays of the replications of a configuration, seconds. */
async function delays(yaml: string): Promise<number[]> {
  const means: number[] = [];
  for (let replication = 0; replication < REPLICATIONS; replication++) {
    const set = { "simulation.replication": replication };
    const { summary } = await simulate(loadConfig([CONFIGURATION, yaml], { set }));
    equal(summary.requests.completed, summary.requests.arrived);
    means.push(summary.scheduling_delay_s.mean!);
  }
  return means;
}

function holds(means: readonly number[], expected: number): void {
  const { estimate, lower, upper, halfWidth } = meanInterval(means, 0.999);
  const found = `${estimate} +- ${halfWidth} s, theory ${expected} s`;
  ok(lower <= expected && expected <= upper, found);
  ok(halfWidth < 0.05 * estimate, `half-width below 5 %: ${found}`);
}

Deno.test("a configuration of constant steps and batches of one is M/D/1", async () => {
  const means = await delays(
    "workload: { arrival_rate: 10, decode_length: { distribution: constant, mean: 1 } }",
  );
  holds(means, md1(10, 0.05).waitSeconds);
});

Deno.test("a configuration with exponential output lengths and a shared queue is M/M/3", async () => {
  // 200 steps of 1 ms on the mean: at 10.5 requests per second three instances are busy 70 %.
  const means = await delays(`
    simulation: { duration: 4500 }
    execution: { step_seconds: 1 ms }
    cluster: { num_replicas: 3 }
    gateway: { concurrency_per_instance: 1 }
    workload:
      arrival_rate: 10.5
      decode_length: { distribution: exponential, mean: 200, min: 1, max: 1000000 }
    model:
      { name: small, num_layers: 2, hidden_size: 256, num_attention_heads: 4, vocab_size: 1000,
        max_position_embeddings: 2000000 }
  `);
  holds(means, mmc(10.5, 0.2, 3).waitSeconds);
});
