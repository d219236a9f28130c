import assert from "#assert";
import { modelSize } from "./model_size.ts";

const NOTHING = { weightBytes: null, layers: null } as const;

Deno.test("modelSize() finds weights and layers of a catalogue name or Hugging Face id", () => {
  const expected = { name: "llama-3.1-8b", weightBytes: 2 * 8_030_261_248, layers: 32 };
  assert.deepEqual(modelSize("llama-3.1-8b", NOTHING), expected);
  assert.deepEqual(modelSize("meta-llama/Llama-3.1-8B", NOTHING), expected);
});

Deno.test("modelSize() puts what the caller says above the catalogue", () => {
  const given = { weightBytes: 9e9, layers: 4 };
  assert.deepEqual(modelSize("llama-3.1-8b", given), { name: "llama-3.1-8b", ...given });
  assert.equal(modelSize("llama-3.1-8b", { weightBytes: 9e9, layers: null }).layers, 32);
  assert.equal(modelSize("llama-3.1-8b", { weightBytes: null, layers: 4 }).layers, 4);
});

Deno.test("modelSize() takes any name with weights and refuses it without", () => {
  const given = { weightBytes: 1e9, layers: null };
  assert.deepEqual(modelSize("mine", given), { name: "mine", ...given });
  assert.throws(() => modelSize("mine", NOTHING), /current value is mine/);
});
