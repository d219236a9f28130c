import assert from "#assert";
import fc from "fast-check";
import { gpuNamed } from "../hardware/gpu_catalogue.ts";
import { findModel, modelEntries, modelShape } from "../models/catalogue.ts";
import { modelFromHfConfig } from "../models/hf/config.ts";
import type { TransformerShape } from "../models/transformer.ts";
import type { WeightFormats } from "../models/weight_format.ts";
import { engineReserveBytes, type EngineReserveOptions } from "./engine_reserve_bytes.ts";
import { kvCapacity } from "./kv_capacity.ts";

/** A start-up line of a server: tokens of its KV cache, or blocks of 16. */
interface Server {
  readonly model: string | object;
  readonly gpu: string;
  readonly engine: string;
  readonly tokens: number;
  /** Most that the tokens may be off, as a share. */
  readonly within: number;
  readonly tensor?: number;
  readonly pipeline?: number;
  readonly utilization?: number;
  /** Token budget and sequences of a step; default 8192 and 1024. */
  readonly step?: readonly [number, number];
  readonly kvBytes?: number;
}

const BLOCK_FP8 = { quant_method: "fp8", weight_block_size: [128, 128] };
const QWEN3 = { model_type: "qwen3", head_dim: 128, vocab_size: 151936 };
const LLAMA = { num_hidden_layers: 32, num_attention_heads: 32, hidden_size: 4096 };
const DEEPSEEK_V3 = {
  model_type: "deepseek_v3",
  max_position_embeddings: 163840,
  quantization_config: BLOCK_FP8,
};
const QWEN3_235B = {
  ...QWEN3,
  model_type: "qwen3_moe",
  hidden_size: 4096,
  moe_intermediate_size: 1536,
  num_attention_heads: 64,
  num_key_value_heads: 4,
  num_hidden_layers: 94,
  max_position_embeddings: 40960,
  quantization_config: BLOCK_FP8,
};
const gemma2 = (layers: number, hidden: number, width: number, heads: number, size: number) => ({
  model_type: "gemma2",
  hidden_size: hidden,
  intermediate_size: width,
  num_hidden_layers: layers,
  num_attention_heads: 2 * heads,
  num_key_value_heads: heads,
  head_dim: size,
});
const QWEN3_14B = {
  ...QWEN3,
  hidden_size: 5120,
  intermediate_size: 17408,
  num_hidden_layers: 40,
  num_attention_heads: 40,
  num_key_value_heads: 8,
  max_position_embeddings: 40960,
};

/**
 * Servers of which a log says what their KV cache holds. None of them was looked at for a constant but the
 * non-torch lines that memory_profile.ts names.
 */
const SERVERS: Readonly<Record<string, Server>> = {
  // vLLM issue 27508: 1.71 GiB for KV, that is 24,904 tokens; its own step was one of 1,024 tokens.
  "gpt-oss-120b, vLLM 0.11": {
    model: "gpt-oss-120b",
    gpu: "H100",
    engine: "vllm@0.11",
    utilization: 0.95,
    tokens: 24904,
    within: 0.05,
  },
  // vLLM issue 21348: 8.11 GiB.
  "Qwen3-235B-A22B-FP8, vLLM 0.9": {
    model: QWEN3_235B,
    gpu: "H100",
    engine: "vllm@0.9",
    tensor: 4,
    tokens: 178880,
    within: 0.05,
  },
  "Qwen3-235B-A22B-FP8, SGLang at 0.93": {
    model: QWEN3_235B,
    gpu: "H100",
    engine: "sglang",
    tensor: 4,
    utilization: 0.93,
    tokens: 367404,
    within: 0.02,
  },
  // About 509,000: aisimulate issue 263.
  "DeepSeek-R1, SGLang at 0.82": {
    model: DEEPSEEK_V3,
    gpu: "H200",
    engine: "sglang",
    tensor: 8,
    utilization: 0.82,
    tokens: 509000,
    within: 0.08,
  },
  // inference-sim/training, vLLM 0.15.1: 7,462 and 31,356 blocks.
  "Llama-2-7B, vLLM 0.15": {
    model: "llama-2-7b",
    gpu: "H100",
    engine: "vllm@0.15",
    step: [2048, 128],
    tokens: 7462 * 16,
    within: 0.002,
  },
  "Llama-2-70B, vLLM 0.15": {
    model: "llama-2-70b",
    gpu: "H100",
    engine: "vllm@0.15",
    tensor: 4,
    step: [2048, 128],
    tokens: 31356 * 16,
    within: 0.002,
  },
  // LLMServingSim, vLLM 0.19: 2,588 blocks. A third of a GiB less than 0.19 leaves as a rule, about what its
  // CUDA graphs take, which it counts on demand.
  "Llama-3.1-8B on RTX 4090, vLLM 0.19": {
    model: "llama-3.1-8b",
    gpu: "RTX 4090",
    engine: "vllm@0.19",
    step: [2048, 256],
    tokens: 2588 * 16,
    within: 0.065,
  },
  // llm-d-planner, accuracy report: start-up logs on H100 at 0.95.
  "Llama-3.1-8B": of("llama-3.1-8b", 476016),
  "Llama-3.1-8B in fp8 KV": { ...of("llama-3.1-8b", 952032), kvBytes: 1 },
  "Llama-3.1-8B on two": { ...of("llama-3.1-8b", 1044688), tensor: 2 },
  "Llama-3.1-8B on four": { ...of("llama-3.1-8b", 2209792), tensor: 4 },
  "Llama-3.1-8B in two stages": { ...of("llama-3.1-8b", 1075312), pipeline: 2 },
  "Llama-3.1-8B in four stages": { ...of("llama-3.1-8b", 2257264), pipeline: 4 },
  "Qwen2.5-7B": of("qwen2.5-7b", 1096000),
  "Phi-4": of("phi-4", 241568),
  "Mixtral-8x7B on two": { ...of("mixtral-8x7b", 465936), tensor: 2 },
  "gpt-oss-20b": of("gpt-oss-20b", 1277184),
  "Gemma-2-9B": of(gemma2(42, 3584, 14336, 8, 256), 168880),
  "Gemma-2-27B": of(gemma2(46, 4608, 36864, 16, 128), 58672),
  "CodeLlama-7B": of(
    { ...LLAMA, model_type: "llama", vocab_size: 32016, max_position_embeddings: 16384 },
    126256,
  ),
  "Granite-3.1-8B": of({
    ...LLAMA,
    model_type: "granite",
    intermediate_size: 12800,
    num_hidden_layers: 40,
    num_key_value_heads: 8,
    vocab_size: 49155,
    max_position_embeddings: 131072,
    tie_word_embeddings: true,
  }, 384432),
  "DeepSeek-V2-Lite": of({
    model_type: "deepseek_v2",
    hidden_size: 2048,
    intermediate_size: 10944,
    num_hidden_layers: 27,
    num_attention_heads: 16,
    q_lora_rank: null,
    n_routed_experts: 64,
    moe_intermediate_size: 1408,
    n_shared_experts: 2,
    num_experts_per_tok: 6,
    first_k_dense_replace: 1,
    max_position_embeddings: 163840,
  }, 1505552),
  "Qwen3-30B-A3B": of("qwen3-30b-a3b", 168288),
  // 41.94 and 45.34 GiB.
  "Qwen3-14B, vLLM 0.15": { ...of(QWEN3_14B, 274857), engine: "vllm@0.15" },
  "Qwen3-14B, vLLM 0.17": { ...of(QWEN3_14B, 297140), engine: "vllm@0.17" },
};

