import { ok, strictEqual } from "#assert";
import {
  type CollectedRow,
  importCollected,
  parseCollectedRows,
} from "../../lib/execution/profiled/collected/mod.ts";
import { calibrated, NO_OVERHEAD } from "../../lib/execution/calibrated/mod.ts";
import {
  hostTimeOf,
  predictedSeconds,
  readStepLog,
} from "../../lib/experiment/validation/steps/mod.ts";
import { simulateCluster } from "../../lib/cluster/simulate.ts";
import { stepWork } from "../../lib/execution/step_work.ts";
import { vllm } from "../../lib/scheduling/batching/vllm.ts";
import { leastLoaded } from "../../lib/scheduling/routing/least_loaded.ts";
import { sequentialStarts } from "../../lib/serverless/cold_start/start_service.ts";
import { alwaysKeepAlive } from "../../lib/serverless/keep_alive/always.ts";
import { parseProfile, profiled, shippedProfile } from "../../lib/execution/profiled/mod.ts";
import { gpuNamed } from "../../lib/hardware/mod.ts";
import { modelShape } from "../../lib/models/mod.ts";
import { findExternalData } from "../../lib/results/external_data.ts";
import { h200MeasuredRows } from "../../lib/cli/profile/h200_measured_rows.ts";

const folder = findExternalData("h200-measured");
const text = folder === undefined
  ? ""
  : h200MeasuredRows((name) => Deno.readTextFileSync(`${folder}/${name}.csv`));
const { rows, broken, unknown } = parseCollectedRows(text);
const shape = modelShape("llama-3.1-8b");
const SIZE = { shape, maxTokensPerStep: 8192, maxSequences: 256 };

/** Relative errors of composed steps, by the kernels of attention that the steps ran. */
function errors(
  model: ReturnType<typeof profiled>,
  wanted: (step: CollectedRow<"step">) => boolean,
): number[] {
  return rows.step.filter(wanted).map((step) => {
    const { decodes, context, longest, chunks, ms } = step;
    const seconds = model.stepSeconds({
      decodeSequences: decodes,
      decodeContextTokens: context,
      ...(longest !== undefined && { decodeLongestContextTokens: longest }),
      chunkCount: chunks.length,
      chunkTokens: Int32Array.from(chunks, ([tokens]) => tokens),
      chunkPastTokens: Int32Array.from(chunks, ([, past]) => past),
      sampledSequences: decodes + chunks.length,
    });
    return seconds * 1e3 / ms - 1;
  });
}

const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + Math.abs(value), 0) / values.length;
const most = (values: readonly number[]) => Math.max(...values.map(Math.abs));

Deno.test({
  name: "operators collected on an H200 compose to its whole steps (needs reference data)",
  ignore: folder === undefined,
  fn() {
    strictEqual(broken.length + unknown.size, 0);
    const profile = shippedProfile("h200-sxm-torch");
    const model = profiled({ profile, ...SIZE });
    // One of them has unequal contexts (20,692 entries among 64 of 4,095 on average); it is the one beyond
    // 3 %.
    // Launched by a graph: what an eager step takes is the host's time. Four of these steps (contexts of
    // 1,024; 1, 32, 128 and 256 sequences) say what element-wise kernels take between others.
    const decodes = errors(
      model,
      ({ how, kernel, decodes }) => how === "graph" && decodes > 0 && kernel === "triton-split",
    );
    strictEqual(decodes.length, 31);
    ok(decodes.filter((error) => Math.abs(error) >= 0.03).length <= 1);
    ok(mean(decodes) < 0.015 && most(decodes) < 0.044, `${mean(decodes)} ${most(decodes)}`);
    const prompts = errors(
      model,
      ({ how, kernel, decodes }) =>
        how === "graph" && decodes === 0 && kernel === "flash-attention-2",
    );
    strictEqual(prompts.length, 12);
    ok(mean(prompts) < 0.025 && most(prompts) < 0.045, `${mean(prompts)} ${most(prompts)}`);
    // The same operators with another kernel for prompts, by the option of the import.
    const { profile: cudnn } = importCollected(rows, {
      gpu: "h200-sxm",
      known: gpuNamed("h200-sxm"),
      kernels: { prompt: "cudnn", decode: "flash-attention-2" },
    });
    const other = profiled({ profile: cudnn, ...SIZE });
    const whole = errors(
      other,
      ({ how, kernel, decodes }) => how === "graph" && decodes === 0 && kernel === "cudnn",
    );
    strictEqual(whole.length, 7);
    ok(mean(whole) < 0.04 && most(whole) < 0.06, `${mean(whole)} ${most(whole)}`);
    const flash = errors(
      other,
      ({ how, kernel, decodes }) =>
        how === "graph" && decodes > 0 && decodes < 256 && kernel === "flash-attention-2",
    );
    ok(mean(flash) < 0.03 && most(flash) < 0.04, `${mean(flash)} ${most(flash)}`);
  },
});

