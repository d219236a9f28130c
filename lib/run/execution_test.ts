import assert from "#assert";
import { calibrationFor } from "../execution/calibrated/mod.ts";
import type { StepShape } from "../execution/execution_time_model.ts";
import { PROFILED_GPUS, shippedProfile, writeProfile } from "../execution/profiled/mod.ts";
import { gpuNamed } from "../hardware/mod.ts";
import { modelShape } from "../models/mod.ts";
import { uniformFormats } from "../models/weight_format.ts";
import { loadConfig } from "../config/load.ts";
import { buildExecution } from "./execution.ts";

const decodes: StepShape = {
  decodeSequences: 16,
  decodeContextTokens: 16_000,
  chunkCount: 0,
  chunkTokens: new Int32Array(1),
  chunkPastTokens: new Int32Array(1),
  sampledSequences: 16,
};

async function seconds(
  yaml: string,
  gpu = "h100-sxm",
  profileText?: string,
): Promise<number> {
  const config = loadConfig(yaml);
  const model = await buildExecution(config, {
    shape: modelShape("llama-3.1-8b"),
    gpu: gpuNamed(gpu),
    weights: uniformFormats(2),
    kvBytesPerElement: 2,
    ...(profileText !== undefined && { profileText }),
  });
  return model.stepSeconds(decodes);
}

Deno.test("source profiled takes the GPU's profile, calibrated adds the fitted constants", async () => {
  const profiled = await seconds(
    "{execution: {source: profiled, sampling: top-p}, scheduler: {cuda_graphs: full}}",
  );
  for (const asyncScheduling of [true, false]) {
    const calibrated = await seconds(
      `{execution: {source: calibrated}, scheduler: {async_scheduling: ${asyncScheduling}}}`,
    );
    const { overhead } = calibrationFor({ asyncScheduling, generation: "hopper" });
    const added = overhead.stepSeconds + 16 * (overhead.sequenceSeconds + overhead.samplerSeconds);
    assert.ok(Math.abs(calibrated - profiled - added) < 1e-12);
  }
});

Deno.test("overheads of the configuration replace fitted ones", async () => {
  const profiled = await seconds("execution: {source: profiled}");
  const set =
    "sampling: none, overheads: {step_seconds: 0.002, sequence_seconds: 0, collective_seconds: 0}";
  for (const source of ["profiled", "calibrated"]) {
    const added = await seconds(`execution: {source: ${source}, ${set}}`) - profiled;
    assert.ok(Math.abs(added - 0.002) < 1e-12, `${source}: ${added} s`);
  }
});

Deno.test("execution.profile names a shipped profile or a file", async () => {
  const h200 = await seconds("execution: {source: profiled}", "h200-sxm");
  assert.equal(await seconds("execution: {source: profiled, profile: h200-sxm}"), h200);
  const text = writeProfile(shippedProfile("h200-sxm"));
  assert.equal(
    await seconds("execution: {source: profiled, profile: mine.json}", "h100-sxm", text),
    h200,
  );
});

Deno.test("a GPU without a profile is an error that lists those with one", async () => {
  await assert.rejects(
    seconds("execution: {source: profiled}", "v100-sxm-32gb"),
    (error: Error) => {
      assert.match(error.message, /"cluster.gpu_type": current value is v100-sxm-32gb/);
      for (const gpu of PROFILED_GPUS) assert.ok(error.message.includes(gpu));
      return true;
    },
  );
});

Deno.test("source simfaasinfer takes the coefficients of profiling, milliseconds a token and layer", async () => {
  const profiling = "profiling: {mlp_time_per_token: 0.01, layernorm_time_per_token: 0.002, " +
    "embedding_time_per_token: 0.1, attention_decode_time_per_token: 0.0001}";
  // 32 layers, 16 sequences, 16,000 tokens of context.
  const wanted = 16 * (32 * (0.01 + 0.002) + 0.1) / 1000 + 32 * 16_000 * 0.0001 / 1000;
  const current = await seconds(`{execution: {source: simfaasinfer}, ${profiling}}`);
  assert.ok(Math.abs(current / wanted - 1) < 1e-12, `${current} s, not ${wanted} s`);
  await assert.rejects(
    seconds("execution: {source: simfaasinfer}"),
    /Cannot use profiling as coefficients with time per token > 0: current value is/,
  );
});

Deno.test("parallelization.expert_skew loads the busiest group of experts, in both sources", async () => {
  for (const source of ["analytical", "profiled"]) {
    const at = async (set: string) => {
      const config = loadConfig(
        `{execution: {source: ${source}}, parallelization: {tensor_parallel_size: 4, ${set}}}`,
      );
      const model = await buildExecution(config, {
        shape: modelShape("mixtral-8x7b"),
        gpu: gpuNamed("h100-sxm"),
        weights: uniformFormats(2),
        kvBytesPerElement: 2,
      });
      return model.stepSeconds({ ...decodes, chunkCount: 1, chunkTokens: Int32Array.of(4000) });
    };
    const balanced = await at("expert_parallel_size: 4");
    assert.equal(await at("expert_parallel_size: 4, expert_skew: 0"), balanced);
    const some = await at("expert_parallel_size: 4, expert_skew: 0.2");
    const all = await at("expert_parallel_size: 4, expert_skew: 1");
    assert.ok(balanced < some && some < all, `${balanced}, ${some}, ${all}`);
  }
});
