import assert from "#assert";
import { stepOf } from "../../../tests/conformance/execution_laws.ts";
import { modelShape } from "../../models/catalogue.ts";
import type { StepShape } from "../execution_time_model.ts";
import { shippedProfile } from "./catalogue.ts";
import { decodeRows, mixedAttention } from "./mixed_attention.ts";
import { findTables } from "./operator_profile.ts";
import { profiled } from "./profiled.ts";

const shapes = ["llama-3.1-8b", "qwen3-32b", "qwen3-30b-a3b"].map(modelShape);

function step(decodes: number, context: number, chunks: readonly [number, number][]): StepShape {
  return stepOf(decodes, decodes * context, chunks);
}

Deno.test("profiled() composes every model and degree measured on RTX PRO 6000", () => {
  const profile = shippedProfile("rtx-pro-6000");
  for (const shape of shapes) {
    const [one, two] = [1, 2].map((tensorParallel) => profiled({ profile, shape, tensorParallel }));
    for (const current of [step(8, 1024, []), step(4, 500, [[512, 0]]), step(0, 0, [[2048, 0]])]) {
      const gain = one.stepSeconds(current) / two.stepSeconds(current);
      assert.ok(gain > 1 && gain < 2, `${shape.name}: two GPUs are ${gain} times as fast as one`);
    }
  }
});

Deno.test("profiled() reads the weights of RTX 4090 at its memory bandwidth", () => {
  // 8.03e9 parameters less the embedding table, 2 bytes each: 14.9 ms at 1,008 GB/s.
  const model = profiled({ profile: shippedProfile("rtx-4090"), shape: shapes[0] });
  const seconds = model.stepSeconds(step(1, 128, []));
  assert.ok(seconds > 14.9e-3 && seconds < 18e-3, `${seconds} s`);
});

Deno.test("profiled() charges several prompts less than one as long as all of them", () => {
  const model = profiled({ profile: shippedProfile("rtx-4090"), shape: shapes[0] });
  const many = model.stepSeconds(step(0, 0, [[512, 0], [512, 0], [512, 0], [512, 0]]));
  const long = model.stepSeconds(step(0, 0, [[2048, 0]]));
  const short = model.stepSeconds(step(0, 0, [[512, 0]]));
  assert.ok(many < long && many > short, `${many}, ${long}, ${short}`);
});

Deno.test("a decode occupies a tile of 64 query rows in a mixed batch of FlashAttention 2", () => {
  // The rule that A100 and L40S use, on the mixed batches measured on two other GPUs.
  for (const gpu of ["rtx-4090", "rtx-pro-6000"]) {
    const [table] = findTables(shippedProfile(gpu), "mixed_attention", {
      model: "llama-3.1-8b",
      tensorParallel: 1,
    });
    const mixed = mixedAttention(table);
    const decode = decodeRows(table, 256);
    const knots = [...decode.contextKnots];
    const secondsPerPair = mixed(2048, 0, 0, 0) / (0.5 * 2048 * 2048);
    let sum = 0;
    let count = 0;
    let plain = 0;
    for (const chunk of [128, 256, 512, 1024, 2048]) {
      for (const decodes of [8, 16, 32, 64, 128]) {
        for (const context of [256, 512, 1024, 2048, 4096]) {
          const alone = decode.seconds[decodes * knots.length + knots.indexOf(context)];
          const tiles = 64 * decodes * context * secondsPerPair;
          const prefill = mixed(chunk, 0, 0, 0);
          const measured = mixed(chunk, 0, decodes, context);
          sum += Math.abs((prefill + Math.max(alone, tiles)) / measured - 1);
          plain += Math.abs((prefill + alone) / measured - 1);
          count++;
        }
      }
    }
    assert.ok(sum / count < 0.16, `${gpu}: mean error ${sum / count}`);
    assert.ok(plain / count > 2 * sum / count, `${gpu}: ${plain / count} without the rule`);
  }
});
