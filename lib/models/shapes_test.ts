import assert from "#assert";
import { modelShape } from "./catalogue.ts";
import { transformerFromHfConfig } from "./hf/config.ts";
import { attentionWindowTokens, fullAttentionLayers } from "./kv_bytes_per_token.ts";
import { parameterCount } from "./parameter_count.ts";
import { transformerFromSimfaasinfer } from "./simfaasinfer_model.ts";

Deno.test("transformerFromHfConfig() reads a Llama as the catalogue has it", () => {
  const config = {
    model_type: "llama",
    hidden_size: 4096,
    intermediate_size: 14336,
    max_position_embeddings: 131072,
    num_attention_heads: 32,
    num_hidden_layers: 32,
    num_key_value_heads: 8,
    tie_word_embeddings: false,
    vocab_size: 128256,
  };
  assert.deepEqual(transformerFromHfConfig(config, "llama-3.1-8b"), modelShape("llama-3.1-8b"));
});

Deno.test("transformerFromHfConfig() reads GPT-2, OPT and Falcon by their own keys", () => {
  const gpt2 = { model_type: "gpt2", n_embd: 768, n_head: 12, n_layer: 12, n_positions: 1024 };
  assert.deepEqual(
    transformerFromHfConfig({ ...gpt2, vocab_size: 50257, n_inner: null }, "gpt-2"),
    modelShape("gpt-2"),
  );
  const opt = {
    model_type: "opt",
    hidden_size: 2560,
    ffn_dim: 10240,
    num_attention_heads: 32,
    num_hidden_layers: 32,
    max_position_embeddings: 2048,
    vocab_size: 50272,
  };
  assert.deepEqual(transformerFromHfConfig(opt, "opt-2.7b").layers, modelShape("opt-2.7b").layers);
  // OPT's table of positions has two rows before the first.
  assert.equal(transformerFromHfConfig(opt).positionParameters, 2050 * 2560);
  const falcon = {
    model_type: "falcon",
    hidden_size: 4544,
    num_attention_heads: 71,
    num_hidden_layers: 32,
    multi_query: true,
    vocab_size: 65024,
  };
  assert.deepEqual(transformerFromHfConfig(falcon).layers, modelShape("falcon-7b").layers);
});

Deno.test("transformerFromHfConfig() reads experts", () => {
  const mixtral = {
    model_type: "mixtral",
    hidden_size: 4096,
    intermediate_size: 14336,
    num_attention_heads: 32,
    num_hidden_layers: 32,
    num_key_value_heads: 8,
    num_local_experts: 8,
    num_experts_per_tok: 2,
    max_position_embeddings: 32768,
    vocab_size: 32000,
    sliding_window: null,
  };
  assert.deepEqual(transformerFromHfConfig(mixtral, "mixtral-8x7b"), modelShape("mixtral-8x7b"));
  const qwen = {
    model_type: "qwen3_moe",
    hidden_size: 2048,
    intermediate_size: 6144,
    moe_intermediate_size: 768,
    head_dim: 128,
    num_attention_heads: 32,
    num_hidden_layers: 48,
    num_key_value_heads: 4,
    num_experts: 128,
    num_experts_per_tok: 8,
    decoder_sparse_step: 1,
    max_position_embeddings: 40960,
    vocab_size: 151936,
    use_sliding_window: false,
    sliding_window: 4096,
  };
  const read = transformerFromHfConfig(qwen, "qwen3-30b-a3b");
  // Norms of queries and keys, which the catalogue's entry leaves out: 2 x 128 in each layer.
  assert.equal(parameterCount(read) - parameterCount(modelShape("qwen3-30b-a3b")), 48 * 256);
});

