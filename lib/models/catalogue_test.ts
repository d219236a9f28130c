import assert from "#assert";
import { findModel, modelEntries, modelShape } from "./catalogue.ts";
import { flopsPerToken } from "./flops.ts";
import { kvBytesPerToken } from "./kv_bytes_per_token.ts";
import { activeParameters, parameterCount } from "./parameter_count.ts";
import { attentionOfShape } from "./testing_shapes.ts";
import { weightBytes } from "./weight_format.ts";

Deno.test("parameterCount() reproduces every published parameter count within 1 %", () => {
  for (const { name, shape, published } of modelEntries()) {
    const ratio = parameterCount(shape) / published.parameters;
    assert.ok(Math.abs(ratio - 1) <= 0.01, `${name}: ${parameterCount(shape)} is ${ratio} of it`);
  }
});

Deno.test("parameterCount() is exact for dense Llamas", () => {
  assert.equal(parameterCount(modelShape("llama-2-7b")), 6738415616);
  assert.equal(parameterCount(modelShape("llama-3.1-8b")), 8030261248);
  assert.equal(parameterCount(modelShape("llama-3.1-70b")), 70553706496);
});

Deno.test("activeParameters() reproduces published active parameters to their rounding", () => {
  for (const { name, shape, active } of modelEntries()) {
    if (active === undefined) {
      const hasExperts = shape.layers.some(({ feedForward }) => feedForward?.kind === "experts");
      assert.equal(activeParameters(shape) < parameterCount(shape), hasExperts, name);
      continue;
    }
    const ratio = activeParameters(shape) / active.parameters;
    assert.ok(Math.abs(ratio - 1) <= 0.03, `${name}: ${activeParameters(shape)}`);
  }
});

Deno.test("kvBytesPerToken() follows from the heads", () => {
  assert.equal(kvBytesPerToken(modelShape("llama-3.1-8b"), 2), 128 * 1024);
  assert.equal(kvBytesPerToken(modelShape("llama-2-7b"), 2), 512 * 1024);
  assert.equal(kvBytesPerToken(modelShape("falcon-7b"), 2), 2 * 32 * 64 * 2);
});

Deno.test("flopsPerToken() is twice the active linear weights", () => {
  // Llama-3.1-8B: 8.03 B less embedding and head, 0.525 B each.
  assert.ok(Math.abs(flopsPerToken(modelShape("llama-3.1-8b")) / 13.96e9 - 1) < 0.001);
  assert.ok(Math.abs(flopsPerToken(modelShape("mixtral-8x7b")) / 25.2e9 - 1) < 0.01);
});

Deno.test("weightBytes() halves the linear layers alone under fp8", () => {
  const shape = modelShape("llama-3.1-8b");
  assert.equal(weightBytes(shape, 2), 2 * parameterCount(shape));
  const kept = 2 * 2 * shape.vocabSize * shape.hiddenSize;
  assert.ok(Math.abs(weightBytes(shape, 1) - (weightBytes(shape, 2) - kept) / 2 - kept) < 1e6);
  assert.throws(() => weightBytes(shape, 0), RangeError);
});

Deno.test("modelShape() finds names, Hugging Face ids and aliases in any case", () => {
  assert.equal(modelShape("meta-llama/llama-3.1-8b").name, "llama-3.1-8b");
  assert.equal(attentionOfShape(modelShape("llama2-70b")).kvHeads, 8);
  assert.equal(modelShape("gpt2").positionParameters, 1024 * 768);
  assert.equal(findModel("llama-9-1t"), undefined);
  assert.throws(() => modelShape("llama-9-1t"), /current value is llama-9-1t/);
  assert.throws(() => modelShape("deepsek-v3"), /deepsek-v3; did you mean deepseek-v3\?/);
});

Deno.test("names and aliases of the catalogue are unique", () => {
  const names = modelEntries().flatMap(({ name, aliases }) => [name, ...aliases]);
  assert.equal(new Set(names.map((name) => name.toLowerCase())).size, names.length);
});

