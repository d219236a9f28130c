import { log1p } from "../../stats/elementary/mod.ts";
import type { PlanStage, StageTransfer, StageWork, StartPlan } from "./stages.ts";

const NOTHING: StageWork = { seconds: 0, secondsPer: [], transfer: null };

/**
 * The plan with one stage replaced by a constant: no bytes moved, no artifact, its noise kept.
 *
 * @param seconds Seconds, >= 0.
 * @throws {RangeError} If the plan has no stage of that name, or the seconds are negative.
 *
 * @example
 * ```ts
 * import { coldStartPreset, oneStart, withStageSeconds } from "simfaasinfer/cold-start";
 * const plan = withStageSeconds(coldStartPreset("simple").plan(), "container_create", 5);
 * console.log(oneStart({ plan, weightBytes: 16e9, weightsIn: "dram" })[0].stages[1].endAtSeconds); // 5
 * ```
 */
export function withStageSeconds(plan: StartPlan, stage: string, seconds: number): StartPlan {
  if (!(seconds >= 0) || seconds === Infinity) {
    throw new RangeError(
      `Cannot set the stage ${stage} to seconds >= 0: current value is ${seconds}`,
    );
  }
  if (!plan.stages.some((other) => other.name === stage)) {
    throw new RangeError(
      `Cannot set a stage of ${plan.id} as one of ${
        plan.stages.map((other) => other.name).join(", ")
      }: current value is ${stage}`,
    );
  }
  return mapStages(
    plan,
    (other) =>
      other.name === stage ? { ...other, work: { ...NOTHING, seconds }, artifact: null } : other,
  );
}

/** The plan with every load of weights limited to `bytesPerSecond` per flow. */
export function withLoadLimit(plan: StartPlan, bytesPerSecond: number): StartPlan {
  if (!(bytesPerSecond > 0)) {
    throw new RangeError(
      `Cannot limit loads to bytes per second > 0: current value is ${bytesPerSecond}`,
    );
  }
  const limit = (transfer: StageTransfer): StageTransfer => ({
    ...transfer,
    routes: Object.fromEntries(
      Object.entries(transfer.routes).map(([tier, route]) => [tier, {
        ...route,
        limitBytesPerSecond: Math.min(route.limitBytesPerSecond, bytesPerSecond),
      }]),
    ),
  });
  return mapStages(plan, (stage) => {
    const { transfer } = stage.work;
    if (stage.name !== "weights_load" || transfer === null) return stage;
    return { ...stage, work: { ...stage.work, transfer: limit(transfer) } };
  });
}

/**
 * The plan with lognormal noise on the time part of every stage that has none of its own.
 *
 * @param variation Coefficient of variation (standard deviation / mean), >= 0.
 */
export function withJitter(plan: StartPlan, variation: number): StartPlan {
  if (!(variation >= 0)) {
    throw new RangeError(`Cannot add noise as a variation >= 0: current value is ${variation}`);
  }
  const noiseSigma = Math.sqrt(log1p(variation * variation));
  return mapStages(
    plan,
    (stage) => stage.noiseSigma > 0 || stage.noiseUniform > 0 ? stage : { ...stage, noiseSigma },
  );
}

function mapStages(plan: StartPlan, change: (stage: PlanStage) => PlanStage): StartPlan {
  return { ...plan, stages: plan.stages.map(change) };
}