Deno.test({
  name: "profile derive gives the shipped h200-sxm-torch again (needs reference data)",
  ignore: folder === undefined,
  async fn() {
    const { deriveProfile } = await import("../../lib/cli/profile/derive_profile.ts");
    const { PROFILE_RECIPES } = await import("../../lib/cli/profile/profile_recipes.ts");
    const { writeProfile } = await import("../../lib/execution/profiled/mod.ts");
    const recipe = PROFILE_RECIPES.find(({ name }) => name === "h200-sxm-torch")!;
    const written = writeProfile(await deriveProfile(recipe, folder!));
    const path = new URL("../../data/profiles/h200-sxm-torch.json", import.meta.url);
    strictEqual(written, Deno.readTextFileSync(path));
    strictEqual(parseProfile(written).facts!.power.length, 6);
  },
});

/** The engine of the serving run, and its requests: arrival, prompt, output, instants of first and last token. */
function replay(
  execution: ReturnType<typeof profiled>,
  requests: readonly (readonly number[])[],
): { readonly e2e: number[]; readonly ttft: number[] } {
  const gpu = gpuNamed("h200-sxm");
  const { columns } = simulateCluster({
    requests: {
      count: requests.length,
      arrivalAtSeconds: Float64Array.from(requests, ([at]) => at),
      promptTokens: Int32Array.from(requests, ([, prompt]) => prompt),
      outputTokens: Int32Array.from(requests, ([, , output]) => output),
    },
    functions: [{
      name: shape.name,
      engine: {
        execution,
        work: stepWork(shape, { weightBytesPerElement: 2, kvBytesPerElement: 2 }),
        strategy: vllm(),
        stepping: "leap",
        maxSequences: 256,
        maxTokensPerStep: 2048,
        kvBlocks: 50_000,
        blockTokens: 16,
        maxModelTokens: shape.maxPositions,
        maxOutputTokens: shape.maxPositions,
        asyncScheduling: true,
        gpus: 1,
        peakFlops: gpu.flopsPerSecond.bf16,
        peakBytesPerSecond: gpu.memoryBytesPerSecond,
      },
      routing: leastLoaded(),
      scaling: {
        minInstances: 1,
        maxInstances: 1,
        initialInstances: 1,
        activation: "none",
        keepAlive: alwaysKeepAlive(),
      },
      noCapacity: { action: "queue", limit: Infinity, timeoutSeconds: Infinity },
      concurrencyPerInstance: Infinity,
    }],
    starts: sequentialStarts(() => []),
    horizonSeconds: 0,
    stopAtSeconds: Infinity,
    sampleSeconds: 60,
  });
  const relative = (instants: Float64Array, measured: (request: readonly number[]) => number) =>
    requests.map((request, i) => (instants[i] - request[0]) / (measured(request) - request[0]) - 1);
  return {
    e2e: relative(columns.completedAtSeconds, ([, , , , last]) => last),
    ttft: relative(columns.firstTokenAtSeconds, ([, , , first]) => first),
  };
}

Deno.test({
  name:
    "a serving run on the H200 is replayed from its collected operators within 8 % (needs reference data)",
  ignore: folder === undefined,
  fn() {
    const text = Deno.readTextFileSync(`${folder}/serving_async20_requests.csv`);
    const requests = text.trim().split("\n").slice(1).map((line) => {
      const [, at, prompt, output, , first, last] = line.split(",").map(Number);
      return [at, prompt, output, first, last] as const;
    });
    const profile = shippedProfile("h200-sxm-torch");
    const model = profiled({ profile, shape, maxTokensPerStep: 2048, maxSequences: 256 });
    const { e2e, ttft } = replay(model, requests);
    strictEqual(e2e.length, 300);
    // Nothing of the host is in it: requests end early on average, and first tokens, which wait for
    // launches, come early by more.
    ok(mean(e2e) < 0.08, `${mean(e2e)}`);
    ok(mean(ttft) < 0.2, `${mean(ttft)}`);
    // With the host's time as the run's own log of steps has it, the run is nearer: no prediction, since
    // it is read from the same run.
    const log = readStepLog(Deno.readTextFileSync(`${folder}/serving_async20_steps.csv`));
    const host = hostTimeOf(log.steps, predictedSeconds(model, log.steps, undefined))!;
    const source = calibrated({
      source: model,
      overhead: { ...NO_OVERHEAD, ...host },
      collectivesPerStep: 0,
    });
    const timed = replay(source, requests).e2e;
    ok(mean(timed) < 0.05, `${mean(timed)}`);
    // Planted: without what kernels take between others, the run would be missed.
    const alone = { ...rows, ablation: [], attention_pair: [] };
    const bare = importCollected(alone, { gpu: "h200-sxm", known: gpuNamed("h200-sxm") });
    const other = profiled({
      profile: bare.profile,
      shape,
      maxTokensPerStep: 2048,
      maxSequences: 256,
    });
    ok(mean(replay(other, requests).e2e) > 0.08);
  },
});
