import type { StepShape } from "../execution/execution_time_model.ts";
import { mgcWaitQuantile } from "../stats/multiserver_waits.ts";
import { type BoundInstance, heldSequences, mixedStep } from "./bound.ts";
import type { Load } from "./load.ts";
import { isUpperLimit, type Objective } from "./objectives.ts";

/** Share of its slots that a fleet may use in the mean: beyond it waits tell more than queues do. */
const MOST_LOAD = 0.9;
/** Instances that are thought about at most. */
const MOST_INSTANCES = 4096;

/** An instance as servers of a queue: each place of its batch holds a request from its prefill to its end. */
export interface Slots {
  /** Places of an instance that are used together. */
  readonly count: number;
  /** Time that a request holds one, seconds, while all are used. */
  readonly heldSeconds: number;
  /** Time of a step in which all are used, seconds. */
  readonly stepSeconds: number;
}

/**
 * The places of an instance that keep the limits on the time between tokens: the largest batch, within
 * what scheduler and KV cache hold, whose step is below them. A step has a decode of each place and the
 * share of prompts that its steps have to do. At least one place.
 */
export function slotsOf(
  instance: BoundInstance,
  load: Load,
  objectives: readonly Objective[],
): Slots {
  const { deployment, maxTokensPerStep } = instance;
  const most = Math.max(
    1,
    Math.floor(Math.min(
      deployment.maxSequences,
      maxTokensPerStep,
      heldSequences(instance, load),
    )),
  );
  const prompt = Math.max(1, load.promptTokens);
  const steps = 1 + load.decodeTokens;
  const limit = Math.min(
    ...objectives
      .filter((one) => isUpperLimit(one) && /^(tpot|tbt)_s\./.test(one.path))
      .map(({ limit }) => limit),
  );
  const stepOf = (count: number): number => {
    const tokens = Math.min(maxTokensPerStep - count, Math.ceil(count * prompt / steps));
    const shape: StepShape = mixedStep(count, Math.max(1, load.contextTokens), tokens, prompt);
    return deployment.execution.stepSeconds(shape);
  };
  // Steps grow with the batch: the largest one within the limit by halving.
  let [low, high] = [1, most];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (stepOf(middle) <= limit) low = middle;
    else high = middle - 1;
  }
  const stepSeconds = stepOf(low);
  // Of prompts that are longer than what is left of the budget more steps are needed.
  const prefills = Math.max(
    1,
    Math.ceil(low * prompt / steps) / Math.max(1, maxTokensPerStep - low),
  );
  return { count: low, heldSeconds: steps * prefills * stepSeconds, stepSeconds };
}

/**
 * Instances with which a plan's search begins: the fewest whose places, as servers of an M/G/c queue,
 * leave the limits on the first token. A hint that orders what is run, and leaves nothing out: arrivals
 * may come in bursts, few requests never see a steady state, and batches are no servers. 0: no hint.
 *
 * @source as planners of fleets do it, such as FleetSim (arXiv 2603.16054): KV slots as servers, Kimura's
 *   approximation of their wait
 */
export function likelyInstances(
  instance: BoundInstance,
  load: Load,
  objectives: readonly Objective[],
): number {
  if (!load.isOpen || load.count < 2 || !(load.spanSeconds > 0)) return 0;
  const rate = load.count / load.spanSeconds;
  const { count, heldSeconds, stepSeconds } = slotsOf(instance, load, objectives);
  const first = objectives.filter((one) =>
    isUpperLimit(one) && one.path.startsWith("ttft_s.") && one.percentile !== undefined &&
    one.percentile < 100
  );
  const least = Math.max(1, Math.ceil(rate * heldSeconds / count / MOST_LOAD));
  for (let instances = least; instances <= MOST_INSTANCES; instances++) {
    const isEnough = first.every(({ limit, percentile }) =>
      mgcWaitQuantile(rate, heldSeconds, instances * count, 1, percentile! / 100) +
          2 * stepSeconds <= limit
    );
    if (isEnough || instances >= 4 * least + 8) return instances;
  }
  return 0;
}
