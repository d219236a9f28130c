import { deepEqual, equal, match, ok, rejects } from "#assert";
import { loadConfig } from "../config/load.ts";
import { simulate } from "./simulate.ts";

const WORKLOAD = "workload: { type: poisson, arrival_rate: 20, num_requests: 30 }";
const FIXED = "{ scaling: { enabled: false }, cold_start: { enabled: false } }";

async function run(...settings: string[]) {
  const { summary, engine } = await simulate(loadConfig([WORKLOAD, FIXED, ...settings]));
  const chosen = engine.notices.find((notice: string) => notice.includes("execution.source: auto"));
  return { digest: summary.digest, chosen };
}

Deno.test("execution.source: auto is calibrated where a profile has the model, and says so", async () => {
  const model = "{ model: { name: llama-3.1-8b }, cluster: { gpu_type: H100-80GB }, " +
    "scheduler: { engine: vllm@0.15 } }";
  const auto = await run(model, "execution: { source: auto }");
  equal(auto.digest, (await run(model, "execution: { source: calibrated }")).digest);
  ok(auto.digest !== (await run(model, "execution: { source: analytical }")).digest);
  match(
    auto.chosen!,
    /^execution.source: auto takes measured tables for all operators of .* on h100-sxm/,
  );
  equal((await run(model)).chosen, undefined);
});

Deno.test("execution.source: auto is analytical where a table is lacking, and says which", async () => {
  const lacks: readonly (readonly [string, RegExp])[] = [
    ["cluster: { gpu_type: L4 }", /: cannot find a profile for "cluster.gpu_type"/],
    [
      "{ cluster: { gpu_type: H100-80GB }, model: { weight_dtype: int4 } }",
      /: cannot read times of "model.weight_dtype"/,
    ],
    [
      "{ cluster: { gpu_type: H100-80GB }, execution: { attention_kernel: flash-attention-2 } }",
      /: decode attention was measured on h100-sxm with flash-attention-3, not with flash-attention-2$/,
    ],
  ];
  for (const [settings, reason] of lacks) {
    const auto = await run(settings, "execution: { source: auto }");
    deepEqual(auto.digest, (await run(settings, "execution: { source: analytical }")).digest);
    match(auto.chosen!, /takes data sheets \(analytical\) for all operators of/);
    match(auto.chosen!, reason);
  }
});

Deno.test("a profile that is named has to do under execution.source: auto", async () => {
  await rejects(run("execution: { source: auto, profile: nowhere }"), /"execution.profile"/);
});
