/**
 * Derives what sampling costs by method from the times of one H200:
 *
 *     deno run -R data/hardware/derive_sampling.ts FOLDER > data/hardware/sampling.yaml
 *
 * FOLDER holds sampling.csv of the data set h200-measured.
 */
import { parse } from "@std/csv";

/** A 32-bit number is read and written. */
const PASS = 8;
/** Temperature and softmax, exponential numbers, quotient, largest: read and written as often as that. */
const RANDOM = 2 * PASS + 4 + 12 + 4;
/** Four passes of a radix sort over 32-bit keys with 64-bit indices, which read the keys once more. */
const SORT = 4 * (2 * (4 + 8) + 4);

/** Names in the table of measurements and least bytes per logit, by names of `execution.sampling`. */
const METHODS = {
  greedy: { op: "argmax", bytesPerLogit: 4 },
  random: { op: "temperature", bytesPerLogit: RANDOM },
  // A radix selection reads the logits five times; then those that stay are masked.
  "top-k": { op: "top_k_50", bytesPerLogit: 5 * 4 + PASS + RANDOM },
  // Softmax, running sum and mask of the sorted logits, which are put back into their places.
  "top-p": { op: "top_p_sort", bytesPerLogit: SORT + 3 * PASS + 16 + RANDOM },
};

const [folder] = Deno.args;
const rows = parse(Deno.readTextFileSync(`${folder}/sampling.csv`), { skipFirstRow: true });

const lines = Object.entries(METHODS).flatMap(([method, { op, bytesPerLogit }]) => {
  const points = rows.filter((row) => row.op === op)
    .map((row) => ({
      logits: Number(row.batch) * Number(row.vocab),
      seconds: Number(row.us) * 1e-6,
    }))
    .toSorted((a, b) => a.logits - b.logits);
  // More logits never take less time: single measurements do, by a hundredth of a microsecond.
  for (let i = 1; i < points.length; i++) {
    points[i].seconds = Math.max(points[i].seconds, points[i - 1].seconds);
  }
  return [
    `  ${method}:`,
    `    bytesPerLogit: ${bytesPerLogit}`,
    `    logits: [${points.map(({ logits }) => logits).join(", ")}]`,
    `    seconds: [${points.map(({ seconds }) => Number(seconds.toPrecision(4))).join(", ")}]`,
  ];
});

console.log(
  `# What it costs to choose tokens from logits, by method, seconds by the logits of the step (sequences x
# vocabulary). Made by data/hardware/derive_sampling.ts. Measured on one H200 with 128,256 logits a sequence
# (data set h200-measured, sampling.csv, CC0-1.0). That rows and columns count alike is what vLLM's own
# times of other vocabularies say (vllm-project/vllm pull requests 33538 and 40376, PyTorch's top-p: 0.39 ms
# for 56 x 32,768 logits, 0.63 ms for 128 x 32,768, 2.3 ms for 128 x 131,072).
#   greedy  the largest logit
#   random  softmax and one exponential number per logit
#   top-k   the same after the 50 largest
#   top-p   the same after a sort of all logits, with or without top-k: PyTorch's, which vLLM takes up to 0.15
# \`bytesPerLogit\`: what a method has to move at least, counted; a GPU is not faster than its memory moves that.
methods:
${lines.join("\n")}`,
);
