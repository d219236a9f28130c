/**
 * Derives the acceptance of SpecDecode-Bench from its statistics and speed-ups:
 *
 *     deno run -R data/speculation/derive_specdecode.ts FOLDER > data/speculation/specdecode.yaml
 *
 * FOLDER holds acceptance.json and targets.csv. Kept are mean lengths, how likely so many tokens are
 * accepted over all positions, the mean tokens of a step as the source walks its sequences ("walked"),
 * and those of its mean request ("request"): its speed-ups are means over requests of unequal
 * acceptance, so they are read from the cell of the smallest batch for each drafted length, which is
 * then no test of anything else. Where exactly what is accepted is drafted, requests differ by all that
 * they accept: how much ("spread") is read from the cell of the next batch.
 */
import { parse } from "@std/csv";
import {
  closedSpeedUp,
  FOUND_SHARES,
  overKinds,
  requestKinds,
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

/** The cells of one drafted length, those of small batches first, and the speed-up of each. */
function cellsOf(name: string, statistics: Statistics, drafted: string) {
  const [dataset, proposer] = name.split("/");
  return cells
    .filter((cell) => `${cell.dataset}/${cell.proposer}` === name && cell.k === drafted)
    .toSorted((a, b) => Number(a.batch) - Number(b.batch))
    .map((row) => {
      const cell: SpeculationCell = {
        proposer: proposer as "eagle3" | "ngram",
        batch: Number(row.batch),
        drafted: drafted === "oracle" ? "oracle" : Number(drafted),
        promptTokens: statistics.mean_prompt,
        outputTokens: statistics.mean_generated,
        noneAccepted: 2 - statistics.mean_tokens_per_step_k1,
        foundShare: FOUND_SHARES[dataset],
      };
      return { cell, speedUp: Number(row.speedup_by_throughput) };
    });
}

/** Where a function that rises or falls through 0 does so. */
function root(low: number, high: number, of: (x: number) => number): number {
  const rises = of(high) > of(low);
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if ((of(middle) < 0) === rises) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Mean tokens of a step at which the formulas give the speed-up of the smallest batch. */
function ofMeanRequest([{ cell, speedUp }]: ReturnType<typeof cellsOf>, spread = 0): number {
  return root(
    1 + 1e-6,
    21,
    (mean) =>
      overKinds(requestKinds(mean, spread), (tokens) => closedSpeedUp(cell, tokens)) - speedUp,
  );
}

/** How unequal requests are, by the speed-up of the next batch; 0 where equal ones have less. */
function spreadOf(oracle: ReturnType<typeof cellsOf>): number {
  const [, { cell, speedUp }] = oracle;
  const beyond = (spread: number) =>
    overKinds(
      requestKinds(ofMeanRequest(oracle, spread), spread),
      (tokens) => closedSpeedUp(cell, tokens),
    ) - speedUp;
  if (beyond(0) <= 0) return 0;
  return beyond(3) >= 0 ? 3 : root(0, 3, beyond);
}

const lines = [
  "# Made by data/speculation/derive_specdecode.ts from acceptance.json and targets.csv.",
  "source: SpecDecode-Bench/simulator, commit 2fdccbd6 (arXiv 2601.11580, MLSys 2026); Llama-3.1-8B on H100",
  "licence: no licence file; numbers only",
  "# tokens per step: drafted 1, 3, 5 and, of the mean request, exactly what is accepted; the spread",
  "# of that: standard deviation of the accepted tokens of requests over their mean, 0 to 3",
  "acceptance:",
];
for (const [name, statistics] of Object.entries(acceptance)) {
  const oracle = cellsOf(name, statistics, "oracle");
  const spread = spreadOf(oracle);
  const request = DRAFTED.map((drafted) =>
    drafted === "oracle"
      ? ofMeanRequest(oracle, spread).toFixed(4)
      : ofMeanRequest(cellsOf(name, statistics, drafted)).toFixed(4)
  );
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
    `    spread: ${spread.toFixed(4)}`,
  );
}
console.log(lines.join("\n"));
