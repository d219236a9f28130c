/**
 * Derives the acceptance of SpecDecode-Bench from its statistics and speed-ups:
 *
 *     deno run -R data/speculation/derive_specdecode.ts FOLDER > data/speculation/specdecode.yaml
 *
 * FOLDER holds acceptance.json and targets.csv. Kept are mean lengths, how likely so many tokens are
 * accepted over all positions, the mean tokens of a step as the source walks its sequences ("walked"),
 * and those of its mean request ("request"): its speed-ups are means over requests of unequal
 * acceptance, so they are read from the cell of the smallest batch for each drafted length, which is
 * then no test of anything else.
 */
import { parse } from "@std/csv";
import {
  closedSpeedUp,
  FOUND_SHARES,
  type SpeculationCell,
} from "../../tests/support/speculation_formulas.ts";

interface Statistics {
  readonly mean_prompt: number;
  readonly mean_generated: number;
  readonly survival: readonly number[];
  readonly mean_tokens_per_step_k1: number;
  readonly mean_tokens_per_step_k3: number;
  readonly mean_tokens_per_step_k5: number;
}

const DRAFTED = ["1", "3", "5", "oracle"] as const;

const [folder] = Deno.args;
const acceptance = JSON.parse(Deno.readTextFileSync(`${folder}/acceptance.json`)) as Record<
  string,
  Statistics
>;
const cells = parse(Deno.readTextFileSync(`${folder}/targets.csv`), { skipFirstRow: true });

/** Mean tokens of a step at which the formulas give the speed-up of the smallest batch. */
function ofMeanRequest(name: string, statistics: Statistics, drafted: string): number {
  const [dataset, proposer] = name.split("/");
  const smallest = cells
    .filter((cell) => `${cell.dataset}/${cell.proposer}` === name && cell.k === drafted)
    .toSorted((a, b) => Number(a.batch) - Number(b.batch))[0];
  const cell: SpeculationCell = {
    proposer: proposer as "eagle3" | "ngram",
    batch: Number(smallest.batch),
    drafted: drafted === "oracle" ? "oracle" : Number(drafted),
    promptTokens: statistics.mean_prompt,
    outputTokens: statistics.mean_generated,
    noneAccepted: 2 - statistics.mean_tokens_per_step_k1,
    foundShare: FOUND_SHARES[dataset],
  };
  let [low, high] = [1, 21];
  for (let i = 0; i < 50; i++) {
    const middle = (low + high) / 2;
    if (closedSpeedUp(cell, middle) < Number(smallest.speedup_by_throughput)) low = middle;
    else high = middle;
  }
  return low;
}

const lines = [
  "# Made by data/speculation/derive_specdecode.ts from acceptance.json and targets.csv.",
  "source: SpecDecode-Bench/simulator, commit 2fdccbd6 (arXiv 2601.11580, MLSys 2026); Llama-3.1-8B on H100",
  "licence: no licence file; numbers only",
  "# tokens per step: drafted 1, 3, 5 and, of the mean request, exactly what is accepted",
  "acceptance:",
];
for (const [name, statistics] of Object.entries(acceptance)) {
  const request = DRAFTED.map((drafted) => ofMeanRequest(name, statistics, drafted).toFixed(4));
  const { survival, mean_tokens_per_step_k1, mean_tokens_per_step_k3 } = statistics;
  const walked = [mean_tokens_per_step_k1, mean_tokens_per_step_k3]
    .concat(statistics.mean_tokens_per_step_k5);
  lines.push(
    `  ${name}:`,
    `    prompt_tokens: ${statistics.mean_prompt}`,
    `    output_tokens: ${statistics.mean_generated}`,
    `    survival: [${survival.join(", ")}]`,
    `    walked: [${walked.join(", ")}]`,
    `    request: [${request.join(", ")}]`,
  );
}
console.log(lines.join("\n"));
