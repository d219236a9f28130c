/** Calls `use` with a folder of experiments: `experiments/00_test/experiment.ts` with this text. */
export async function withExperiment(
  text: string,
  use: (folder: string, module: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "simfaas-experiment-" });
  try {
    const module = `${folder}/experiments/00_test/experiment.ts`;
    await Deno.mkdir(`${folder}/experiments/00_test`, { recursive: true });
    await Deno.writeTextFile(module, experimentText(text));
    await use(folder, new URL(`file://${module}`).href);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A module that defines an experiment with these fields over small defaults. */
export function experimentText(fields: string): string {
  const house = new URL("./", import.meta.url).href;
  return `
import { defineExperiment } from "${house}define_experiment.ts";
import { loadConfig } from "${house}../config/load.ts";
import { simulate } from "${house}../run/simulate.ts";

export default defineExperiment({
  id: "00_test",
  version: 1,
  seed: 7,
  question: "Does it run?",
  ${fields}
});
`;
}

/** Runs of a small deployment at several rates: real simulations. */
export const SIMULATIONS = `
  replications: 2,
  factors: { rate: [2, 5, 10], strategy: ["vllm", "sarathi"] },
  run: async ({ cell, seed, replication }) => {
    const config = loadConfig(\`
simulation: { random_seed: \${seed}, replication: \${replication} }
workload: { type: poisson, arrival_rate: \${cell.rate}, num_requests: 200 }
scheduler: { type: \${cell.strategy} }\`);
    const { summary } = await simulate(config);
    return { ttft_p99_s: summary.ttft_s.p99, digest: summary.digest, nothing: NaN };
  },
`;
