import assert from "#assert";
import { stepOf } from "../../../tests/conformance/execution_laws.ts";
import { gpuNamed } from "../../hardware/gpu_catalogue.ts";
import { modelShape } from "../../models/catalogue.ts";
import { windowed } from "../../models/testing_shapes.ts";
import { analytical } from "./analytical.ts";

/**
 * Step times composed from measured operator tables, without CPU overhead, milliseconds: decode of
 * [sequences, time] at 1,024 tokens of context each, prefill of [tokens, time].
 *
 * @source aiconfigurator's tables (vLLM 0.14.0 on A100, 0.24.0 on H100).
 */
const REFERENCES = [
  {
    model: "llama-3.1-8b",
    gpu: "H100",
    tensorParallel: 1,
    decode: [[1, 6.18], [8, 6.59], [32, 8.33], [128, 12.8], [256, 19.5]],
    prefill: [[512, 12.0], [2048, 43.6], [8192, 200]],
  },
  {
    model: "llama-2-7b",
    gpu: "A100",
    tensorParallel: 1,
    decode: [[1, 10.9], [8, 13.4], [32, 20.7]],
    prefill: [[512, 32.9], [2048, 118], [8192, 527]],
  },
  {
    model: "llama-3.1-70b",
    gpu: "H100",
    tensorParallel: 4,
    decode: [[1, 14.9], [8, 16.1], [32, 16.9], [128, 22.8], [256, 30.5]],
    prefill: [[512, 37.3], [2048, 130], [8192, 577]],
  },
] as const;

for (const { model, gpu, tensorParallel, decode, prefill } of REFERENCES) {
  Deno.test(`analytical() is within 8 % of composed operator tables: ${model} on ${tensorParallel} ${gpu}`, () => {
    const times = analytical({ shape: modelShape(model), gpu: gpuNamed(gpu), tensorParallel });
    const errors: number[] = [];
    const compare = (what: string, milliseconds: number, reference: number) => {
      const error = milliseconds / reference - 1;
      errors.push(Math.abs(error));
      assert.ok(Math.abs(error) < 0.08, `${what}: ${milliseconds} ms, reference ${reference} ms`);
    };
    for (const [b, reference] of decode) {
      compare(`decode of ${b}`, 1e3 * times.stepSeconds(stepOf(b, b * 1024)), reference);
    }
    for (const [tokens, reference] of prefill) {
      compare(
        `prompt of ${tokens}`,
        1e3 * times.stepSeconds(stepOf(0, 0, [[tokens, 0]])),
        reference,
      );
    }
    const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
    assert.ok(mean < 0.05, `mean error ${mean}`);
  });
}

Deno.test("an 8,192-token prompt of Llama-3.1-8B on H100 takes the 134 ms its FLOPs need, whole or in chunks", () => {
  const times = analytical({ shape: modelShape("llama-3.1-8b"), gpu: gpuNamed("H100") });
  const whole = times.stepSeconds(stepOf(0, 0, [[8192, 0]]));
  assert.ok(whole >= 0.134 && whole < 0.25, `${whole} s`);
  let chunked = 0;
  for (let past = 0; past < 8192; past += 2048) {
    chunked += times.stepSeconds(stepOf(0, 0, [[2048, past]]));
  }
  assert.ok(chunked >= 0.134 && chunked / whole < 1.15, `${chunked} s in chunks, ${whole} s whole`);
});

Deno.test("quantised weights shorten weight-bound decodes, fp8 compute-bound prompts, too", () => {
  const shape = modelShape("llama-3.1-8b");
  const of = (gpu: string, weightBytesPerElement: number) =>
    analytical({ shape, gpu: gpuNamed(gpu), weightBytesPerElement });
  const decode = stepOf(1, 100);
  const prompt = stepOf(0, 0, [[4096, 0]]);
  for (const gpu of ["A100", "H100"]) {
    const [half, quarter, whole] = [of(gpu, 1), of(gpu, 0.5), of(gpu, 2)];
    assert.ok(half.stepSeconds(decode) < 0.75 * whole.stepSeconds(decode), gpu);
    assert.ok(quarter.stepSeconds(decode) < 0.8 * half.stepSeconds(decode), gpu);
  }
  const gain = (gpu: string) => of(gpu, 2).stepSeconds(prompt) / of(gpu, 1).stepSeconds(prompt);
  assert.ok(gain("H100") > 1.1, `H100 has fp8: ${gain("H100")}`);
  assert.ok(Math.abs(gain("A100") - 1) < 0.05, `A100 multiplies in 16 bits: ${gain("A100")}`);
});

