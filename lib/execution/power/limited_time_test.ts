import { equal, ok, throws } from "#assert";
import fc from "fast-check";
import { executionSetting, stepOf } from "../../../tests/conformance/execution_laws.ts";
import { analytical } from "../analytical/analytical.ts";
import { stepWork } from "../step_work.ts";
import { gpuNamed } from "../../hardware/gpu_catalogue.ts";
import { modelShape } from "../../models/catalogue.ts";
import { gpuPower } from "./gpu_power.ts";
import { instancePower } from "./instance_power.ts";
import { limitedTime } from "./limited_time.ts";
import { addStepEnergy } from "./step_energy.ts";

const own = analytical(executionSetting("llama-3.1-8b", "H100"));
const work = stepWork(modelShape("llama-3.1-8b"), {
  weightBytesPerElement: 2,
  kvBytesPerElement: 2,
});
const power = instancePower(gpuPower(gpuNamed("H100")), 1, {
  stepSeconds: 2e-4,
  sequenceSeconds: 1e-6,
});
const at = (watts: number) => limitedTime(own, work, power, watts);

Deno.test("limitedTime() at the GPU's own limit changes nothing; below, steps take longer and no less energy", () => {
  const [same, less, least] = [at(700), at(450), at(300)];
  for (const step of [stepOf(1, 100), stepOf(64, 64e3), stepOf(200, 4e5, [[512, 100]], 201)]) {
    const seconds = own.stepSeconds(step);
    ok(Math.abs(same.stepSeconds(step) / seconds - 1) < 1e-12);
    ok(less.stepSeconds(step) >= seconds);
    ok(least.stepSeconds(step) > less.stepSeconds(step));
    ok(least.stepSeconds(step) <= seconds * (700 - 126) / (300 - 126) * (1 + 1e-12));
  }
  throws(() => at(126), /above 126/);
  throws(() => at(701), /at most 700/);
});

Deno.test("limitedTime() has decode lines on which its steps lie, however the limit cuts them", () => {
  const line = { baseSeconds: 0, slopeSecondsPerToken: 0, contextEndTokens: 0 };
  let cut = 0;
  fc.assert(
    fc.property(
      fc.double({ min: 130, max: 700, noNaN: true }),
      fc.integer({ min: 1, max: 256 }),
      fc.integer({ min: 1, max: 4000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (watts, sequences, each, share) => {
        const model = at(watts);
        const context = sequences * each;
        ok(model.decodeLine(sequences, context, line));
        const { baseSeconds, slopeSecondsPerToken, contextEndTokens } = line;
        ok(contextEndTokens >= context);
        own.decodeLine(sequences, context, line);
        if (contextEndTokens < line.contextEndTokens) cut++;
        const end = Math.min(contextEndTokens, 4 * context + 1000);
        for (const tokens of [context, Math.floor(context + share * (end - context)), end]) {
          const seconds = model.stepSeconds(stepOf(sequences, tokens));
          const onLine = baseSeconds + slopeSecondsPerToken * tokens;
          ok(Math.abs(onLine / seconds - 1) < 1e-11, `${tokens}: ${onLine} s, ${seconds} s`);
        }
      },
    ),
    { numRuns: 400 },
  );
  ok(cut > 5, `only ${cut} lines end where the limit begins to bind`);
});

/**
 * Products of Llama-3.1-8B's gate and up projection on one H200, in a burst and sustained at its power limit
 * (clocks.csv of h200-measured, CC0): rows, microseconds, watts.
 */
const SUSTAINED = [
  { rows: 256, burst: 90.32, sustained: 126.53, watts: 691 },
  { rows: 512, burst: 158.44, sustained: 220.26, watts: 648 },
  { rows: 2048, burst: 625.6, sustained: 836.28, watts: 653 },
  { rows: 8192, burst: 2375.47, sustained: 2966.17, watts: 691 },
];

Deno.test("time at a power limit is that of sustained products on H200 within 8 %", () => {
  const h200 = gpuPower(gpuNamed("H200"));
  for (const { rows, burst, sustained, watts } of SUSTAINED) {
    const seconds = burst * 1e-6;
    const sum = { joules: 0, limitedSeconds: 0 };
    // Without a limit: what the burst would go on drawing.
    const unlimited = { ...instancePower(h200, 1, { stepSeconds: 0, sequenceSeconds: 0 }) };
    addStepEnergy({ ...unlimited, limitWatts: 1e6 }, {
      ...{ steps: 1, sequences: 0, firstSeconds: seconds, moreSeconds: 0 },
      ...{ firstFlops: 2 * rows * 4096 * 28672, moreFlops: 0 },
      ...{ firstBytes: 2 * (4096 * 28672 + rows * (4096 + 28672)), moreBytes: 0 },
    }, sum);
    const predicted = (sum.joules - h200.idleWatts * seconds) / (watts - h200.idleWatts);
    const error = predicted / (sustained * 1e-6) - 1;
    ok(Math.abs(error) < 0.08, `${rows} rows: ${(100 * error).toFixed(1)} %`);
  }
  equal(SUSTAINED.length, 4);
});