Deno.test("transformerFromHfConfig() tells layers with a window from those without", () => {
  const base = {
    hidden_size: 64,
    num_attention_heads: 4,
    num_key_value_heads: 4,
    intermediate_size: 128,
    num_hidden_layers: 12,
    vocab_size: 100,
  };
  const sliding = (count: number) => Array(count).fill("sliding_attention");
  const cases: readonly [object, number, number][] = [
    [{ model_type: "mistral", sliding_window: 4096 }, 4096, 0],
    [{ model_type: "mistral", sliding_window: null }, 0, 12],
    // Gemma 2 alternates, Gemma 3 has five windows to one, each without a key for it at first.
    [{ model_type: "gemma2", sliding_window: 4096 }, 4096, 6],
    [{ model_type: "gemma3_text", sliding_window: 1024, sliding_window_pattern: 6 }, 1024, 2],
    [{ model_type: "gemma3", text_config: { ...base, sliding_window: 512 } }, 512, 2],
    [{ model_type: "cohere2", sliding_window: 4096, sliding_window_pattern: 4 }, 4096, 3],
    [
      {
        model_type: "gpt_oss",
        sliding_window: 128,
        layer_types: [...sliding(5), "full_attention", ...sliding(5), "full_attention"],
      },
      128,
      2,
    ],
    [{ model_type: "llama4_text", attention_chunk_size: 8192, no_rope_layers: [] }, 8192, 3],
    [
      {
        model_type: "llama4_text",
        attention_chunk_size: 8192,
        no_rope_layers: [1, 1, 0, 1, 1, 0, 1, 1, 0, 1, 1, 0],
      },
      8192,
      4,
    ],
    [{ model_type: "qwen2", sliding_window: 4096, use_sliding_window: false }, 0, 12],
    [
      { model_type: "qwen2", sliding_window: 4096, use_sliding_window: true, max_window_layers: 9 },
      4096,
      9,
    ],
    [
      {
        model_type: "qwen2",
        sliding_window: 4096,
        use_sliding_window: true,
        max_window_layers: 12,
      },
      0,
      12,
    ],
    [
      { model_type: "gpt_oss", sliding_window: 128, layer_types: Array(12).fill("full_attention") },
      0,
      12,
    ],
  ];
  for (const [config, window, full] of cases) {
    const shape = transformerFromHfConfig({ ...base, ...config });
    const text = JSON.stringify(config);
    assert.equal(attentionWindowTokens(shape), window, text);
    assert.equal(fullAttentionLayers(shape), full, text);
  }
});

Deno.test("transformerFromHfConfig() names what is missing or wrong", () => {
  assert.throws(
    () => transformerFromHfConfig({}),
    /"model_type": current value is an empty object/,
  );
  assert.throws(
    () => transformerFromHfConfig({ hidden_size: 8 }),
    /names its family in "model_type"/,
  );
  assert.throws(
    () => transformerFromHfConfig({ model_type: "llama", hidden_size: "8" }),
    /"hidden_size".*"8"/,
  );
  assert.throws(() => transformerFromHfConfig({ model_type: "mimo_v2_flash" }), /"hidden_size"/);
  assert.throws(() => transformerFromHfConfig([]), SyntaxError);
});

Deno.test("transformerFromSimfaasinfer() reads its Llama-2-7B and GPT-2 as the catalogue has them", () => {
  const llama = transformerFromSimfaasinfer({
    name: "llama2-7b",
    num_layers: 32,
    hidden_size: 4096,
    intermediate_size: 11008,
    num_attention_heads: 32,
    num_kv_heads: 32,
    vocab_size: 32000,
    max_position_embeddings: 4096,
    architecture: "llama",
    activation_function: "silu",
    head_dim: 128,
    sliding_window: null,
  });
  assert.deepEqual(llama, { ...modelShape("llama-2-7b"), name: "llama2-7b" });
  const gpt2 = transformerFromSimfaasinfer({
    name: "gpt2",
    architecture: "gpt",
    num_layers: 12,
    hidden_size: 768,
    intermediate_size: 3072,
    num_attention_heads: 12,
    num_kv_heads: 12,
    vocab_size: 50257,
    max_position_embeddings: 1024,
    head_dim: 64,
  });
  assert.equal(parameterCount(gpt2), 124439808);
});

Deno.test("transformerFromSimfaasinfer() reads which layers have a window", () => {
  const section = { num_layers: 26, hidden_size: 64, num_attention_heads: 4, vocab_size: 100 };
  const read = (window: object) => {
    const shape = transformerFromSimfaasinfer({ ...section, ...window });
    return [attentionWindowTokens(shape), fullAttentionLayers(shape)];
  };
  assert.deepEqual(read({ sliding_window: 512 }), [512, 0]);
  assert.deepEqual(read({ sliding_window: 512, sliding_window_pattern: 6 }), [512, 4]);
  assert.deepEqual(read({ sliding_window: 512, sliding_window_pattern: 1 }), [0, 26]);
  assert.deepEqual(read({ sliding_window: 512, sliding_window_pattern: 99 }), [512, 0]);
  assert.deepEqual(read({ sliding_window_pattern: 6 }), [0, 26]);
});

Deno.test("transformerFromSimfaasinfer() refuses shapes that do not add up", () => {
  const section = { num_layers: 2, hidden_size: 64, num_attention_heads: 4, vocab_size: 100 };
  assert.equal(transformerFromSimfaasinfer(section).layers[0].feedForward?.width, 256);
  assert.throws(() => transformerFromSimfaasinfer({ ...section, num_kv_heads: 3 }), RangeError);
  assert.throws(() => transformerFromSimfaasinfer({ ...section, num_layers: null }), TypeError);
  assert.throws(
    () => transformerFromSimfaasinfer({ ...section, num_experts: 4 }),
    /num_experts_per_token/,
  );
});
