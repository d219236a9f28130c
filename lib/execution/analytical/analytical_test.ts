import { ok, throws } from "#assert";
import {
  executionSetting,
  rooflineSeconds,
  runExecutionLaws,
  stepOf,
} from "../../../tests/conformance/execution_laws.ts";
import { gpuEntries } from "../../hardware/gpu_catalogue.ts";
import { modelEntries } from "../../models/catalogue.ts";
import { modelFromHfConfig } from "../../models/hf/config.ts";
import { analytical } from "./analytical.ts";

runExecutionLaws({ name: "analytical()", create: analytical });

/** A Mamba-1 model by the keys of its file. */
const mamba = modelFromHfConfig({
  model_type: "mamba",
  hidden_size: 2560,
  num_hidden_layers: 8,
  state_size: 16,
  conv_kernel: 4,
  expand: 2,
  vocab_size: 50280,
}, { name: "mamba-1" }).shape;

runExecutionLaws({
  name: "analytical() of layers of every kind",
  create: analytical,
  settings: [
    // Latent at 16 and 8 bits; with an indexer; gated delta; Mamba-1; Mamba-2 with latent experts; windows.
    executionSetting("deepseek-v3", "H200", { tensorParallel: 8, weightBytesPerElement: 1 }),
    executionSetting("kimi-k2", "H100", {
      tensorParallel: 4,
      kvBytesPerElement: 1,
      weightBytesPerElement: 1,
    }),
    executionSetting("deepseek-v3.2", "B200", { tensorParallel: 4, expertParallel: 4 }),
    executionSetting("deepseek-v3.2", "H200", { tensorParallel: 8, kvBytesPerElement: 1 }),
    executionSetting(mamba, "H100"),
    executionSetting("qwen3-next-80b-a3b", "H200", { tensorParallel: 2 }),
    executionSetting("nemotron-3-super-120b-a12b", "H200", { tensorParallel: 2 }),
    executionSetting("gpt-oss-120b", "H100", { weightBytesPerElement: 0.5 }),
    executionSetting("gemma-3-27b", "H100", { tensorParallel: 2 }),
    executionSetting("llama-4-maverick", "B200", { tensorParallel: 8 }),
  ],
});

runExecutionLaws({
  name: "analytical() of attention ranks",
  create: analytical,
  settings: [
    executionSetting("deepseek-v3", "H200", {
      tensorParallel: 8,
      expertParallel: 8,
      dataParallelAttention: 8,
      weightBytesPerElement: 1,
    }),
    executionSetting("qwen3-235b-a22b", "B200", {
      tensorParallel: 8,
      expertParallel: 8,
      dataParallelAttention: 2,
    }),
    executionSetting("llama-3.1-8b", "H100", { tensorParallel: 4, dataParallelAttention: 4 }),
  ],
  skip: [{
    law: "more sequences",
    reason: "ranks share sequences evenly, so a short one makes the share of each rank shorter",
  }],
});

runExecutionLaws({
  name: "analytical() of latents on A100",
  create: analytical,
  settings: [executionSetting("deepseek-v3", "A100", { tensorParallel: 8 })],
  skip: [{
    law: "more sequences",
    reason:
      "its kernel cuts each sequence into four parts: few sequences leave it idle, so that the " +
      "same total context in one more sequence takes less",
  }],
});

runExecutionLaws({
  name: "analytical() of pipelines",
  create: analytical,
  settings: [
    executionSetting("llama-3.1-70b", "H100", { tensorParallel: 2, pipelineParallel: 4 }),
    executionSetting("mistral-7b", "H100", { pipelineParallel: 2 }),
  ],
  skip: [{
    law: "more sequences",
    reason: "stages share sequences evenly, so a short one makes the share of each stage shorter",
  }],
});

runExecutionLaws({
  name: "analytical() on A100",
  create: analytical,
  settings: [executionSetting("llama-2-7b", "A100")],
  skip: [{
    law: "memory-bound decode",
    reason:
      "attention on Ampere was measured at 0.81 of the bandwidth, 24 % above bytes / bandwidth",
  }],
});

Deno.test("analytical() is above the roofline for every model on every GPU", () => {
  const steps = [stepOf(1, 1), stepOf(64, 64e3), stepOf(3, 900, [[500, 100]], 3)];
  for (const { shape } of modelEntries()) {
    for (const gpu of gpuEntries()) {
      for (const bytes of [0.5, 1, 2]) {
        const setting = {
          ...executionSetting("llama-3.1-8b", "H100"),
          shape,
          gpu,
          weightBytesPerElement: bytes,
          kvBytesPerElement: Math.max(1, bytes),
        };
        const model = analytical({ ...setting, maxTokensPerStep: 1024 });
        for (const step of steps) {
          const [seconds, least] = [model.stepSeconds(step), rooflineSeconds(setting, step)];
          ok(seconds >= least, `${model.name}, ${bytes} bytes: ${seconds} s, least ${least} s`);
        }
      }
    }
  }
});

Deno.test("analytical() adds each overhead where it arises", () => {
  const setting = executionSetting("llama-3.1-70b", "H100", { tensorParallel: 4 });
  const seconds = (changes: Partial<Parameters<typeof analytical>[0]>) =>
    analytical({ ...setting, ...changes }).stepSeconds(stepOf(8, 8e3, [[100, 0]]));
  const base = seconds({});
  const near = (actual: number, expected: number) =>
    ok(Math.abs(actual - expected) < 1e-12, `${actual} s instead of ${expected} s`);
  near(seconds({ stepOverheadSeconds: 1e-3 }) - base, 1e-3);
  near(seconds({ sequenceOverheadSeconds: 1e-5 }) - base, 9e-5);
  // Two all-reduces in each of 80 layers and the gather of logits.
  near(seconds({ collectiveOverheadSeconds: 1e-6 }) - base, 161e-6);
});

Deno.test("analytical() reads half the KV entries with half the bytes", () => {
  const [whole, half] = [2, 1].map((kvBytesPerElement) => {
    const model = analytical(executionSetting("llama-3.1-8b", "H100", { kvBytesPerElement }));
    return model.stepSeconds(stepOf(64, 64 * 65536)) - model.stepSeconds(stepOf(64, 64 * 32768));
  });
  ok(Math.abs(whole / half - 2) < 0.05, `${whole} s with 2 bytes, ${half} s with 1`);
});

Deno.test("analytical() reads the LM head for sampled tokens only", () => {
  const model = analytical(executionSetting("llama-3.1-8b", "H100"));
  const [without, one, many] = [0, 1, 8].map((sampled) =>
    model.stepSeconds(stepOf(0, 0, [[64, 0]], sampled))
  );
  const headSeconds = 2 * 128256 * 4096 / 3.35e12;
  const took = one - without;
  ok(took > headSeconds && took < 1.5 * headSeconds, `${took} s, bandwidth ${headSeconds} s`);
  ok(many > one && many - one < 0.2 * headSeconds);
});

Deno.test("analytical() refuses degrees that divide nothing and negative overheads", () => {
  const setting = executionSetting("llama-3.1-8b", "H100");
  for (
    const changes of [
      { tensorParallel: 0 },
      { tensorParallel: 1.5 },
      { tensorParallel: 3 },
      { pipelineParallel: 33 },
      { tensorParallel: 4, expertParallel: 3 },
      { weightBytesPerElement: 0 },
      { kvBytesPerElement: NaN },
      { stepOverheadSeconds: -1 },
    ]
  ) throws(() => analytical({ ...setting, ...changes }), RangeError);
});
