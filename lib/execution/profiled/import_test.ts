import assert from "#assert";
import { importAiconfigurator } from "./import_aiconfigurator.ts";
import { importLlmServingSim } from "./import_llmservingsim.ts";
import { importVidurCollective, importVidurLayers } from "./import_vidur.ts";
import { axisValues } from "./operator_table.ts";

const peaks = {
  bf16FlopsPerSecond: 1e15,
  fp8FlopsPerSecond: 2e15,
  memoryBytesPerSecond: 1e12,
  linkBytesPerSecond: 1e11,
  linkLatencySeconds: 1e-5,
};

Deno.test("importAiconfigurator() reads milliseconds and bigints, and leaves out fp8_block", () => {
  const gemm = [
    { gemm_dtype: "bfloat16", m: 1n, n: 1024n, k: 512n, latency: 0.5 },
    { gemm_dtype: "bfloat16", m: 2n, n: 1024n, k: 512n, latency: 0.6 },
    { gemm_dtype: "fp8_block", m: 2n, n: 1024n, k: 512n, latency: 0.1 },
  ];
  const tables = importAiconfigurator({ gemm }, peaks);
  assert.equal(tables.length, 1);
  assert.deepEqual([...tables[0].seconds], [0.5e-3, 0.6e-3].map((s) => Math.exp(Math.log(s))));
});

Deno.test("importAiconfigurator() takes all-reduces from graphs and counts bytes, not elements", () => {
  const row = { num_gpus: 4n, message_size: 1024n };
  const customAllReduce = [
    { ...row, backend: "vllm_eager", latency: 0.02 },
    { ...row, backend: "vllm_graph", latency: 0.005 },
  ];
  const [table] = importAiconfigurator({ customAllReduce }, peaks);
  assert.deepEqual(axisValues(table, 1), [2048]);
  assert.ok(Math.abs(table.seconds[0] / 5e-6 - 1) < 1e-12);
});

Deno.test("importAiconfigurator() counts the new token in and keeps KV reads above the roofline", () => {
  const row = {
    num_heads: 8n,
    num_key_value_heads: 8n,
    head_dim: 128n,
    kv_cache_dtype: "bfloat16",
    window_size: 0n,
  };
  const generationAttention = [
    { ...row, batch_size: 1n, step: 4095n, latency: 1e-6 },
    { ...row, batch_size: 1n, step: 8191n, latency: 1 },
    { ...row, batch_size: 1n, step: 8191n, window_size: 128n, latency: 0.5 },
  ];
  const [table] = importAiconfigurator({ generationAttention }, peaks);
  assert.deepEqual(axisValues(table, 2), [4096, 8192]);
  const least = 2 * 8 * 128 * 4096 * 2 / 1e12;
  assert.ok(table.seconds[0] >= least && table.seconds[0] < 1.01 * least);
  assert.ok(Math.abs(table.seconds[1] - 1e-3) < 1e-12);
});

Deno.test("importLlmServingSim() reads layers and the attention grid of powers of two", () => {
  const tables = importLlmServingSim({
    model: "m",
    tensorParallel: 2,
    dtype: "bf16",
    dense: "layer,tokens,time_us\no_proj,1,5\no_proj,2,6\n",
    perSequence: "layer,sequences,time_us\nlm_head,1,7\n",
    attention: "prefill_chunk,kv_prefill,n_decode,kv_decode,time_us\n0,0,1,16,8\n24,0,0,0,9\n",
  });
  assert.deepEqual(tables.map((table) => table.operator), [
    "layer",
    "sampled_layer",
    "mixed_attention",
  ]);
  assert.deepEqual([...tables[0].seconds].map((s) => Math.round(s * 1e6)), [5, 6]);
  assert.equal(tables[2].seconds.length, 1);
});

Deno.test("importVidurLayers() takes medians and names a bad cell by line and column", () => {
  const header = "time_stats.mlp_down_proj.median,num_tokens,num_tensor_parallel_workers";
  const [table] = importVidurLayers(`${header}\n2,64,1\n8,64,1\n`, "m");
  assert.equal(table.attributes.layer, "down_proj");
  // Equal coordinates become their geometric mean.
  assert.ok(Math.abs(table.seconds[0] - 4e-3) < 1e-12);
  assert.throws(
    () => importVidurLayers(`${header}\n2,x,1\n`, "m"),
    /line 2, column num_tokens .* current value is "x"/,
  );
});

Deno.test("importVidurCollective() keeps collectives inside a node", () => {
  const text = "time_stats.all_reduce.median,num_workers,size,devices_per_node\n" +
    "0.02,4,2048,4\n0.09,4,2048,1\n";
  const [table] = importVidurCollective(text);
  assert.ok(Math.abs(table.seconds[0] - 2e-5) < 1e-12);
});
