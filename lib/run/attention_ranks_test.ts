import { equal, match, ok, rejects, throws } from "#assert";
import { loadConfig } from "../config/load.ts";
import { instanceSize } from "./instance_size.ts";
import { simulate } from "./simulate.ts";

const DEEPSEEK = "{ model: { name: deepseek-v3 }, cluster: { gpu_type: H200 } }";
const size = (parallelization: string) =>
  instanceSize(loadConfig([DEEPSEEK, `parallelization: ${parallelization}`]));

Deno.test("attention ranks hold a latent once each, where tensor ranks all hold the same", () => {
  const tensor = size("{ tp: 8, ep: 8 }");
  const ranks = size("{ tp: 8, dp_attention: 8 }");
  const pairs = size("{ tp: 8, dp_attention: 4 }");
  // A rank holds attention and dense layers whole, experts as before: less room, times the ranks.
  ok(ranks.kvTokens > 4 * tensor.kvTokens && ranks.kvTokens < 8 * tensor.kvTokens);
  ok(pairs.kvTokens > 3 * tensor.kvTokens && pairs.kvTokens < 4 * tensor.kvTokens);
  const per = ranks.kvTokens / 8;
  const lost = (tensor.kvTokens - per) * ranks.kvBytesPerToken;
  // What is held whole in place of an eighth: attention, dense layers, shared experts, tables (fp8).
  ok(lost > 0.8 * 7 / 8 * 17e9 && lost < 1.2 * 7 / 8 * 19e9, `${lost / 1e9} GB`);
  match(ranks.notices.join("\n"), /attention on 8 ranks .* experts spread over all 8 GPUs/);
  equal(tensor.notices.some((notice) => /ranks/.test(notice)), false);
});

Deno.test("attention ranks that do not divide the GPUs, or their experts, are refused", () => {
  throws(
    () => loadConfig("parallelization: { tp: 8, dp_attention: 3 }"),
    /divisor of tensor_parallel_size/,
  );
  throws(
    () => loadConfig("parallelization: { tp: 8, ep: 2, dp_attention: 4 }"),
    /"parallelization.ep" as all GPUs of the ranks/,
  );
  loadConfig("parallelization: { tp: 8, ep: 8, dp_attention: 4 }");
});

Deno.test("a sequence beyond what one rank holds is refused, whatever the others hold", async () => {
  const run = (blocks: number) =>
    simulate(loadConfig([
      DEEPSEEK,
      "parallelization: { tp: 8, dp_attention: 8 }",
      `{ memory: { num_gpu_blocks: ${blocks} }, model: { max_model_len: 16000 } }`,
      "{ workload: { num_requests: 2 }, cold_start: { enabled: false } }",
    ]));
  await rejects(() => run(1000), /max_model_len/);
  await run(8001);
});

Deno.test("one rank, or no such setting, changes nothing", async () => {
  const digest = async (parallelization: string) =>
    (await simulate(loadConfig([
      "{ model: { name: qwen3-30b-a3b }, workload: { num_requests: 40 } }",
      `parallelization: ${parallelization}`,
    ]))).summary.digest;
  equal(await digest("{ tp: 2, ep: 2, dp_attention: 1 }"), await digest("{ tp: 2, ep: 2 }"));
});

Deno.test("layers that no table is like are named in a notice", async () => {
  const run = async (model: string) =>
    (await simulate(loadConfig([
      `{ model: { name: ${model} }, execution: { source: profiled }, cluster: { gpu_type: H200 } }`,
      "{ parallelization: { tp: 2 }, workload: { num_requests: 3 }, cold_start: { enabled: false } }",
    ]))).engine.notices.filter((notice) => /no table of the profile/.test(notice));
  match(
    (await run("qwen3-next-80b-a3b")).join(),
    /like its attention with heads of 256, which take/,
  );
  equal((await run("qwen3-30b-a3b")).length, 0);
});
