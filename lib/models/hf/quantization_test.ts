import assert from "#assert";
import { parameterCount } from "../parameter_count.ts";
import { weightBytes } from "../weight_format.ts";
import { modelFromHfConfig } from "./config.ts";

Deno.test("weights in the formats of a checkpoint: FP8 of all matrices, MXFP4 of the experts alone", () => {
  const qwen = {
    model_type: "qwen3",
    head_dim: 128,
    hidden_size: 5120,
    intermediate_size: 25600,
    num_attention_heads: 64,
    num_hidden_layers: 64,
    num_key_value_heads: 8,
    tie_word_embeddings: false,
    vocab_size: 151936,
  };
  const fp8 = modelFromHfConfig({
    ...qwen,
    quantization_config: { quant_method: "fp8", weight_block_size: [128, 128] },
  });
  const tables = 2 * 151936 * 5120;
  const matrices = 64 * 5120 * (2 * 64 * 128 + 2 * 8 * 128 + 3 * 25600);
  const small = parameterCount(fp8.shape) - tables - matrices;
  assert.equal(
    weightBytes(fp8.shape, fp8.formats!),
    matrices * (1 + 4 / 128 ** 2) + 2 * (tables + small),
  );
  assert.ok(Math.abs(weightBytes(fp8.shape, fp8.formats!) / 34.3e9 - 1) < 2e-3);

  const oss = modelFromHfConfig({
    model_type: "gpt_oss",
    num_hidden_layers: 36,
    quantization_config: { quant_method: "mxfp4" },
  });
  const experts = 36 * 128 * 3 * 2880 * 2880;
  assert.equal(
    weightBytes(oss.shape, oss.formats!),
    experts * 4.25 / 8 + 2 * (parameterCount(oss.shape) - experts),
  );
  // The published checkpoint.
  assert.ok(Math.abs(weightBytes(oss.shape, oss.formats!) / 65.25e9 - 1) < 1e-3);
});

Deno.test("group scales and zero points are counted, modules that are named keep 16 bits", () => {
  const llama = { model_type: "llama", num_hidden_layers: 2 };
  const h = 4096, width = 11008;
  const attention = 2 * 4 * h * h, feedForward = 2 * 3 * h * width;
  const plain = parameterCount(modelFromHfConfig(llama).shape) - attention - feedForward;
  const bytes = (quantization_config: object) => {
    const { shape, formats } = modelFromHfConfig({ ...llama, quantization_config });
    return weightBytes(shape, formats!) - 2 * plain;
  };
  const all = attention + feedForward;
  assert.equal(
    bytes({ quant_method: "awq", bits: 4, group_size: 128, zero_point: true }),
    all * (4 + (16 + 4) / 128) / 8,
  );
  assert.equal(
    bytes({ quant_method: "gptq", bits: 8, group_size: 32 }),
    all * (8 + (16 + 8) / 32) / 8,
  );
  const w4a16 = {
    quant_method: "compressed-tensors",
    format: "pack-quantized",
    config_groups: {
      group_0: {
        targets: ["Linear"],
        weights: { num_bits: 4, type: "int", strategy: "group", group_size: 128, symmetric: true },
      },
    },
  };
  assert.equal(bytes(w4a16), all * (4 + 16 / 128) / 8);
  for (const ignore of [["re:.*self_attn.*"], ["model.layers.*.self_attn"], ["self_attn"]]) {
    assert.equal(bytes({ ...w4a16, ignore }), 2 * attention + feedForward * (4 + 16 / 128) / 8);
  }
  const one = { ...w4a16, ignore: ["model.layers.0.mlp.up_proj"] };
  assert.equal(bytes(one) - bytes(w4a16), h * width * (2 - (4 + 16 / 128) / 8));
  const nvfp4 = { quant_method: "modelopt", quant_algo: "NVFP4", kv_cache_quant_algo: "FP8" };
  assert.equal(bytes(nvfp4), all * 4.5 / 8);
  const read = modelFromHfConfig({ ...llama, quantization_config: nvfp4 });
  assert.equal(read.kvFormat, "fp8");
  assert.equal(
    bytes({ quant_method: "bitsandbytes", load_in_4bit: true }),
    all * (4 + 32 / 64) / 8,
  );
  const unknown = { ...llama, quantization_config: { quant_method: "aqlm" } };
  assert.equal(modelFromHfConfig(unknown, { hasOwnFormat: true }).formats, undefined);
  assert.throws(() => bytes({ quant_method: "aqlm" }), /quant_method.*"aqlm"; model.weight_dtype/);
  assert.throws(() => bytes({ quant_method: "modelopt", quant_algo: "W3" }), /quant_algo/);
});
