import assert from "#assert";
import fc from "fast-check";
import { constant } from "../../sim/distributions/mod.ts";
import { randomStreams } from "../../sim/random_streams.ts";
import { generateWorkload, independentLengths, poisson } from "../../workload/mod.ts";
import { ConstantFitter, type FitPoint } from "./fit_constants.ts";
import { latencyErrors, meanErrors } from "./latencies.ts";
import { readConcurrencyPoints } from "./concurrency_points.ts";
import { AICONFIGURATOR, INFERENCEMAX, loadGeneratorOf } from "./load_generator.ts";
import { readLoadPoints } from "./load_points.ts";
import { replayConcurrencyPoint } from "./replay_concurrency_point.ts";
import type { MeasuredRun } from "./measured_run.ts";
import { replayLoadPoint } from "./replay_load_point.ts";
import { JITTER_SECONDS, replayMeasuredRun } from "./replay_measured_run.ts";
import { UNTUNED } from "./constants.ts";
import { ServerRunner } from "./server.ts";

const grid = {
  stepSeconds: [0, 0.001, 0.002, 0.003],
  sequenceSeconds: [0, 0.0001, 0.0002],
  collectiveSeconds: [0, 0.00001],
  requestSeconds: [0, 0.005, 0.01],
};

/** A server of a known law: 10 ms a step, and overheads as they are. */
function planted(sequences: number, hasCollectives: boolean, truth: number[]): FitPoint {
  const latencies = (step: number, sequence: number, collective: number) => {
    const tpotSeconds = 0.01 + step + sequences * sequence + (hasCollectives ? 64 * collective : 0);
    return { ttftSeconds: 3 * tpotSeconds, tpotSeconds, e2eSeconds: 100 * tpotSeconds };
  };
  const [step, sequence, collective, request] = truth;
  const measured = latencies(step, sequence, collective);
  return {
    model: `model of ${sequences}`,
    hasCollectives,
    measured: {
      ...measured,
      ttftSeconds: measured.ttftSeconds + request,
      e2eSeconds: measured.e2eSeconds + request,
    },
    predict: (overhead) =>
      latencies(overhead.stepSeconds, overhead.sequenceSeconds, overhead.collectiveSeconds),
  };
}

Deno.test("ConstantFitter finds the constants that made the points", () => {
  const index = (values: readonly number[]) => fc.integer({ min: 0, max: values.length - 1 });
  fc.assert(fc.property(
    index(grid.stepSeconds),
    index(grid.sequenceSeconds),
    index(grid.collectiveSeconds),
    index(grid.requestSeconds),
    (i, j, k, l) => {
      const truth = [
        grid.stepSeconds[i],
        grid.sequenceSeconds[j],
        grid.collectiveSeconds[k],
        grid.requestSeconds[l],
      ];
      const points = [3, 40].flatMap((n) => [true, false].map((c) => planted(n, c, truth)));
      const fitted = new ConstantFitter(grid, { ttft: 1, tpot: 1 }).fit(points);
      const { overhead, requestSeconds, errors } = fitted;
      assert.deepEqual(
        [overhead.stepSeconds, overhead.sequenceSeconds, overhead.collectiveSeconds],
        truth.slice(0, 3),
      );
      assert.equal(requestSeconds, truth[3]);
      assert.ok(errors.ttft < 1e-12 && errors.tpot < 1e-12);
    },
  ));
});

Deno.test("ConstantFitter predicts each point once per overhead that concerns it", () => {
  let calls = 0;
  const point = planted(3, false, [0.001, 0, 0, 0]);
  const counted: FitPoint = {
    ...point,
    predict(overhead) {
      calls++;
      return point.predict(overhead);
    },
  };
  const fitter = new ConstantFitter(grid, { ttft: 1, tpot: 1 });
  fitter.fit([counted]);
  fitter.fit([counted, planted(4, true, [0.001, 0, 0, 0])]);
  assert.equal(calls, 4 * 3);
  assert.throws(() => fitter.fit([]), /Cannot fit constants .* current value is no point/);
});

Deno.test("meanErrors() does not let errors of opposite sign cancel", () => {
  const measured = { ttftSeconds: 2, tpotSeconds: 1, e2eSeconds: 10 };
  const errors = [1.1, 0.9].map((factor) =>
    latencyErrors({
      ttftSeconds: 2 * factor,
      tpotSeconds: factor,
      e2eSeconds: 10 * factor,
    }, measured)
  );
  for (const error of Object.values(meanErrors(errors))) assert.ok(Math.abs(error - 0.1) < 1e-12);
});

