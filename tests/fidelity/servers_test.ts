import assert from "#assert";
import { referenceMeasurements } from "../../lib/cli/validate/reference_measurements.ts";
import { calibrationFor } from "../../lib/execution/calibrated/mod.ts";
import {
  AICONFIGURATOR,
  BARS,
  type LatencyErrors,
  latencyErrors,
  LLMSERVINGSIM,
  loadGeneratorOf,
  meanErrors,
  meanOfRows,
  replayConcurrencyPoint,
  ServerRunner,
  shippedConstants,
  validate,
  type Validation,
  type ValidationData,
} from "../../lib/experiment/validation/mod.ts";
import { externalData, findExternalData } from "../../lib/results/external_data.ts";

const ignore = ["llmservingsim", "vllm-load-points", "vllm-concurrency-points"].some((id) =>
  findExternalData(id) === undefined
);
const runner = new ServerRunner();
let kept: { data: ValidationData; validation: Validation } | undefined;

function replayed() {
  if (kept === undefined) {
    const data = referenceMeasurements();
    kept = { data, validation: validate(runner, data) };
  }
  return kept;
}

function atMost(what: string, share: number, bar: number): void {
  assert.ok(share <= bar, `${what}: ${(100 * share).toFixed(2)} %, more than ${100 * bar} %`);
}

/**
 * Where we do not reach LLMServingSim's errors: on the RTX 4090, whose KV memory is full for most of
 * the run, TPOT 1.97 against 1.6 % (docs/fidelity.md says why).
 */
const NOT_REACHED: Readonly<Record<string, Partial<LatencyErrors>>> = {
  "rtx-4090": { tpot: 0.0199 },
};
const NOT_REACHED_JITTERED: typeof NOT_REACHED = { "rtx-4090": { tpot: 0.0207, e2e: 0.0097 } };

Deno.test({
  name:
    "per-request errors are no larger than LLMServingSim's but for one, with nothing fitted (needs reference data)",
  ignore,
  fn() {
    // One replay at the client's arrivals, as theirs are.
    for (const row of replayed().validation.runs.filter((run) => run.tuning === "untuned")) {
      const bar = { ...LLMSERVINGSIM[row.gpu].errors, ...NOT_REACHED[row.gpu] };
      for (const key of ["ttft", "tpot", "e2e"] as const) {
        atMost(`${row.label} ${key}`, row.exact[key], bar[key]);
      }
    }
  },
});

Deno.test({
  name: "per-request errors stay small under 5 ms of arrival jitter (needs reference data)",
  ignore,
  fn() {
    // TPOT goes beyond what LLMServingSim has without jitter, by a tenth: see docs/fidelity.md.
    for (const row of replayed().validation.runs) {
      const { errors } = LLMSERVINGSIM[row.gpu];
      const bar = { ...errors, tpot: 1.15 * errors.tpot, ...NOT_REACHED_JITTERED[row.gpu] };
      for (const key of ["ttft", "tpot", "e2e"] as const) {
        atMost(`${row.label} ${row.tuning} ${key}`, row.mean[key], bar[key]);
        assert.ok(row.least[key] <= row.mean[key] && row.mean[key] <= row.most[key]);
      }
    }
  },
});

Deno.test({
  name: "no request of the measured runs overtook another on its way in (needs reference data)",
  ignore,
  fn() {
    for (const gpu of ["RTX4090", "RTXPRO6000"]) {
      const path = `bench/examples/${gpu}/Llama-3.1-8B/vllm/requests.jsonl`;
      const requests = Deno.readTextFileSync(externalData("llmservingsim", path)).trim().split("\n")
        .map((line) => JSON.parse(line) as Record<string, number>)
        .sort((a, b) => a.arrival_time - b.arrival_time);
      for (let i = 1; i < requests.length; i++) {
        assert.ok(requests[i].queued_ts >= requests[i - 1].queued_ts, `${gpu} row ${i}`);
        assert.ok(requests[i].scheduled_ts >= requests[i - 1].scheduled_ts, `${gpu} row ${i}`);
      }
    }
  },
});

