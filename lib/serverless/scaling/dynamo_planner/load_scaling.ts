import type { InstanceFacts, InstanceLoad } from "../policy.ts";
import type { AggregatedModel } from "./aggregated_model.ts";

/** KV use above which any engine asks for one more, and below which all let one go. */
const KV_USE = {
  throughput: { up: 1, down: 0.6 },
  latency: { up: 0.4, down: 0.1 },
} as const;

/** What decisions by load go by. */
export interface LoadScalingOptions {
  readonly ttftSeconds: number;
  readonly itlSeconds: number;
  /** Share of a limit below which an estimate is low. */
  readonly downShare: number;
  readonly instance: InstanceFacts;
}

/**
 * One instance more or fewer by what the engines do. By thresholds: one more if any engine's KV
 * entries, those of its decodes and those that waiting requests ask for, exceed a share of its
 * memory; one fewer if all are below a lower one. By a model: one more if all engines' estimates of
 * the time to first token, or of that between tokens, exceed their limit; one fewer if both of all are
 * below a share of it.
 *
 * @source Dynamo, planner/core/load_scaling.py (936d8195: _agg_easy_decision, _advance_load_agg,
 *   _scale_decision)
 */
export class LoadScaling {
  readonly #by: "throughput" | "latency" | AggregatedModel;
  readonly #options: LoadScalingOptions;

  constructor(by: "throughput" | "latency" | AggregatedModel, options: LoadScalingOptions) {
    this.#by = by;
    this.#options = options;
  }

  /** Instances that there are to be; undefined: as they are. @param loads One or more. */
  decide(loads: readonly InstanceLoad[]): number | undefined {
    const { length } = loads;
    const change = typeof this.#by === "string"
      ? this.#byThresholds(loads, KV_USE[this.#by])
      : this.#byModel(loads, this.#by);
    return change === 0 || length + change === 0 ? undefined : length + change;
  }

  #byThresholds(loads: readonly InstanceLoad[], share: { up: number; down: number }): number {
    const { kvCapacityTokens } = this.#options.instance;
    const uses = loads.map(({ step, waitingDecodeTokens, waitingPromptTokens }) =>
      (step.decodeContextTokens + waitingDecodeTokens + waitingPromptTokens) / kvCapacityTokens
    );
    if (uses.some((use) => use > share.up)) return 1;
    return uses.every((use) => use < share.down) ? -1 : 0;
  }

  #byModel(loads: readonly InstanceLoad[], model: AggregatedModel): number {
    if (!model.hasSufficientData) return 0;
    const { instance: { maxTokensPerStep }, ttftSeconds, itlSeconds } = this.#options;
    const prefill = this.#changeBy(
      loads.map(({ waitingPromptTokens, step }) =>
        model.nextTtft(waitingPromptTokens, step.decodeContextTokens, maxTokensPerStep)
      ),
      ttftSeconds,
    );
    const decode = this.#changeBy(
      loads.map(({ waitingDecodeTokens, step }) =>
        model.nextItl(step.decodeContextTokens + waitingDecodeTokens)
      ),
      itlSeconds,
    );
    if (prefill > 0 || decode > 0) return 1;
    return prefill < 0 && decode < 0 ? -1 : 0;
  }

  #changeBy(estimates: readonly (number | undefined)[], limit: number): number {
    const known = estimates.filter((one) => one !== undefined);
    if (known.length === 0) return 0;
    if (known.every((one) => one > limit)) return 1;
    return known.every((one) => one < limit * this.#options.downShare) ? -1 : 0;
  }
}
