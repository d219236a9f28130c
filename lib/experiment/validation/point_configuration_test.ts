import assert from "#assert";
import { loadConfig } from "../../config/load.ts";
import { simulate } from "../../run/mod.ts";
import { stringify } from "../../std/yaml.ts";
import { readConcurrencyPoints } from "./concurrency_points.ts";
import { shippedConstants, UNTUNED } from "./constants.ts";
import type { Latencies } from "./latencies.ts";
import { loadGeneratorOf } from "./load_generator.ts";
import { readLoadPoints } from "./load_points.ts";
import {
  concurrencyPointConfiguration,
  loadPointConfiguration,
  type PointConfiguration,
} from "./point_configuration.ts";
import { replayConcurrencyPoint } from "./replay_concurrency_point.ts";
import { replayLoadPoint } from "./replay_load_point.ts";
import { ServerRunner } from "./server.ts";

const runner = new ServerRunner();

/** Mean latencies of a run of a configuration, as its own summary has them. */
async function simulated(configuration: PointConfiguration): Promise<Latencies> {
  const { summary } = await simulate(loadConfig(stringify(configuration)));
  const { ttft_s, tpot_s, e2e_s } = summary;
  return { ttftSeconds: ttft_s.mean!, tpotSeconds: tpot_s.mean!, e2eSeconds: e2e_s.mean! };
}

function assertEqual(actual: Latencies, wanted: Latencies, label: string): void {
  for (const key of ["ttftSeconds", "tpotSeconds", "e2eSeconds"] as const) {
    const off = Math.abs(actual[key] / wanted[key] - 1);
    assert.ok(off < 1e-6, `${label}, ${key}: ${actual[key]} s, validate shows ${wanted[key]} s`);
  }
}

const [load] = readLoadPoints(
  "exp,model,gpu,tp,rate_rps,duration_s,in_tokens_mean,out_tokens,max_num_seqs," +
    "max_num_batched_tokens,gpu_mem_util,gpu_kv_blocks,cpu_offload,overload,ttft_mean_ms," +
    "tpot_derived_ms,e2e_mean_ms\n" +
    "a,meta-llama/Llama-3.1-8B-Instruct,H100-SXM-80GB,1,6,30,550,120,128,2048,0.9,25000,False,no," +
    "30,8,900\n",
);

for (const tuning of ["untuned", "calibrated"] as const) {
  Deno.test(`simulate of a load point's configuration gives what validate shows, ${tuning}`, async () => {
    const constants = tuning === "untuned" ? UNTUNED : shippedConstants("h100-sxm", true);
    const { predicted } = replayLoadPoint(runner, load, constants);
    assertEqual(await simulated(loadPointConfiguration(load, tuning)), predicted, load.label);
  });
}

const points = readConcurrencyPoints(
  "model,gpu,vllm,precision,gemm_quant,isl,osl,concurrency,tp,pp,ttft_ms,tpot_ms\n" +
    "Qwen/Qwen3-32B,h100_sxm,0.12.0,,,1024,32,4,2,1,150,18\n" +
    "meta-llama/Llama-3.1-70B,h100_sxm,,,fp8,1024,64,4,4,1,150,18\n",
);

for (const point of points) {
  Deno.test(`simulate of the configuration of ${point.label} gives what validate shows`, async () => {
    const constants = shippedConstants(point.gpu, loadGeneratorOf(point).asyncScheduling);
    assert.ok(constants.requestSeconds > 0);
    const predicted = replayConcurrencyPoint(runner, point, constants);
    const configured = await simulated(concurrencyPointConfiguration(point, "calibrated"));
    assertEqual(configured, predicted, point.label);
  });
}
