import { equal, ok } from "#assert";
import type { Configuration } from "../config/configuration.ts";
import type { KeptRun } from "../experiment/sweep/mod.ts";
import { summaryPaths } from "../experiment/replication_figures.ts";
import { simulate } from "../run/simulate.ts";
import { testingRandom } from "../stats/testing_random.ts";
import { makeCandidates } from "./candidates.ts";
import { readObjectives } from "./objectives.ts";
import { valuesOf } from "./value.ts";

const STEPS = `
execution: { source: constant, step_seconds: 20 ms }
scheduler: { max_num_seqs: 4 }
workload:
  type: poisson
  prompt_length: { distribution: exponential, mean: 20, min: 1, max: 200 }
  decode_length: { distribution: exponential, mean: 20, min: 1, max: 200 }
`;

/** What a simulation's run is kept as. */
async function kept(config: Configuration): Promise<KeptRun> {
  const { summary, instances, requests } = await simulate(config);
  const ends = [
    ...instances.endAtSeconds.subarray(0, instances.count),
    ...requests.completedAtSeconds.filter((at) => !Number.isNaN(at)),
  ];
  return {
    figures: Object.fromEntries(summaryPaths(summary)),
    endAtSeconds: Math.max(0, ...ends),
  };
}

async function candidateOf(texts: readonly string[]) {
  const [candidate] = await makeCandidates([{}], {
    ...{ texts, options: {}, objectives: readObjectives("ttft_p99<9s"), inputs: {} },
  });
  return candidate;
}

Deno.test("no fleet costs less than its bound: of fixed size or scaling, from zero, billed in any way", async () => {
  const random = testingRandom(7);
  const one = <T>(of: readonly T[]): T => of[Math.floor(random.uniform() * of.length)];
  let above = 0;
  for (let k = 0; k < 60; k++) {
    const min = one([0, 0, 1, 2]);
    const billing = one([
      "preset: per-second-busy",
      "preset: instance-hours",
      "preset: per-second-ready",
      "granularity: 60",
      "minimum: 60",
      "from: load",
    ]);
    const text = `
simulation: { random_seed: ${k}${one(["", ", duration: 60", ", warmup_duration: 1"])} }
cluster: { gpu_type: ${one(["H100", "A100"])}, num_replicas: ${one([1, 3])} }
cost: { billing: { ${billing} }, idle_factor: ${one([1, 0.3])}, reserved_instances: ${
      one([0, 0, 1])
    } }
scaling: { enabled: ${one([true, true, false])}, policy: ${
      one(["concurrency", "knative-kpa", "keda"])
    },
  min_instances: ${min}, max_instances: ${Math.max(1, min + one([0, 1, 4]))},
  keep_alive: { seconds: ${one([1, 60])}, sleep: { level: ${one([0, 0, 1])} } },
  keda: { idle_replica_count: ${min > 0 ? one(["null", 0]) : "null"} } }
cold_start: { ${one(["enabled: true", "enabled: false", `initial_instances: ${min}`])} }
energy: { enabled: ${one([true, false])}, pue: 1.2 }
workload: { arrival_rate: ${one([0.2, 5, 40])}, num_requests: ${one([1, 10, 120])} }
`;
    const { config, facts, refusal } = await candidateOf([STEPS, text]);
    if (facts === undefined) {
      ok(/^Cannot /.test(refusal!), refusal);
      continue;
    }
    const run = await kept(config!);
    const { usdPerHour, gpus, usdPerMillionTokens, kilowatts } = valuesOf(config!, [run], 0.95);
    const atMost = (bound: number | null, value: number | undefined, what: string) => {
      if (bound === null || value === undefined) return;
      if (bound > 0) above++;
      ok(bound <= value * (1 + 1e-9), `${what} at least ${bound}, in the run ${value}: ${text}`);
    };
    atMost(facts.usdPerHourAtLeast, usdPerHour?.estimate, "USD/h");
    atMost(facts.gpusAtLeast, gpus?.estimate, "GPUs");
    atMost(facts.kilowattsAtLeast, kilowatts?.estimate, "kW");
    atMost(facts.usdPerMillionAtLeast, usdPerMillionTokens?.estimate, "USD per million tokens");
  }
  ok(above > 40, `${above} bounds above 0`);
});

Deno.test("the price of a fixed fleet is that of its instances by the hour, however short its run is", async () => {
  for (const billing of ["preset: instance-hours", "granularity: 60", "minimum: 600"]) {
    for (const count of [2, 50, 400]) {
      const { config, facts } = await candidateOf([
        STEPS,
        "scaling: { enabled: false }\ncluster: { gpu_type: H100, num_replicas: 3 }\n" +
        `cost: { gpu_cost_per_hour: { H100: 2 }, billing: { ${billing} } }\n` +
        `workload: { arrival_rate: 5, num_requests: ${count} }`,
      ]);
      const run = await kept(config!);
      equal(valuesOf(config!, [run], 0.95).usdPerHour!.estimate, 6);
      equal(facts!.usdPerHourAtLeast!.toFixed(9), "6.000000000");
      // The bill itself is what the meters say.
      ok(Number(run.figures["cost.rounding_usd"]) > 0);
    }
  }
});