Deno.test({
  name:
    "load points meet their bars, and every row is predicted stable or not (needs reference data)",
  ignore,
  fn() {
    const { load } = replayed().validation;
    const mean = meanOfRows(load.filter((row) => row.tuning === "calibrated"));
    for (const key of ["ttft", "tpot", "e2e"] as const) atMost(key, mean[key], BARS.load[key]);
    const untuned = meanOfRows(load.filter((row) => row.tuning === "untuned"));
    atMost("TPOT untuned", untuned.tpot, BARS.load.tpot);
    assert.equal(load.filter((row) => row.overload!.measured).length, 4);
    for (const { label, tuning, overload } of load) {
      assert.equal(overload!.predicted, overload!.measured, `${label}, ${tuning}`);
    }
  },
});

Deno.test({
  name: "concurrency points meet their bars (needs reference data)",
  ignore,
  fn() {
    const rows = replayed().validation.concurrency.filter((row) => row.tuning === "calibrated");
    for (const name of ["aiconfigurator", "inferencemax"]) {
      const mean = meanOfRows(rows.filter((row) => row.generator === name));
      atMost(`${name} TPOT`, mean.tpot, BARS.concurrency.tpot);
      atMost(`${name} TTFT`, mean.ttft, BARS.concurrency.ttft);
    }
  },
});

Deno.test({
  name:
    "constants of the load points hold for InferenceMAX's servers unseen (needs reference data)",
  ignore,
  fn() {
    const rows = replayed().validation.concurrency.filter((row) =>
      row.tuning === "calibrated" && row.generator === "inferencemax"
    );
    assert.equal(rows.length, 45);
    const mean = meanOfRows(rows);
    atMost("TPOT", mean.tpot, 0.04);
    atMost("TTFT", mean.ttft, 0.083);
  },
});

Deno.test({
  name: "TTFT of aiconfigurator's points under what is not recorded of them (needs reference data)",
  ignore,
  fn() {
    const points = replayed().data.concurrency.filter((point) =>
      loadGeneratorOf(point) === AICONFIGURATOR
    );
    const { maxTokensPerStep: documented } = AICONFIGURATOR;
    const ttft = (maxTokensPerStep = documented, requestSeconds?: number) =>
      meanErrors(points.map((point) => {
        const shipped = shippedConstants(point.gpu, false);
        const constants = {
          ...shipped,
          requestSeconds: requestSeconds ?? shipped.requestSeconds,
        };
        const generator = { ...AICONFIGURATOR, maxTokensPerStep };
        return latencyErrors(
          replayConcurrencyPoint(runner, point, constants, generator),
          point.measured,
        );
      })).ttft;
    // The rules for production take a batch of 512 where those for benchmarks take N.
    atMost("a batch of 512", ttft(({ promptTokens }) => 512 + promptTokens + 1500), 0.26);
    // vLLM's own default cannot have been what ran.
    assert.ok(ttft(() => 8192) > 0.6);
    // A successor misses the step that begins as its predecessor ends, however soon it comes.
    for (const seconds of [0.001, 0.01]) {
      atMost(`${seconds} s a request`, ttft(documented, seconds), 0.25);
    }
    assert.ok(ttft(documented, 0) > 0.3);
  },
});

Deno.test({
  name: "stored errors of the calibration are those of its constants (needs reference data)",
  ignore,
  fn() {
    const rows = replayed().validation.load.filter((row) =>
      row.tuning === "calibrated" && row.gpu === "h100-sxm"
    );
    const mean = meanOfRows(rows);
    const { errors, points } = calibrationFor({ asyncScheduling: true, generation: "hopper" });
    assert.equal(points, rows.filter((row) => !row.overload!.measured).length);
    for (const key of ["ttft", "tpot", "e2e"] as const) {
      assert.ok(Math.abs(mean[key] - errors[key]!) < 0.005, `${key}: ${mean[key]}, ${errors[key]}`);
    }
  },
});
