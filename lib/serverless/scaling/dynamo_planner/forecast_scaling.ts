import type { InstanceFacts, ScalingSignals } from "../policy.ts";
import type { AggregatedModel } from "./aggregated_model.ts";
import { type LoadPredictor, loadPredictor, type PredictorOptions } from "./load_predictor.ts";

/** Forecasts due this much later than an evaluation are made with it, seconds. */
const MERGE_SECONDS = 0.5;

/** What decisions by forecast go by. */
export interface ForecastScalingOptions extends PredictorOptions {
  /** Time between two forecasts, seconds. */
  readonly intervalSeconds: number;
  readonly ttftSeconds: number;
  readonly itlSeconds: number;
  readonly minEndpoint: number;
  readonly instance: InstanceFacts;
}

/**
 * As many instances as the forecast load needs: requests of the next interval over the rate that an
 * engine serves within the limits, for prompts and outputs as forecast. Load is what has completed; an
 * interval without is none.
 *
 * @source Dynamo, planner/core/throughput_scaling.py (4d3f6720, _throughput_agg); requests are counted
 *   when they end, and an interval without any is left out, as the planner does with metrics that are
 *   not numbers
 */
export class ForecastScaling {
  readonly #model: AggregatedModel;
  readonly #options: ForecastScalingOptions;
  readonly #requests: LoadPredictor;
  readonly #prompts: LoadPredictor;
  readonly #outputs: LoadPredictor;
  /** Completions of the interval, and their tokens. */
  #traffic = { completions: 0, promptTokens: 0, outputTokens: 0 };
  #intervals = 0;

  constructor(model: AggregatedModel, options: ForecastScalingOptions) {
    this.#model = model;
    this.#options = options;
    [this.#requests, this.#prompts, this.#outputs] = [1, 2, 3].map(() => loadPredictor(options));
  }

  /** Whether something has completed that no forecast has counted yet. */
  get hasTraffic(): boolean {
    return this.#traffic.completions > 0;
  }

  /** Instances that there are to be, where a forecast is due; undefined: as they are. */
  decide(signals: ScalingSignals): number | undefined {
    const { nowSeconds, completions, promptTokensMean, outputTokensMean } = signals;
    const traffic = this.#traffic;
    traffic.completions += completions;
    traffic.promptTokens += completions * promptTokensMean;
    traffic.outputTokens += completions * outputTokensMean;
    const over = Math.floor((nowSeconds + MERGE_SECONDS) / this.#options.intervalSeconds);
    if (over === this.#intervals) return undefined;
    this.#intervals = over;
    this.#traffic = { completions: 0, promptTokens: 0, outputTokens: 0 };
    return traffic.completions === 0 ? undefined : this.#forecast(traffic);
  }

  #forecast(
    { completions, promptTokens, outputTokens }: {
      completions: number;
      promptTokens: number;
      outputTokens: number;
    },
  ): number | undefined {
    const { intervalSeconds, minEndpoint, instance } = this.#options;
    this.#requests.observe(completions);
    this.#prompts.observe(promptTokens / completions);
    this.#outputs.observe(outputTokens / completions);
    const rate = this.#requests.forecast() / intervalSeconds;
    const size = {
      promptTokens: this.#prompts.forecast(),
      outputTokens: this.#outputs.forecast(),
    };
    const { ratePerSecond } = this.#model.bestRate(size, this.#options, instance);
    if (ratePerSecond <= 0) return undefined;
    return Math.max(Math.ceil(rate / ratePerSecond), minEndpoint);
  }
}
