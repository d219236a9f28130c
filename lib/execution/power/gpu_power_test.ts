import { equal, ok, throws } from "#assert";
import { gpuEntries, gpuNamed } from "../../hardware/gpu_catalogue.ts";
import { modelShape } from "../../models/catalogue.ts";
import { stepWork } from "../step_work.ts";
import { gpuPower } from "./gpu_power.ts";
import { instancePower } from "./instance_power.ts";
import { addStepEnergy } from "./step_energy.ts";

/**
 * Whole steps of Llama-3.1-8B's shape on one H200 with random weights (power.csv of h200-measured, CC0):
 * decodes at a context of 1,024, and one prompt. No constant of the model comes from them.
 */
const H200_STEPS = [
  { decodes: 1, prompt: 0, seconds: 4.571e-3, watts: 477 },
  { decodes: 32, prompt: 0, seconds: 5.931e-3, watts: 577 },
  { decodes: 128, prompt: 0, seconds: 9.19e-3, watts: 693 },
  { decodes: 0, prompt: 512, seconds: 12.673e-3, watts: 692 },
  { decodes: 0, prompt: 8192, seconds: 215.05e-3, watts: 695 },
];

Deno.test("gpuPower(): steps measured on H200, which nothing is fitted to, within 8 %", () => {
  const gpu = gpuNamed("H200");
  const power = instancePower(gpuPower(gpu), 1, { stepSeconds: 0, sequenceSeconds: 0 });
  const work = stepWork(modelShape("llama-3.1-8b"), {
    weightBytesPerElement: 2,
    kvBytesPerElement: 2,
  });
  for (const { decodes, prompt, seconds, watts } of H200_STEPS) {
    const tokens = decodes + prompt;
    const pairs = 1024 * decodes + prompt * (prompt + 1) / 2;
    const sum = { joules: 0, limitedSeconds: 0 };
    addStepEnergy(power, {
      steps: 1,
      firstSeconds: seconds,
      moreSeconds: 0,
      sequences: decodes + (prompt > 0 ? 1 : 0),
      firstFlops: tokens * work.flopsPerToken + pairs * work.flopsPerAttentionPair +
        (decodes + (prompt > 0 ? 1 : 0)) * work.flopsPerSample,
      moreFlops: 0,
      firstBytes: work.weightBytes(tokens) + work.kvBytesPerToken * (1024 * decodes + prompt),
      moreBytes: 0,
    }, sum);
    const error = sum.joules / seconds / watts - 1;
    ok(Math.abs(error) <= 0.08, `${decodes} decodes, ${prompt}: ${(100 * error).toFixed(1)} %`);
  }
});

Deno.test("gpuPower() keeps the order of powers on every GPU of the catalogue", () => {
  for (const gpu of gpuEntries()) {
    const { bareWatts, idleWatts, activeWatts, limitWatts, joulesPerFlop, joulesPerByte } =
      gpuPower(
        gpu,
      );
    ok(0 < bareWatts && bareWatts <= idleWatts && idleWatts < limitWatts, gpu.name);
    equal(limitWatts, gpu.powerWatts);
    const running = idleWatts + activeWatts;
    ok(running > idleWatts && running < limitWatts, gpu.name);
    // Streaming from memory alone is below the limit; at the peak of compute it is beyond it.
    const streaming = running + joulesPerByte * gpu.memoryBytesPerSecond;
    const computing = running + joulesPerFlop * gpu.flopsPerSecond.bf16;
    ok(gpu.name === "a6000" || streaming < limitWatts, gpu.name);
    ok(computing > limitWatts, gpu.name);
  }
});

Deno.test("gpuPower() says what it assumes, and refuses an idle power that cannot be", () => {
  equal(gpuPower(gpuNamed("H200")).notices.length, 0);
  ok(/idle power of l40s is not measured: 70 W/.test(gpuPower(gpuNamed("L40S")).notices[0]));
  equal(gpuPower(gpuNamed("L40S"), { idleWatts: 36 }).notices.length, 0);
  throws(() => gpuPower(gpuNamed("L40S"), { idleWatts: 350 }), /0\.\.350/);
  throws(() => gpuPower(gpuNamed("L40S"), { idleWatts: NaN }), /NaN/);
});
