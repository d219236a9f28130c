import assert from "#assert";
import { stepOf } from "../conformance/execution_laws.ts";
import { analytical } from "../../lib/execution/analytical/mod.ts";
import { gpuNamed } from "../../lib/hardware/mod.ts";
import { modelShape } from "../../lib/models/mod.ts";
import { findExternalData } from "../../lib/results/external_data.ts";
import { parse } from "../../lib/std/csv.ts";

const folder = findExternalData("vllm-load-points");

Deno.test({
  name: "analytical() predicts the time per output token of real vLLM servers, nothing fitted " +
    "(needs reference data)",
  ignore: folder === undefined,
  async fn() {
    const text = await Deno.readTextFile(`${folder}/points.csv`);
    const rows = parse(text, { skipFirstRow: true }) as Record<string, string>[];
    const errors: number[] = [];
    for (const row of rows) {
      // Reasoning runs preempt and swap: more than steps of a steady batch.
      if (row.overload === "yes" || row.workload === "reasoning") continue;
      const tpotSeconds = Number(row.tpot_derived_ms) / 1000;
      const model = analytical({
        shape: modelShape(row.model),
        gpu: gpuNamed(row.gpu.startsWith("L40S") ? "L40S" : row.gpu.split("-")[0]),
        tensorParallel: Number(row.tp),
      });
      // Little's law gives the mean batch; prompts are cached, so steps are decodes. What is left out,
      // first prompts and the time of each step on the CPU, makes predictions some 0.3-1 ms short.
      const outputTokens = Number(row.out_tokens);
      const batch = Math.max(1, Math.round(Number(row.rate_rps) * tpotSeconds * outputTokens));
      const context = Math.round(batch * (Number(row.in_tokens_mean) + outputTokens / 2));
      const predicted = model.stepSeconds(stepOf(batch, context));
      errors.push(predicted / tpotSeconds - 1);
      console.log(
        `${row.model} ${row.gpu} tp${row.tp} ${row.workload} ${row.rate_rps}/s: batch ${batch}, ` +
          `${(1e3 * predicted).toFixed(2)} ms, measured ${row.tpot_derived_ms} ms`,
      );
    }
    const mean = errors.reduce((sum, error) => sum + Math.abs(error), 0) / errors.length;
    console.log(`mean error ${(100 * mean).toFixed(1)} % of ${errors.length} load points`);
    assert.ok(errors.length >= 20);
    // The best published simulator of these servers, fitted on such runs, is 10-15 % off.
    assert.ok(mean < 0.1, `mean error ${mean}`);
    for (const error of errors) assert.ok(Math.abs(error) < 0.25, `${error}`);
  },
});
