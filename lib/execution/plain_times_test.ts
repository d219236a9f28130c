import assert from "#assert";
import { stepOf } from "../../tests/conformance/execution_laws.ts";
import { constantTime } from "./constant_time.ts";
import { linearTime } from "./linear_time.ts";
import { simfaasinferTime } from "./simfaasinfer_time.ts";

const coefficients = {
  baseSeconds: 5e-3,
  perPrefillTokenSeconds: 5e-5,
  perContextTokenSeconds: 5e-8,
  perDecodeSequenceSeconds: 5e-5,
};
/** Llama-2-7B as SimFaaSInfer's file has it. */
const profiling = {
  attention_prefill_time_per_token_sq: 0.000012,
  attention_decode_time_per_token: 0.00015,
  mlp_time_per_token: 0.00025,
  layernorm_time_per_token: 0.00002,
  embedding_time_per_token: 0.00003,
  allreduce_time_per_gb: 5,
};

Deno.test("linearTime() is the sum of its terms", () => {
  const model = linearTime({ ...coefficients, perPrefillPairSeconds: 1e-9 });
  const step = stepOf(4, 4000, [[100, 50]]);
  const pairs = 100 * 50 + 100 * 101 / 2;
  assert.ok(
    Math.abs(
      model.stepSeconds(step) - (5e-3 + 4 * 5e-5 + 4000 * 5e-8 + 100 * 5e-5 + pairs * 1e-9),
    ) < 1e-15,
  );
});

Deno.test("simfaasinferTime() takes milliseconds per token and layer", () => {
  const model = simfaasinferTime({ profiling, layers: 32, hiddenSize: 4096 });
  const perToken = 1e-3 * (32 * 0.00027 + 0.00003);
  const prompt = model.stepSeconds(stepOf(0, 0, [[1000, 0]]));
  assert.ok(Math.abs(prompt - (1000 * perToken + 1e6 * 32 * 1.2e-8)) < 1e-12);
  // Two chunks do the squared work of the whole.
  const halves = model.stepSeconds(stepOf(0, 0, [[500, 0]])) +
    model.stepSeconds(stepOf(0, 0, [[500, 500]]));
  assert.ok(Math.abs(halves - prompt) < 1e-12);
});

Deno.test("plain times refuse steps without duration", () => {
  assert.throws(() => constantTime(0), /current value is 0/);
  assert.throws(() => linearTime({ ...coefficients, baseSeconds: -1 }), RangeError);
  assert.throws(
    () => linearTime({ ...coefficients, baseSeconds: 0, perDecodeSequenceSeconds: 0 }),
    RangeError,
  );
  assert.throws(() => simfaasinferTime({ profiling: {}, layers: 1, hiddenSize: 1 }), RangeError);
});
