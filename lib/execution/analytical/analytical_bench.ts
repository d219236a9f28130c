import { executionSetting, stepOf } from "../../../tests/conformance/execution_laws.ts";
import { analytical } from "./analytical.ts";

const setting = executionSetting("llama-3.1-70b", "H100", { tensorParallel: 4 });
const model = analytical(setting);
const CALLS = 1000;

Deno.bench("analytical() builds a model", () => {
  analytical(setting);
});

const line = { baseSeconds: 0, slopeSecondsPerToken: 0, contextEndTokens: 0 };
Deno.bench("decodeLine, 1000 calls", () => {
  let sum = 0;
  for (let i = 0; i < CALLS; i++) {
    model.decodeLine(1 + (i & 255), 1000 + 937 * i, line);
    sum += line.baseSeconds;
  }
  if (sum < 0) throw new Error("negative time");
});

const steps = Array.from({ length: 256 }, (_, i) => stepOf(i + 1, 900 * (i + 1)));
Deno.bench("stepSeconds of decodes, 1000 calls", () => {
  let sum = 0;
  for (let i = 0; i < CALLS; i++) sum += model.stepSeconds(steps[i & 255]);
  if (sum < 0) throw new Error("negative time");
});

const mixed = Array.from(
  { length: 256 },
  (_, i) => stepOf(i + 1, 900 * (i + 1), [[128 + i, 0], [512, 64 * i]]),
);
Deno.bench("stepSeconds of decodes and two chunks, 1000 calls", () => {
  let sum = 0;
  for (let i = 0; i < CALLS; i++) sum += model.stepSeconds(mixed[i & 255]);
  if (sum < 0) throw new Error("negative time");
});