Deno.test("a mixture of experts reads few experts for one token and nearly all for a batch", () => {
  const times = analytical({ shape: modelShape("qwen3-30b-a3b"), gpu: gpuNamed("H100") });
  const one = times.stepSeconds(stepOf(1, 100));
  const many = times.stepSeconds(stepOf(64, 6400));
  // 3.3 B of 30.5 B parameters against nearly all: 2 ms and 17 ms of bandwidth, and kernels' latency.
  assert.ok(one < 6e-3 && many > 3.5 * one && many < 30e-3, `${one} s, ${many} s`);
});

Deno.test("expertParallel divides experts, not time: the same work is spread over the same GPUs", () => {
  const options = { shape: modelShape("mixtral-8x7b"), gpu: gpuNamed("H100"), tensorParallel: 4 };
  const [sliced, whole] = [1, 4].map((expertParallel) =>
    analytical({ ...options, expertParallel }).stepSeconds(stepOf(32, 32e3))
  );
  assert.ok(Math.abs(whole / sliced - 1) < 0.05, `${sliced} s, ${whole} s`);
  assert.throws(() => analytical({ ...options, expertParallel: 3 }), /divisor of tensorParallel 4/);
});

Deno.test("beyond a sliding window neither decodes nor prompts grow with context", () => {
  const shape = modelShape("mistral-7b");
  const gpu = gpuNamed("H100");
  const times = analytical({ shape, gpu });
  const full = analytical({ shape: windowed(shape, 0), gpu });
  assert.equal(
    times.stepSeconds(stepOf(8, 8 * 4096)),
    times.stepSeconds(stepOf(8, 8 * 30000)),
  );
  assert.equal(times.stepSeconds(stepOf(8, 8 * 2000)), full.stepSeconds(stepOf(8, 8 * 2000)));
  assert.equal(
    times.stepSeconds(stepOf(0, 0, [[512, 8192]])),
    times.stepSeconds(stepOf(0, 0, [[512, 16384]])),
  );
  const long = stepOf(0, 0, [[16384, 0]]);
  assert.ok(times.stepSeconds(long) < full.stepSeconds(long));
});

Deno.test("pipeline stages: one sequence passes all, a full batch is spread", () => {
  const options = { shape: modelShape("llama-3.1-70b"), gpu: gpuNamed("H100"), tensorParallel: 4 };
  const one = analytical(options);
  const two = analytical({ ...options, pipelineParallel: 2 });
  const alone = stepOf(0, 0, [[4096, 0]]);
  // The bubble: a single prompt gains nothing and pays for the copy.
  assert.ok(two.stepSeconds(alone) > one.stepSeconds(alone));
  const batch = stepOf(256, 256 * 4096);
  const gain = one.stepSeconds(batch) / two.stepSeconds(batch);
  assert.ok(gain > 1.3 && gain < 2, `${gain}`);
  assert.ok(one.stepSeconds(stepOf(2, 200)) / two.stepSeconds(stepOf(2, 200)) < 1.05);
});

Deno.test("analytical() refuses degrees that do not divide the heads or the layers", () => {
  const options = { shape: modelShape("llama-3.1-8b"), gpu: gpuNamed("H100") };
  assert.throws(() => analytical({ ...options, tensorParallel: 3 }), /divisor of 32 heads/);
  assert.throws(() => analytical({ ...options, pipelineParallel: 33 }), /current value is 33/);
});