Deno.test("findModel() finds each model by its name and aliases, as the whole catalogue has it", () => {
  for (const entry of modelEntries()) {
    for (const name of [entry.name, ...entry.aliases]) {
      const found = findModel(name.toUpperCase())!;
      // Formats are functions: their bytes tell whether they are the same.
      const bytes = weightBytes(entry.shape, entry.formats ?? 2);
      assert.equal(weightBytes(found.shape, found.formats ?? 2), bytes, name);
      assert.deepEqual({ ...found, formats: undefined }, { ...entry, formats: undefined }, name);
    }
  }
  assert.equal(findModel("llama"), undefined);
});

/** Names that people serve models by, and the entry that each means. */
const SERVED: Readonly<Record<string, string>> = {
  "Qwen/Qwen3-0.6B": "qwen3-0.6b",
  "Qwen/Qwen3-1.7B": "qwen3-1.7b",
  "Qwen/Qwen3-4B": "qwen3-4b",
  "Qwen/Qwen3-8B": "qwen3-8b",
  "Qwen/Qwen3-14B": "qwen3-14b",
  "Qwen/Qwen2.5-0.5B-Instruct": "qwen2.5-0.5b",
  "Qwen/Qwen2.5-1.5B-Instruct": "qwen2.5-1.5b",
  "Qwen/Qwen2.5-3B-Instruct": "qwen2.5-3b",
  "Qwen/Qwen2.5-32B-Instruct": "qwen2.5-32b",
  "Qwen/QwQ-32B": "qwq-32b",
  "facebook/opt-125m": "opt-125m",
  "meta-llama/Llama-3.1-405B-Instruct": "llama-3.1-405b",
  "meta-llama/Llama-3.2-1B-Instruct": "llama-3.2-1b",
  "meta-llama/Llama-3.2-3B-Instruct": "llama-3.2-3b",
  "mistralai/Mistral-7B-Instruct-v0.3": "mistral-7b-v0.3",
  "deepseek-ai/DeepSeek-R1-Distill-Llama-8B": "llama-3.1-8b",
  "deepseek-ai/DeepSeek-R1-Distill-Llama-70B": "llama-3.1-70b",
  "deepseek-ai/DeepSeek-R1-Distill-Qwen-7B": "deepseek-r1-distill-qwen-7b",
  "deepseek-ai/DeepSeek-R1-Distill-Qwen-14B": "deepseek-r1-distill-qwen-14b",
  "deepseek-ai/DeepSeek-R1-Distill-Qwen-32B": "qwen2.5-32b",
  "google/gemma-2-9b-it": "gemma-2-9b",
  "google/gemma-2-27b-it": "gemma-2-27b",
  "microsoft/phi-4": "phi-4",
};

Deno.test("findModel() knows the models that are served most by their names on Hugging Face", () => {
  for (const [id, name] of Object.entries(SERVED)) assert.equal(findModel(id)?.name, name, id);
});

Deno.test("no two models of the catalogue share a name", () => {
  const names = modelEntries().flatMap(({ name, aliases }) => [name, ...aliases])
    .map((name) => name.toLowerCase());
  assert.deepEqual(names.filter((name, i) => names.indexOf(name) !== i), []);
});

Deno.test("KV entries of common models are those of their heads", () => {
  // Bytes of a token at 16 bits: 2 x layers x KV heads x width x 2.
  const rows: readonly (readonly [string, number])[] = [
    ["qwen3-0.6b", 2 * 28 * 8 * 128 * 2],
    ["qwen2.5-0.5b", 2 * 24 * 2 * 64 * 2],
    ["llama-3.2-1b", 2 * 16 * 8 * 64 * 2],
    ["llama-3.1-405b", 516096],
    ["gemma-2-9b", 2 * 42 * 8 * 256 * 2],
    ["mistral-nemo-12b", 2 * 40 * 8 * 128 * 2],
  ];
  for (const [name, bytes] of rows) assert.equal(kvBytesPerToken(modelShape(name), 2), bytes, name);
});

Deno.test("activeParameters() counts the embedding, which the card of gpt-oss leaves out", () => {
  for (const [name, billions] of [["gpt-oss-120b", 5.13], ["gpt-oss-20b", 3.61]] as const) {
    const shape = modelShape(name);
    const without = activeParameters(shape) - shape.vocabSize * shape.hiddenSize;
    assert.ok(Math.abs(without / 1e9 - billions) < 0.01, `${name}: ${without}`);
  }
});
