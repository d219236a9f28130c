import assert from "#assert";
import fc from "fast-check";
import { gpuNamed } from "../hardware/gpu_catalogue.ts";
import { modelShape } from "../models/catalogue.ts";
import { analytical } from "./analytical/mod.ts";
import { busiestRankLoad } from "./busiest_rank_load.ts";
import type { ExecutionTimeModel } from "./execution_time_model.ts";
import { profiled, shippedProfile } from "./profiled/mod.ts";

interface Experts {
  readonly tensorParallel: number;
  readonly expertParallel: number;
  readonly expertSkew?: number;
}

const MODELS = ["mixtral-8x7b", "qwen3-30b-a3b"].map(modelShape);
const gpu = gpuNamed("h100-sxm");
const profile = shippedProfile("h100-sxm");
const rtx = shippedProfile("rtx-pro-6000");
const tables = { maxTokensPerStep: 4096, maxSequences: 8 };

const SOURCES: Record<string, (experts: Experts) => ExecutionTimeModel> = {};
for (const shape of MODELS) {
  SOURCES[`analytical ${shape.name}`] = (experts) => analytical({ shape, gpu, ...experts });
  SOURCES[`profiled ${shape.name}`] = (experts) =>
    profiled({ profile, shape, ...tables, ...experts });
}
SOURCES["profiled layers of qwen3-30b-a3b"] = (experts) =>
  profiled({ profile: rtx, shape: MODELS[1], ...tables, ...experts, tensorParallel: 2 });

function promptSeconds(model: ExecutionTimeModel, tokens: number): number {
  return model.stepSeconds({
    decodeSequences: 0,
    decodeContextTokens: 0,
    chunkCount: 1,
    chunkTokens: Int32Array.of(tokens),
    chunkPastTokens: Int32Array.of(0),
    sampledSequences: 1,
  });
}

for (const [name, make] of Object.entries(SOURCES)) {
  const degrees = { tensorParallel: 4, expertParallel: name.includes("layers") ? 2 : 4 };
  const skews = [0, 0.1, 0.3, 0.6, 1];
  const models = skews.map((expertSkew) => make({ ...degrees, expertSkew }));

  Deno.test(`${name}: no skew is balanced, more of it takes longer, up to all on one rank`, () => {
    const balanced = make(degrees);
    fc.assert(fc.property(fc.integer({ min: 1, max: 4096 }), (tokens) => {
      const seconds = models.map((model) => promptSeconds(model, tokens));
      assert.equal(seconds[0], promptSeconds(balanced, tokens));
      for (let i = 1; i < seconds.length; i++) {
        assert.ok(seconds[i] >= seconds[i - 1], `${tokens} tokens, skew ${skews[i]}: ${seconds}`);
      }
      // The busiest rank has at most n times the rows, and the rest of the step does not change.
      assert.ok(seconds[4] <= degrees.expertParallel * seconds[0]);
      if (tokens >= 2048) assert.ok(seconds[4] > 1.2 * seconds[0], `${tokens}: ${seconds}`);
    }));
  });

  Deno.test(`${name}: one rank has all experts, whatever the skew`, () => {
    const even = make({ ...degrees, expertParallel: 1 });
    const skewed = make({ ...degrees, expertParallel: 1, expertSkew: 0.7 });
    for (const tokens of [1, 64, 2048]) {
      assert.equal(promptSeconds(even, tokens), promptSeconds(skewed, tokens));
    }
  });

  Deno.test(`${name}: a skew outside 0..1 is refused`, () => {
    for (const expertSkew of [-0.1, 1.1, NaN]) {
      assert.throws(
        () => make({ ...degrees, expertSkew }),
        (error: Error) =>
          error instanceof RangeError && /expertSkew as a share/.test(error.message),
      );
    }
  });
}

Deno.test("busiestRankLoad() grows from one even share to all of them", () => {
  assert.equal(busiestRankLoad(8, 0), 1);
  assert.equal(busiestRankLoad(8, 1), 8);
  assert.equal(busiestRankLoad(1, 0.5), 1);
  assert.equal(busiestRankLoad(3, 0.5), 2);
});
