import { analytical } from "../../execution/analytical/mod.ts";
import type { ExecutionTimeModel } from "../../execution/execution_time_model.ts";
import { profiled, shippedProfile } from "../../execution/profiled/mod.ts";
import { gpuNamed } from "../../hardware/mod.ts";
import { modelShape } from "../../models/mod.ts";
import { UNTUNED } from "./constants.ts";
import { type LatencyErrors, latencyErrors, meanErrors } from "./latencies.ts";
import type { LoadPoint } from "./load_points.ts";
import type { MeasuredStep } from "./measured_steps.ts";
import { replayLoadPoint } from "./replay_load_point.ts";
import { ServerRunner } from "./server.ts";
import type { PointRow } from "./validate.ts";

/** Errors of the sources on the same points, nothing fitted but in the last. */
export interface SourceRow {
  /** Model and GPU. */
  readonly name: string;
  readonly points: number;
  readonly analytical: LatencyErrors;
  readonly profiled: LatencyErrors;
  readonly calibrated: LatencyErrors;
}

/** Mean absolute errors of step times by source. */
export interface StepSourceRow {
  readonly term: string;
  readonly steps: number;
  readonly analytical: number;
  readonly profiled: number;
}

/**
 * The sources of step times side by side on the open-loop stages that are no overload.
 *
 * @param load Rows of the replays by profile, of both tunings.
 */
export function sourceReport(
  points: readonly LoadPoint[],
  load: readonly PointRow[],
): SourceRow[] {
  const runner = new ServerRunner("analytical");
  const stable = points.filter(({ overloaded }) => !overloaded);
  const groups = Map.groupBy(stable, ({ server }) => `${server.model} ${server.gpu}`);
  return [...groups].map(([name, members]) => {
    const labels = new Set(members.map(({ label }) => label));
    const of = (tuning: string) =>
      meanErrors(
        load.filter((row) => row.tuning === tuning && labels.has(row.label)).map(({ errors }) =>
          errors
        ),
      );
    return {
      name,
      points: members.length,
      analytical: meanErrors(
        members.map((point) =>
          latencyErrors(replayLoadPoint(runner, point, UNTUNED).predicted, point.measured)
        ),
      ),
      profiled: of("untuned"),
      calibrated: of("calibrated"),
    };
  });
}

/** The same for whole steps on an H200, by term of a step. None of them was in a fit. */
export function stepSourceReport(steps: readonly MeasuredStep[]): StepSourceRow[] {
  const shape = modelShape("llama-3.1-8b");
  const profile = shippedProfile("h200-sxm");
  const gpu = gpuNamed("h200-sxm");
  const models = new Map<string, Record<"analytical" | "profiled", ExecutionTimeModel>>();
  const modelsFor = (attentionKernel: MeasuredStep["kernel"]) => {
    const known = models.get(attentionKernel ?? "");
    if (known !== undefined) return known;
    const kernel = attentionKernel === undefined ? {} : { attentionKernel };
    const made = {
      analytical: analytical({
        shape,
        gpu,
        tensorParallel: 1,
        // A graph's own time is the GPU's alone.
        stepOverheadSeconds: 0,
        sequenceOverheadSeconds: 0,
        ...kernel,
      }),
      profiled: profiled({
        profile,
        shape,
        tensorParallel: 1,
        weightDtype: "bf16",
        maxTokensPerStep: 8192,
        ...kernel,
      }),
    };
    models.set(attentionKernel ?? "", made);
    return made;
  };
  return [...Map.groupBy(steps, ({ term }) => term)].map(([term, members]) => {
    const error = (source: "analytical" | "profiled") =>
      members.reduce(
        (sum, { shape: step, seconds, kernel }) =>
          sum + Math.abs(modelsFor(kernel)[source].stepSeconds(step) / seconds - 1),
        0,
      ) /
      members.length;
    return {
      term,
      steps: members.length,
      analytical: error("analytical"),
      profiled: error("profiled"),
    };
  });
}
