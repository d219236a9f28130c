import assert from "#assert";
import { main } from "./main.ts";
import { withFiles } from "./testing_command_line.ts";

/** Keys of public config.json files that fix a model's shape. */
const FILES: Readonly<Record<string, object>> = {
  "deepseek.json": {
    model_type: "deepseek_v3",
    num_hidden_layers: 61,
    num_attention_heads: 128,
    max_position_embeddings: 163840,
    quantization_config: { quant_method: "fp8", weight_block_size: [128, 128] },
  },
  "qwen3-32b-fp8.json": {
    model_type: "qwen3",
    head_dim: 128,
    hidden_size: 5120,
    intermediate_size: 25600,
    max_position_embeddings: 40960,
    num_attention_heads: 64,
    num_hidden_layers: 64,
    num_key_value_heads: 8,
    tie_word_embeddings: false,
    vocab_size: 151936,
    quantization_config: { quant_method: "fp8", weight_block_size: [128, 128] },
  },
  "qwen3-235b-fp8.json": {
    model_type: "qwen3_moe",
    head_dim: 128,
    hidden_size: 4096,
    max_position_embeddings: 40960,
    moe_intermediate_size: 1536,
    num_attention_heads: 64,
    num_hidden_layers: 94,
    num_key_value_heads: 4,
    vocab_size: 151936,
    quantization_config: { quant_method: "fp8", weight_block_size: [128, 128] },
  },
  "oss.json": {
    model_type: "gpt_oss",
    num_hidden_layers: 36,
    initial_context_length: 4096,
    quantization_config: { quant_method: "mxfp4" },
  },
  "mamba.json": { model_type: "mamba", hidden_size: 2560, num_hidden_layers: 64 },
  "next.json": { model_type: "qwen3_next" },
  "strange.json": {
    model_type: "mamba2ish",
    hidden_size: 64,
    num_hidden_layers: 2,
    num_attention_heads: 4,
    intermediate_size: 128,
    vocab_size: 100,
  },
};

/** Runs the command on these settings. */
async function capacity(directory: string, ...settings: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const args = settings.flatMap((text) => ["--set", text.replace("=@", `=${directory}/`)]);
  const code = await main(
    ["capacity", "--json", ...args],
    (line) => out.push(line),
    (line) => err.push(line),
  );
  return { code, err, size: code === 0 ? JSON.parse(out.join("\n")) : undefined };
}

async function withModels(use: (directory: string) => Promise<void>): Promise<void> {
  const texts = Object.entries(FILES).map(([name, config]) => [name, JSON.stringify(config)]);
  await withFiles(Object.fromEntries(texts), use);
}

Deno.test("capacity of DeepSeek-V3 on 8 H200: the latent is whole on every rank", () =>
  withModels(async (directory) => {
    const settings = ["cluster.gpu_type=H200", "parallelization.tensor_parallel_size=8"];
    const { size } = await capacity(directory, "model.hf_config=@deepseek.json", ...settings);
    assert.equal(size.model, "deepseek");
    assert.equal(size.kv_bytes_per_token, 61 * 576 * 2);
    assert.equal(size.gpus, 8);
    assert.equal(size.window_tokens, 163840);
    // (141 GiB x 0.9 - 85.1 GB of weights - 2 to 6 GB) / 70,272 bytes.
    const room = 141 * 2 ** 30 * 0.9 - 85.1e9;
    assert.ok(size.kv_tokens >= (room - 6e9) / 70272, `${size.kv_tokens}`);
    assert.ok(size.kv_tokens <= (room - 2e9) / 70272 * 1.001, `${size.kv_tokens}`);
    // Eight bits are what the checkpoint has anyway.
    const same = await capacity(
      directory,
      "model.hf_config=@deepseek.json",
      "model.weight_dtype=fp8",
      ...settings,
    );
    assert.equal(same.size.kv_tokens, size.kv_tokens);
    const wide = await capacity(
      directory,
      "model.hf_config=@deepseek.json",
      "model.weight_dtype=bf16",
      ...settings,
    );
    assert.equal(wide.code, 2);
    assert.match(wide.err.join(), /deepseek on h200-sxm .* lacks/);
  }));

Deno.test("capacity of quantised checkpoints: they fit where their bytes fit", () =>
  withModels(async (directory) => {
    const fp8 = await capacity(
      directory,
      "model.hf_config=@qwen3-32b-fp8.json",
      "cluster.gpu_type=L40S",
    );
    assert.equal(fp8.code, 0);
    assert.ok(Math.abs(fp8.size.weight_bytes / 34.3e9 - 1) < 2e-3);
    assert.match(
      fp8.size.notices.join(),
      /formats of its checkpoint \(fp8 in blocks of 128 x 128\)/,
    );
    const oss = await capacity(
      directory,
      "model.hf_config=@oss.json",
      "memory.gpu_memory_utilization=0.95",
    );
    assert.ok(Math.abs(oss.size.weight_bytes / 65.25e9 - 1) < 1e-3);
    assert.equal(oss.size.kv_bytes_per_token, 36 * 2 * 8 * 64 * 2);
    assert.equal(oss.size.full_attention_layers, 18);
    assert.equal(oss.size.attention_window_tokens, 128);
  }));

