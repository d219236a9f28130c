import { equal, match, ok, throws } from "#assert";
import { ConfigError } from "../config/config_error.ts";
import { loadConfig } from "../config/load.ts";
import { gpuNamed } from "../hardware/mod.ts";
import { modelFromHfConfig, modelShape } from "../models/mod.ts";
import { buildCluster } from "./cluster.ts";
import { configuredDraft } from "./draft.ts";
import { instanceSize } from "./instance_size.ts";
import { configuredModel } from "./model.ts";

const draftOf = (yaml: string, files?: ReadonlyMap<string, string>) => {
  const config = loadConfig([yaml]);
  return configuredDraft(config, configuredModel(config, files), gpuNamed("H200"), files)!;
};

function refused(yaml: string, said: RegExp, files?: ReadonlyMap<string, string>): void {
  throws(() => draftOf(yaml, files), (error: unknown) => {
    ok(error instanceof ConfigError);
    match(error.message, said);
    return true;
  });
}

const MTP = "speculative: { method: mtp, num_speculative_tokens: 2, acceptance: [0.8] }";

Deno.test("mtp needs a model with layers for it, which its config.json counts", () => {
  refused(`model: { name: llama-3.1-8b }\n${MTP}`, /llama-3.1-8b, which has no layer.*is mtp/);
  equal(modelShape("deepseek-v3").nextTokenLayers, 1);
  equal(modelShape("kimi-k2").nextTokenLayers, undefined);
  equal(modelShape("qwen3-next-80b-a3b").nextTokenLayers, 1, "its files do not say so");
  const { modelName, weightBytes } = draftOf(`model: { name: deepseek-v3 }\n${MTP}`);
  equal(modelName, "deepseek-v3-mtp");
  // 11.5 B of the 14 B that the checkpoint has beside its model, whose embedding and head it shares.
  ok(Math.abs(weightBytes / 11.5e9 - 1) < 0.03, `${weightBytes}`);
});

/** A small model with so many layers for multi-token prediction. */
const small = (layers: number) => ({
  model_type: "mimo",
  hidden_size: 1024,
  num_hidden_layers: 4,
  vocab_size: 1000,
  num_attention_heads: 8,
  num_key_value_heads: 8,
  intermediate_size: 2048,
  max_position_embeddings: 4096,
  num_nextn_predict_layers: layers,
});

Deno.test("layers of multi-token prediction take turns: each has weights and entries of its own", () => {
  const of = (layers: number, tokens: number | null) =>
    draftOf(
      `model: { hf_config: m.json }
speculative: { method: mtp, num_speculative_tokens: ${tokens}, acceptance: [0.8] }`,
      new Map([["m.json", JSON.stringify(small(layers))]]),
    );
  const [one, three] = [of(1, 2), of(3, 3)];
  equal(modelFromHfConfig(small(3)).shape.nextTokenLayers, 3);
  // One layer: four projections of attention, three of the feed-forward, one of two states to one.
  const layer = 4 * 1024 ** 2 + 3 * 1024 * 2048 + 2 * 1024 ** 2;
  equal(Math.round(one.weightBytes / 2 / layer * 100), 100);
  equal(Math.round(three.weightBytes / one.weightBytes * 100), 300);
  equal(three.kvBytesPerToken, 3 * one.kvBytesPerToken);
  equal(one.kvBytesPerToken, 2 * 2 * 1024);
  for (const [layers, tokens] of [[3, 4], [2, 3], [3, null]] as const) {
    throws(() => of(layers, tokens), /up to . or a multiple|up to ., or a multiple/);
  }
  of(3, 2);
  of(3, 6);
});

Deno.test("a draft model has the vocabulary of its target, and says so where it is larger", () => {
  const draft = (model: string) =>
    `speculative: { method: draft-model, num_speculative_tokens: 2, acceptance: [0.8],
       draft: { model: ${model} } }`;
  refused(draft("qwen2.5-7b"), /qwen2.5-7b of 152064 tokens .*128256/);
  const { notices, modelName } = draftOf(draft("llama-3-70b"));
  equal(modelName, "llama-3-70b");
  ok(notices.some((notice) => notice.includes("more parameters than llama-3.1-8b")));
  ok(!draftOf(draft("llama-3-8b")).notices.some((notice) => notice.includes("more parameters")));
});

Deno.test("a head of more tokens than the model has is refused", () => {
  const eagle = (size: number) =>
    `speculative: { method: eagle, num_speculative_tokens: 2, acceptance: [0.8],
       draft: { draft_vocab_size: ${size} } }`;
  refused(eagle(1_000_000), /draft_vocab_size.*1 to 128256/);
  // A head of its own; one of all tokens is the target's.
  const few = draftOf(eagle(32_000)).weightBytes, all = draftOf(eagle(128_256)).weightBytes;
  equal(few - all, 2 * 32_000 * 4096);
});

Deno.test("a draft takes room from the KV cache: its weights once, its entries per token", () => {
  const tokens = (section: string) => {
    const config = loadConfig([
      "{ cluster: { gpu_type: H100 }, model: { name: llama-3.1-8b } }",
      section,
    ]);
    const { kv, draft } = instanceSize(config);
    return { blocks: kv.blocks, draft };
  };
  const plain = tokens("{}");
  const { blocks, draft } = tokens(
    "speculative: { method: eagle, num_speculative_tokens: 2, acceptance: [0.8] }",
  );
  const perToken = 131_072;
  equal(draft!.kvBytesPerToken, perToken / 32);
  const room = 16 * plain.blocks * perToken - draft!.weightBytes;
  const expected = room / (16 * (perToken + perToken / 32));
  ok(Math.abs(blocks - expected) <= 2, `${blocks} blocks, ${expected} expected`);
});

Deno.test("work of a layer for multi-token prediction is in the formats of its checkpoint", async () => {
  const work = async (dtype: string) => {
    const { parts } = await buildCluster(loadConfig([
      `model: { name: deepseek-v3${dtype} }
cluster: { gpu_type: H200 }
parallelization: { tensor_parallel_size: 16 }
${MTP}`,
    ]));
    return parts.functions[0].engine.speculation!.work!.weightBytes(1);
  };
  // Attention, nine experts and the projection of two states to one are halved, the head is not.
  const saved = await work(", weight_dtype: bf16") - await work(", weight_dtype: fp8");
  ok(Math.abs(saved / 690e6 - 1) < 0.03, `${saved}`);
});

for (const source of ["analytical", "profiled", "calibrated"]) {
  Deno.test(`${source}: a single sequence verifies several tokens with the weights read once`, async () => {
    const { parts } = await buildCluster(loadConfig([
      `cluster: { gpu_type: H100 }
model: { name: llama-3.1-8b }
execution: { source: ${source} }
scheduler: { max_num_seqs: 1, async_scheduling: false }
speculative: { method: ngram, num_speculative_tokens: 4, acceptance: [0.8] }`,
    ]));
    const { execution } = parts.functions[0].engine;
    const none = new Int32Array(0);
    const of = (tokens: number) =>
      execution.stepSeconds({
        decodeSequences: 1,
        decodeContextTokens: 1000,
        decodeTokens: tokens,
        sampledSequences: tokens,
        draftTokens: 4,
        chunkCount: 0,
        chunkTokens: none,
        chunkPastTokens: none,
      });
    // Five tokens of 8 B weights are far from bound by arithmetic; choosing four more takes 0.14 ms.
    ok(of(5) < 1.07 * of(1), `${of(5)} after ${of(1)}`);
  });
}
