/**
 * Takes the rows of data/targets/ml-energy.yaml from the data set ml-energy:
 *
 *     deno run -R data/targets/derive_ml_energy.ts text_energy.csv > data/targets/ml-energy.yaml
 *
 * Every row of ten models of nine families at 8, 64 and 256 sequences. `deno task validate` checks all rows
 * where the data set is at hand.
 */
import { parse } from "@std/csv";

const MODELS = [
  "meta-llama/Llama-3.1-8B-Instruct",
  "meta-llama/Llama-3.1-70B-Instruct",
  "meta-llama/Llama-3.1-405B-Instruct-FP8",
  "Qwen/Qwen3-32B",
  "Qwen/Qwen3-30B-A3B-Instruct-2507",
  "Qwen/Qwen3-235B-A22B-Instruct-2507-FP8",
  "google/gemma-3-27b-it",
  "meta-llama/Llama-4-Scout-17B-16E-Instruct",
  "openai/gpt-oss-120b",
  "deepseek-ai/DeepSeek-V3.1",
];

const [file] = Deno.args;
console.log(
  `# Power of served models under steady load: mean of all GPUs of the server, watts; \`output_tok_s\` is that
# of the server, \`batch\` the mean of sequences in a step. Numbers of a publication, which has no licence file.
# Written by data/targets/derive_ml_energy.ts.
id: ml-energy
source: "ML.ENERGY Leaderboard v3 (ml-energy/leaderboard, commit 0cd52dab, public/data/models), text tasks"
columns: [model, task, precision, gpu, num_gpus, tp, ep, dp, max_num_seqs, avg_batch, avg_output_tokens, avg_power_w, output_tok_s]
rows:`,
);
for (const row of parse(Deno.readTextFileSync(file), { skipFirstRow: true })) {
  if (!MODELS.includes(row.model) || !["8", "64", "256"].includes(row.max_num_seqs)) continue;
  const { model, task, precision, gpu, num_gpus, tp, ep, dp, max_num_seqs } = row;
  const numbers = [num_gpus, tp, ep, dp, max_num_seqs, row.avg_batch, row.avg_output_tokens];
  const values = [...numbers, row.avg_power_w, row.output_tok_s].map(Number);
  console.log(`  - [${[model, task, precision, gpu, ...values].join(", ")}]`);
}