Deno.test("windows count: 1.13 GiB of a sequence of 65,536 tokens, and what a step adds to it", () =>
  withModels(async (directory) => {
    const settings = [
      "model.hf_config=@oss.json",
      "cluster.gpu_type=B200",
      "memory.kv_cache_dtype=fp8",
      "model.max_model_len=65536",
    ];
    const { size } = await capacity(directory, ...settings);
    // 18 layers hold all tokens, 18 the blocks that a window of 128 touches: 1,024 bytes a token each.
    assert.equal(size.sequence_kv_bytes, 18 * 1024 * (65536 + 144));
    assert.ok(Math.abs(size.sequence_kv_bytes / 2 ** 30 / 1.13 - 1) < 0.005);
    // vLLM counts a step of 8,192 tokens into the windows of each: 521 blocks beside 4,096.
    assert.equal(size.max_concurrency, Number((size.kv_blocks / (4096 + 521)).toFixed(2)));
    const { size: small } = await capacity(
      directory,
      ...settings,
      "scheduler.max_num_seqs=1",
      "scheduler.max_num_batched_tokens=1",
    );
    assert.equal(small.max_concurrency, Number((small.kv_blocks / (4096 + 9)).toFixed(2)));
    assert.match(size.notices.join(), /attention window hold the blocks that it touches/);
  }));

Deno.test("the KV cache of two logs of vLLM and one of SGLang, by the settings of their commands", () =>
  withModels(async (directory) => {
    const within = async (tokens: number, share: number, ...settings: string[]) => {
      const { size } = await capacity(directory, ...settings);
      const off = size.kv_tokens / tokens - 1;
      assert.ok(Math.abs(off) < share, `${size.kv_tokens} of ${tokens}`);
    };
    await within(
      24904,
      0.05,
      "model.hf_config=@oss.json",
      "cluster.gpu_type=H100",
      "memory.gpu_memory_utilization=0.95",
    );
    await within(
      178880,
      0.05,
      "model.hf_config=@qwen3-235b-fp8.json",
      "cluster.gpu_type=H100",
      "parallelization.tensor_parallel_size=4",
    );
    await within(
      509000,
      0.08,
      "model.hf_config=@deepseek.json",
      "cluster.gpu_type=H200",
      "parallelization.tensor_parallel_size=8",
      "memory.gpu_memory_utilization=0.82",
    );
  }));

Deno.test("what is kept free follows the engine that is named, and a size that is given", () =>
  withModels(async (directory) => {
    const at = async (...settings: string[]) =>
      (await capacity(directory, "cluster.gpu_type=H100", ...settings)).size;
    const plain = await at();
    assert.equal(plain.reserve_rule, "vllm@0.11");
    assert.equal((await at("scheduler.engine=vllm@0.15")).reserve_rule, "vllm@0.15");
    const newest = await at("memory.reserve_rule=vllm@0.19");
    assert.ok(newest.kv_tokens > 1.03 * plain.kv_tokens);
    // A word where the version that is configured would leave much more.
    const oss = ["model.hf_config=@oss.json", "cluster.gpu_type=H100"];
    const tight = await capacity(directory, ...oss, "memory.gpu_memory_utilization=0.95");
    const times = Number(/hold ([\d.]+) times as much/.exec(tight.size.notices.join())?.[1]);
    const wide = await capacity(
      directory,
      ...oss,
      "memory.gpu_memory_utilization=0.95",
      "memory.reserve_rule=vllm@0.19",
    );
    assert.ok(Math.abs(wide.size.kv_blocks / tight.size.kv_blocks / times - 1) < 0.01);
    assert.doesNotMatch(plain.notices.join() + wide.size.notices.join(), /times as much/);
    const none = await capacity(directory, ...oss);
    assert.deepEqual([none.code, none.err.length], [2, 1]);
    assert.match(none.err[0], /it fits as vllm@0.19 measures its memory \(memory.reserve_rule\)/);
    const given = await at("memory.reserved_memory_gb=2");
    assert.deepEqual([given.reserve_rule, given.reserve_bytes], [null, 2e9]);
    const removed = await capacity(directory, "memory.windowed_sequence_tokens=2000");
    assert.equal(removed.code, 2);
    assert.match(removed.err[0], /no setting any more: .* by default/);
  }));

Deno.test("a model without a KV cache is bounded by its states alone", () =>
  withModels(async (directory) => {
    const { size } = await capacity(directory, "model.hf_config=@mamba.json");
    assert.equal(size.kv_tokens, null);
    assert.equal(size.kv_bytes_per_token, 0);
    assert.equal(size.state_bytes_per_sequence, 64 * 2 * 5120 * (16 + 3));
    assert.equal(size.max_sequences, 1024);
    // Of a GPU that holds the weights and little else, as many states as fit.
    const small = await capacity(
      directory,
      "model.hf_config=@mamba.json",
      "memory.gpu_memory_utilization=0.1",
    );
    const room = 0.1 * 81_090 * 2 ** 20 - small.size.weight_bytes - small.size.reserve_bytes;
    assert.equal(small.size.max_sequences, Math.floor(room / size.state_bytes_per_sequence));
    assert.match(small.size.notices.join(), /states of \d+ sequences fit/);
  }));