function of(model: string | object, tokens: number): Server {
  return { model, gpu: "H100", engine: "vllm@0.19", utilization: 0.95, tokens, within: 0.005 };
}

function read(model: string | object): { shape: TransformerShape; weights?: WeightFormats } {
  if (typeof model === "string") {
    const { shape, formats } = findModel(model)!;
    return { shape, ...(formats && { weights: formats }) };
  }
  const { shape, formats } = modelFromHfConfig(model);
  return { shape, ...(formats && { weights: formats }) };
}

/** Tokens as the engine's line counts them. */
function tokensOf({ model, gpu, engine, ...more }: Server): number {
  const { tensor = 1, pipeline = 1, utilization = 0.9, step = [8192, 1024], kvBytes = 2 } = more;
  const place = { ...read(model), tensorParallel: tensor, pipelineParallel: pipeline, utilization };
  const { blocks, groups } = kvCapacity({
    ...place,
    gpu: gpuNamed(gpu),
    weightBytesPerElement: 2,
    kvBytesPerElement: kvBytes,
    reserveBytes: engineReserveBytes({
      ...place,
      engine,
      maxTokensPerStep: step[0],
      maxSequences: step[1],
    }),
    blockTokens: 16,
  });
  return Math.floor(blocks / groups.length) * 16;
}

for (const [name, server] of Object.entries(SERVERS)) {
  Deno.test(`engineReserveBytes() leaves the KV cache of a log: ${name}`, () => {
    const tokens = tokensOf(server);
    const off = tokens / server.tokens - 1;
    assert.ok(Math.abs(off) <= server.within, `${tokens} of ${server.tokens}, ${100 * off} % off`);
  });
}

const anyEngine = fc.record({
  shape: fc.constantFrom(...modelEntries().map(({ shape }) => shape)),
  tensorParallel: fc.constantFrom(1, 2, 4, 8),
  pipelineParallel: fc.constantFrom(1, 2, 3),
  maxTokensPerStep: fc.integer({ min: 1, max: 65536 }),
  maxSequences: fc.integer({ min: 1, max: 4096 }),
  utilization: fc.constantFrom(0.5, 0.9, 1),
  engine: fc.constantFrom("vllm@0.9", "vllm@0.12", "vllm@0.17", "vllm@0.19", "sglang"),
});

Deno.test("engineReserveBytes() grows with tokens and sequences of a step, and falls with the degree", () => {
  const most = (options: EngineReserveOptions) => Math.max(...engineReserveBytes(options));
  fc.assert(fc.property(anyEngine, (options) => {
    const bytes = engineReserveBytes(options);
    assert.equal(bytes.length, options.pipelineParallel);
    assert.ok(bytes.every((one) => one > 0 && Number.isFinite(one)));
    const at = most(options);
    assert.ok(most({ ...options, maxTokensPerStep: 2 * options.maxTokensPerStep }) >= at);
    assert.ok(most({ ...options, maxSequences: 2 * options.maxSequences }) >= at);
    if (options.tensorParallel === 1) return;
    // Half as wide on each rank.
    assert.ok(most({ ...options, tensorParallel: 2 * options.tensorParallel }) <= at);
  }));
});

Deno.test("engineReserveBytes() refuses half a GPU and engines that it does not know", () => {
  const shape = modelShape("llama-3.1-8b");
  const options: EngineReserveOptions = {
    shape,
    tensorParallel: 1,
    pipelineParallel: 1,
    maxTokensPerStep: 2048,
    maxSequences: 256,
    utilization: 0.9,
    engine: "vllm@0.19",
  };
  assert.throws(
    () => engineReserveBytes({ ...options, tensorParallel: 0.5 }),
    /current value is 0.5/,
  );
  for (const engine of ["vllm@0.8", "vllm", "trt"]) {
    assert.throws(() => engineReserveBytes({ ...options, engine }), /Cannot work out the memory/);
  }
});