const LOAD =
  `exp,model,gpu,tp,precision,cpu_offload,gpu_mem_util,max_num_seqs,max_num_batched_tokens,gpu_kv_blocks,rate_rps,duration_s,in_tokens_mean,out_tokens,ttft_mean_ms,e2e_mean_ms,tpot_derived_ms,overload
20260101-000000-a,llama-3.1-8b,H100-SXM-80GB,1,FP16,True,0.9,128,2048,5001,4,60,500.4,50,25,500,9,no
`;

Deno.test("readLoadPoints() reads settings and latencies, and names what is missing", () => {
  const [point] = readLoadPoints(LOAD);
  assert.equal(point.label, "a 4/s");
  assert.equal(point.server.kvBlocks, 5000);
  assert.equal(point.promptTokens, 500);
  assert.ok(point.cpuOffload && !point.overloaded);
  assert.equal(point.measured.tpotSeconds, 0.009);
  assert.throws(() => readLoadPoints(LOAD.replace(",4,60,", ",x,60,")), {
    name: "SyntaxError",
    message: 'Cannot read rate_rps of row 2 as a number: current value is "x"',
  });
});

Deno.test("replayLoadPoint() sees prompts in the prefix cache, and an overload", () => {
  const runner = new ServerRunner();
  const [point] = readLoadPoints(LOAD);
  const warm = replayLoadPoint(runner, point, UNTUNED);
  assert.ok(!warm.overloaded);
  // Cached prompts compute but a few tokens: much less than the 12 ms of a cold prompt more.
  assert.ok(warm.predicted.ttftSeconds < 0.025, `${warm.predicted.ttftSeconds} s`);
  const busy = { ...point, ratePerSecond: 400, outputTokens: 500, durationSeconds: 30 };
  assert.ok(replayLoadPoint(runner, busy, UNTUNED).overloaded);
});

const CONCURRENCY = `model,gpu,vllm,precision,gemm_quant,isl,osl,concurrency,tp,pp,ttft_ms,tpot_ms
llama-3.1-8b,h100_sxm,0.12.0,,,1024,64,8,1,1,50,8
`;

Deno.test("replayConcurrencyPoint(): equal lengths come in waves and wait for each other", () => {
  const runner = new ServerRunner();
  const [point] = readConcurrencyPoints(CONCURRENCY);
  const ttft = (leastLength: number, requestSeconds = 0) => {
    const generator = { ...AICONFIGURATOR, leastLength, maxTokensPerStep: () => 8192 };
    const constants = { ...UNTUNED, requestSeconds };
    return replayConcurrencyPoint(runner, point, constants, generator).ttftSeconds;
  };
  assert.ok(ttft(1) > 1.5 * ttft(0.8), `${ttft(1)} and ${ttft(0.8)} s`);
  assert.ok(ttft(0.8, 0.01) > 0.01);
});

Deno.test("loadGeneratorOf(): a row's version tells whose benchmark it is", () => {
  const [own] = readConcurrencyPoints(CONCURRENCY);
  const [taken] = readConcurrencyPoints(CONCURRENCY.replace("0.12.0", ""));
  assert.equal(loadGeneratorOf(own), AICONFIGURATOR);
  assert.equal(loadGeneratorOf(taken), INFERENCEMAX);
  // The batch, one prompt and 1,500 tokens.
  assert.equal(AICONFIGURATOR.maxTokensPerStep(own), 8 + 1024 + 1500);
});

Deno.test("replayMeasuredRun(): jitter shifts arrivals and lets none overtake another", () => {
  const arrivalAtSeconds = Float64Array.of(0, 0.001, 0.002, 0.5);
  const requests = { ...generatedRequests(arrivalAtSeconds.length), arrivalAtSeconds };
  const latencies = Float64Array.of(1, 1, 1, 1);
  const run: MeasuredRun = {
    label: "made up",
    server: { ...readLoadPoints(LOAD)[0].server, asyncScheduling: false },
    requests,
    ttftSeconds: latencies,
    tpotSeconds: latencies,
    e2eSeconds: latencies,
    series: [],
  };
  const runner = new ServerRunner();
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1000 }), (seed) => {
      const at = replayMeasuredRun(runner, run, UNTUNED, seed).record.columns.arrivalAtSeconds;
      for (let i = 0; i < at.length; i++) {
        assert.ok(at[i] >= arrivalAtSeconds[i] && at[i] < arrivalAtSeconds[i] + JITTER_SECONDS);
        if (i > 0) assert.ok(at[i] >= at[i - 1]);
      }
    }),
    { numRuns: 20 },
  );
});

function generatedRequests(requests: number) {
  const length = constant({ value: 20, integer: true });
  return generateWorkload({
    arrivals: poisson({ ratePerSecond: 1 }),
    lengths: independentLengths({ promptTokens: length, outputTokens: length }),
    requests,
  }, randomStreams(1));
}