Deno.test("states of a hybrid leave room for its KV cache", () =>
  withModels(async (directory) => {
    const settings = [
      "model.hf_config=@next.json",
      "cluster.gpu_type=H200",
      "parallelization.tensor_parallel_size=2",
      "memory.reserved_memory_gb=2",
    ];
    const few = await capacity(directory, ...settings, "scheduler.max_num_seqs=1");
    const many = await capacity(directory, ...settings, "scheduler.max_num_seqs=256");
    const lost = (few.size.kv_tokens - many.size.kv_tokens) * 24576;
    assert.ok(Math.abs(lost / (255 * many.size.state_bytes_per_sequence) - 1) < 1e-3);
  }));

Deno.test("a length beyond the model's or beyond the KV cache is refused with the largest that works", () =>
  withModels(async (directory) => {
    const own = await capacity(directory, "model.name=llama-2-7b", "model.max_model_len=100000");
    assert.deepEqual([own.code, own.err.length], [2, 1]);
    assert.match(own.err[0], /llama-2-7b .* 100000 \(allowed: up to 4096\)/);
    const a10 = ["model.name=llama-3.1-8b", "cluster.gpu_type=A10"];
    const held = await capacity(directory, ...a10, "model.max_model_len=100000");
    assert.equal(held.code, 2);
    const largest = Number(/allowed: up to (\d+)/.exec(held.err[0])?.[1]);
    const fits = await capacity(directory, ...a10, `model.max_model_len=${largest}`);
    assert.deepEqual([fits.code, fits.size.kv_tokens >= largest], [0, true]);
    const auto = await capacity(directory, ...a10, "scheduler.max_model_len=auto");
    assert.deepEqual([auto.code, auto.size.window_tokens], [0, largest]);
    assert.match(auto.size.notices.join(), /auto is \d+ tokens, which the KV cache holds/);
    const ample = await capacity(directory, "model.name=llama-2-7b", "model.max_model_len=auto");
    assert.equal(ample.size.window_tokens, 4096);
    const unasked = await capacity(directory, ...a10);
    assert.match(unasked.size.notices.join(), new RegExp(`--max-model-len ${largest} at most`));
  }));

Deno.test("tensor degrees that do not deal the heads are refused with those that do", () =>
  withModels(async (directory) => {
    const at = (model: string, degree: number, ...more: string[]) =>
      capacity(
        directory,
        `model.name=${model}`,
        `parallelization.tensor_parallel_size=${degree}`,
        ...more,
      );
    const odd = await at("llama-3.1-8b", 3);
    assert.deepEqual([odd.code, odd.err.length], [2, 1]);
    assert.match(
      odd.err[0],
      /tensor_parallel_size.*current value is 3 \(allowed: 1, 2, 4, 8, 16, 32\)/,
    );
    // 28 query heads, and four KV heads, which eight ranks would hold twice each.
    assert.match((await at("qwen2.5-7b", 8)).err[0], /allowed: 1, 2, 4\)/);
    // More ranks than KV heads: each head on several.
    assert.equal((await at("llama-3.1-8b", 16)).code, 0);
    // 40 heads, but the embedding does not divide into five.
    assert.match((await at("qwen3-14b", 5)).err[0], /allowed: 1, 2, 4, 8\)/);
  }));

Deno.test("GPUs beyond one machine without machines: a notice says what link is assumed", () =>
  withModels(async (directory) => {
    const noticesOf = async (...settings: string[]) =>
      (await capacity(directory, "model.name=llama-2-7b", ...settings)).size.notices.join("; ");
    const wide = await noticesOf("parallelization.tensor_parallel_size=16");
    assert.match(wide, /over 16 GPUs.* 450 GB\/s each way over nvlink; cluster.nodes/);
    const long = await noticesOf("parallelization.pipeline_parallel_size=16");
    assert.match(long, /16 pipeline stages take 16 GPUs.* by the link of one/);
    assert.doesNotMatch(await noticesOf("parallelization.tensor_parallel_size=8"), /link/);
  }));

Deno.test("a family that is not known is one line and exit code 2, or a Llama with a notice", () =>
  withModels(async (directory) => {
    const refused = await capacity(directory, "model.hf_config=@strange.json");
    assert.deepEqual([refused.code, refused.err.length], [2, 1]);
    assert.match(
      refused.err[0],
      /strange\.json: Cannot .*"mamba2ish" \(the nearest known one is mamba2\)/,
    );
    const read = await capacity(directory, "model.hf_config=@strange.json", "model.assume=llama");
    assert.equal(read.size.kv_bytes_per_token, 2 * 2 * 64 * 2);
    assert.match(read.size.notices.join(), /read as llama \(model.assume\)/);
  }));
