import assert from "#assert";
import fc from "fast-check";
import { stepOf } from "../../tests/conformance/execution_laws.ts";
import { sustainedFactor } from "../hardware/efficiency.ts";
import { gpuNamed } from "../hardware/gpu_catalogue.ts";
import { modelShape } from "../models/catalogue.ts";
import { findExternalData } from "../results/external_data.ts";
import { parse } from "../std/csv.ts";
import { analytical } from "./analytical/analytical.ts";
import { profiled, shippedProfile } from "./profiled/mod.ts";

const shape = modelShape("llama-3.1-8b");
const SOURCES = {
  analytical: (isPowerLimited: boolean) =>
    analytical({ shape, gpu: gpuNamed("H200"), isPowerLimited }),
  profiled: (isPowerLimited: boolean) =>
    profiled({ shape, profile: shippedProfile("h200-sxm"), isPowerLimited }),
};

Deno.test("the power limit is felt from 256 rows on, whole from 512, without a cliff", () => {
  assert.equal(sustainedFactor(1), 1);
  assert.equal(sustainedFactor(256), 1);
  assert.ok(Math.abs(sustainedFactor(512) - 1.14) < 1e-12);
  assert.equal(sustainedFactor(8192), sustainedFactor(512));
  fc.assert(fc.property(fc.integer({ min: 1, max: 9000 }), (rows) => {
    const rise = sustainedFactor(rows + 1) - sustainedFactor(rows);
    assert.ok(rise >= 0 && rise < 0.001);
  }));
});

Deno.test("a GPU at its power limit decodes as before and takes up to 14 % longer for prompts", () => {
  for (const [name, source] of Object.entries(SOURCES)) {
    const [free, limited] = [source(false), source(true)];
    const ratio = (...step: Parameters<typeof stepOf>) =>
      limited.stepSeconds(stepOf(...step)) / free.stepSeconds(stepOf(...step));
    assert.equal(ratio(64, 64 * 1024, []), 1, name);
    for (const tokens of [1024, 4096]) {
      const prompt = ratio(0, 0, [[tokens, 0]]);
      assert.ok(prompt > 1.09 && prompt < 1.14, `${name}: ${prompt}`);
    }
  }
});

const measured = findExternalData("h200-measured", "prompt_steps.csv");

Deno.test({
  name: "sustained prompts of an H200 are nearer with the power limit (needs reference data)",
  ignore: measured === undefined,
  fn() {
    const rows = parse(Deno.readTextFileSync(measured!), { skipFirstRow: true })
      .filter(({ how, attention }) => how === "graph" && attention === "cudnn")
      .map(({ chunks, gpu_ms }) => ({
        tokens: Number(chunks!.split("+")[0]),
        seconds: Number(gpu_ms) / 1000,
      })).filter(({ tokens }) => tokens >= 512);
    assert.ok(rows.length >= 5);
    for (const [name, source] of Object.entries(SOURCES)) {
      const [free, limited] = [false, true].map((isPowerLimited) => {
        const model = source(isPowerLimited);
        const errors = rows.map(({ tokens, seconds }) =>
          Math.abs(model.stepSeconds(stepOf(0, 0, [[tokens, 0]])) / seconds - 1)
        );
        return errors.reduce((sum, error) => sum + error, 0) / errors.length;
      });
      assert.ok(limited < 0.06 && limited < free, `${name}: ${limited}, ${free} without`);
    }
  },
});
