import assert from "#assert";
import { modelFromHfConfig } from "./config.ts";

const LLAMA = {
  model_type: "llama",
  hidden_size: 64,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  vocab_size: 100,
  intermediate_size: 128,
  max_position_embeddings: 4096,
};

/** What is said of a file that is refused. */
function refusal(more: object): string {
  try {
    modelFromHfConfig({ ...LLAMA, ...more });
  } catch (error) {
    return String(error);
  }
  return "";
}

Deno.test("keys of other families in a Llama are refused by name", () => {
  const keys = {
    kv_lora_rank: 512,
    qk_rope_head_dim: 64,
    full_attention_interval: 4,
    attn_layer_period: 8,
    first_k_dense_replace: 3,
    mamba_d_state: 16,
    linear_num_value_heads: 32,
    index_topk: 2048,
    use_cla: true,
    cla_share_factor: 2,
  };
  for (const [key, value] of Object.entries(keys)) {
    assert.match(
      refusal({ [key]: value }),
      new RegExp(`RangeError: .*"${key}" .*the family llama`),
    );
    // Switched off, it says nothing.
    for (const off of [null, 0, false]) assert.equal(refusal({ [key]: off }), "", key);
  }
  assert.match(
    refusal({ kv_lora_rank: 512, q_lora_rank: 512, index_topk: 9 }),
    /"kv_lora_rank" \(512\).*\(and so are "q_lora_rank", "index_topk"\)/,
  );
});

Deno.test("keys that a family writes beside the ones that count are no mistake", () => {
  modelFromHfConfig({ model_type: "deepseek_v3", num_key_value_heads: 128, head_dim: 192 });
  modelFromHfConfig({ model_type: "qwen3", max_window_layers: 28, sliding_window: null });
  const types = Array.from(
    { length: 48 },
    (_, i) => i % 4 === 3 ? "full_attention" : "linear_attention",
  );
  modelFromHfConfig({ model_type: "qwen3_next", full_attention_interval: 4, layer_types: types });
});

Deno.test("model.assume leaves out every key that is not read, and names each", () => {
  const { notices } = modelFromHfConfig(
    { ...LLAMA, num_memory_heads: 3, altup_blocks: 2, kv_lora_rank: 512 },
    { assumeLlama: true },
  );
  for (const key of ["num_memory_heads", "altup_blocks", "kv_lora_rank"]) {
    assert.ok(
      notices.some((notice) => notice.includes(`"${key}"`)),
      `${key}: ${notices.join("; ")}`,
    );
  }
});

Deno.test("layers of a kind that the family lacks are refused as such", () => {
  assert.match(
    refusal({ layer_types: ["linear_attention", "full_attention"] }),
    /RangeError: .*"layer_types".*kinds of layers that its family has: current value is "linear_attention"/,
  );
});

Deno.test("rotary scalings out of range are refused", () => {
  const scaled = (rope_scaling: object) => refusal({ rope_scaling });
  assert.match(scaled({ type: "yarn", factor: 1e9 }), /"rope_scaling.factor".*at most 1073741824/);
  for (const factor of [-2, 0, "4", null, NaN]) {
    assert.match(scaled({ type: "yarn", factor }), /"rope_scaling.factor".*a number > 0/);
  }
  const none = { type: "yarn", factor: 4, original_max_position_embeddings: 0 };
  assert.match(scaled(none), /original_max_position_embeddings" .*>= 1/);
  assert.match(
    scaled({ rope_type: "stretch", factor: 4 }),
    /rope_type".*current value is "stretch"/,
  );
  assert.match(scaled({ factor: 4 }), /rope_type".*current value is null/);
  assert.equal(scaled({ rope_type: "default" }), "");
});

Deno.test("formats out of range are refused, empty ones too", () => {
  const wrong: readonly object[] = [
    { quant_method: "compressed-tensors", config_groups: {} },
    { quant_method: "compressed-tensors", config_groups: { g: { weights: { num_bits: 0 } } } },
    { quant_method: "compressed-tensors", config_groups: { g: { weights: { num_bits: 99 } } } },
    {
      quant_method: "compressed-tensors",
      config_groups: { g: { weights: { num_bits: 4, group_size: 1e9 } } },
    },
    { quant_method: "awq", bits: 99 },
    { quant_method: "gptq", bits: 4, group_size: -5 },
    { quant_method: "gptq", bits: 4, group_size: 12.5 },
    { quant_method: "fp8", weight_block_size: [128] },
    { quant_method: "fp8", weight_block_size: [128.5, 128] },
    { quant_method: "fp8", weight_block_size: [0, 128] },
  ];
  for (const quantization_config of wrong) {
    const said = refusal({ quantization_config });
    assert.match(said, /RangeError: Cannot read "quantization_config\.[\w.]+" .*a known format/);
  }
});

Deno.test("layers with a window need its width, unless it is switched off or holds everything", () => {
  const layer_types = ["sliding_attention", "full_attention"];
  const qwen = { model_type: "qwen2", use_sliding_window: true, layer_types };
  const windowed = (more: object) =>
    modelFromHfConfig({ ...LLAMA, ...qwen, ...more }).shape.layers
      .filter(({ mixer }) => mixer?.kind === "attention" && mixer.windowTokens > 0).length;
  assert.equal(windowed({ sliding_window: 1024 }), 1);
  assert.equal(windowed({ sliding_window: 4096 }), 0, "it holds the longest sequence");
  assert.equal(windowed({ sliding_window: null, use_sliding_window: false }), 0);
  for (const sliding_window of [null, undefined, 0]) {
    assert.match(
      refusal({ ...qwen, sliding_window }),
      /"sliding_window" of a model's config\.json as the width of layers .*sliding_attention/,
    );
  }
  assert.match(
    refusal({
      model_type: "llama4_text",
      layer_types: ["chunked_attention", "full_attention"],
      attention_chunk_size: 0,
    }),
    /"attention_chunk_size"/,
  );
});

Deno.test("a file whose architectures and model_type are two says by which it is read", () => {
  const notices = (more: object) => modelFromHfConfig({ ...LLAMA, ...more }).notices;
  assert.deepEqual(notices({ architectures: ["LlamaForCausalLM"] }), []);
  for (const architecture of ["Qwen3ForCausalLM", "XverseForCausalLM", "LlavaLlamaForCausalLM"]) {
    const [notice] = notices({ architectures: [architecture] });
    assert.match(notice, new RegExp(`"architectures" names "${architecture}" .*"llama"`));
  }
  assert.deepEqual(
    notices({
      model_type: "gpt2",
      architectures: ["GPT2LMHeadModel"],
      n_embd: 64,
      n_layer: 2,
      n_head: 4,
      hidden_size: undefined,
    }).filter((one) => one.includes("architec")),
    [],
  );
});
