import { makeCandidates } from "./candidates.ts";
import { evaluateAll, makeRunner, REPLICATION_RULE } from "./evaluate.ts";
import { combinations, readFactors } from "./factors.ts";
import { readObjectives } from "./objectives.ts";
import { valuesOf } from "./value.ts";

/** Sixty candidates whose costs and latencies cross: three GPUs, two batch sizes, ten fleets. */
export const GRID = {
  config: (seed: number) => `
simulation: { random_seed: ${seed} }
model: { name: Llama-3.1-8B, dtype: bf16 }
scaling: { enabled: false }
workload:
  type: poisson
  arrival_rate: 40
  num_requests: 500
  prompt_length: { distribution: exponential, mean: 800, min: 1, max: 6000 }
  decode_length: { distribution: exponential, mean: 150, min: 2, max: 1500 }
`,
  over:
    "cluster.gpu_type=[H100,A100,L40S];scheduler.max_num_seqs=[16,64];cluster.num_replicas=1..10",
  slo: "ttft_p99<1s,tpot_p99<30ms",
};

/** Simulates every candidate until its verdict, and returns the cheapest that keeps the limits. */
export async function exhaustiveWinner(
  seed: number,
  store: string,
  workers: number,
): Promise<
  { readonly index: number; readonly usdPerHour: number; readonly met: readonly number[] }
> {
  const objectives = readObjectives(GRID.slo);
  const candidates = await makeCandidates(combinations(readFactors(GRID.over)), {
    texts: [GRID.config(seed)],
    options: {},
    objectives,
    inputs: {},
  });
  const runnable = candidates.filter(({ config }) => config !== undefined);
  const runner = makeRunner({ store, workers });
  const evaluations = await evaluateAll(
    runnable.map(({ config }) => ({ config: config!, objectives })),
    runner,
    { rule: REPLICATION_RULE },
  ).finally(runner.close);
  const met = runnable.flatMap(({ index, config }, i) => {
    const { verdict, runs } = evaluations[i];
    return verdict.isMet
      ? [{ index, usdPerHour: valuesOf(config!, runs, 0.95).usdPerHour!.estimate }]
      : [];
  }).sort((a, b) => a.usdPerHour - b.usdPerHour || a.index - b.index);
  return { ...met[0], met: met.map(({ index }) => index) };
}
