import { STAGE_NAMES, type StartPlan } from "./stages.ts";

/** What a pool can hold ready. */
export const POOLED_THINGS = ["node", "container", "engine"] as const;
/** A machine, a container whose runtime is loaded, or an engine that lacks nothing but a model. */
export type PooledThing = (typeof POOLED_THINGS)[number];

/** The last stage, in the usual order of stages, that has been done for each of them. */
const LAST_STAGE: Readonly<Record<PooledThing, (typeof STAGE_NAMES)[number]>> = {
  node: "node_provision",
  container: "runtime_import",
  engine: "collective_init",
};

/**
 * A start in two parts: the stages that bring up a member of a pool, and those that it leaves to do.
 * The first part has the stages up to the last one of that thing in the order of `STAGE_NAMES`, as far
 * as all that they wait for is in it too; stages with names of their own are left to do.
 *
 * @param of What the pool holds.
 * @throws {RangeError} If the plan has no such stage.
 *
 * @example
 * ```ts
 * import { coldStartPreset, splitPlan } from "simfaasinfer/cold-start";
 * const { ahead, rest } = splitPlan(coldStartPreset("simple").plan(), "container");
 * console.log(ahead.stages.map((stage) => stage.name).join(" ")); // image_pull container_create runtime_import
 * console.log(rest.stages[0].name); // weights_fetch
 * ```
 */
export function splitPlan(
  plan: StartPlan,
  of: PooledThing,
): { readonly ahead: StartPlan; readonly rest: StartPlan } {
  const last = STAGE_NAMES.indexOf(LAST_STAGE[of]);
  const isAhead: boolean[] = [];
  plan.stages.forEach(({ name, after }, i) => {
    const place = (STAGE_NAMES as readonly string[]).indexOf(name);
    isAhead[i] = place >= 0 && place <= last && after.every((other) => isAhead[other]);
  });
  if (!isAhead.includes(true)) {
    throw new RangeError(
      `Cannot keep a pool as one of a ${of} of ${plan.id}, whose stages up to ${
        LAST_STAGE[of]
      } are done ahead: current value is ${plan.stages.map(({ name }) => name).join(", ")}`,
    );
  }
  return { ahead: keepStages(plan, isAhead), rest: keepStages(plan, isAhead.map((done) => !done)) };
}

/**
 * The stages of a start that fetch and load the weights: what waking takes an instance whose process
 * has stayed without them.
 *
 * @throws {RangeError} If the plan has no such stage.
 */
export function reloadPlan(plan: StartPlan): StartPlan {
  const moves = plan.stages.map(({ name, work }) =>
    name.startsWith("weights_") || work.transfer?.what === "weights"
  );
  if (!moves.includes(true)) {
    throw new RangeError(
      `Cannot load the weights of ${plan.id} again as in a stage of its start: current value is ${
        plan.stages.map(({ name }) => name).join(", ")
      }`,
    );
  }
  return keepStages(plan, moves);
}

/** The plan without the other stages; who waited for one of those waits for what it waited for. */
function keepStages(plan: StartPlan, isKept: readonly boolean[]): StartPlan {
  const placeOf: number[] = [];
  /** For each stage, what a stage after it waits for. */
  const endsWith: number[][] = [];
  const stages: StartPlan["stages"][number][] = [];
  plan.stages.forEach((stage, i) => {
    const after = [...new Set(stage.after.flatMap((other) => endsWith[other]))]
      .sort((a, b) => a - b);
    if (isKept[i]) {
      placeOf[i] = stages.push({ ...stage, after }) - 1;
      endsWith[i] = [placeOf[i]];
    } else {
      endsWith[i] = after;
    }
  });
  return { ...plan, stages };
}
