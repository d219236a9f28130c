import { expm1, log1p } from "../../../stats/elementary/mod.ts";
import { fitArima, type FittedArima, forecastArima } from "./arima.ts";
import { chooseArima } from "./choose_arima.ts";
import type { LoadPredictor } from "./load_predictor.ts";

/** Intervals before a model is fitted. */
const FEWEST = 5;

/** Intervals that a model is fitted to: the last ones. */
const MOST = 512;

/**
 * An ARIMA model whose order is chosen once, when there are five intervals, and whose coefficients
 * follow each further one. Where the chosen order has neither an autoregressive nor a moving-average
 * part, the model is one of log(1 + load). Loads that have all been equal are forecast as they are.
 *
 * @source Dynamo, planner/core/load/predictors.py (ARIMAPredictor), which calls pmdarima's auto_arima;
 *   see `chooseArima` for the search
 */
export class ArimaPredictor implements LoadPredictor {
  readonly #isLogAsked: boolean;
  #values: number[] = [];
  #isLog: boolean;
  #model: FittedArima | undefined;

  /** @param isLog Whether to model log(1 + load) from the beginning. */
  constructor(isLog: boolean) {
    this.#isLogAsked = isLog;
    this.#isLog = isLog;
  }

  observe(value: number): void {
    this.#values.push(Math.max(0, value));
    if (this.#values.length > MOST) this.#values.shift();
  }

  forecast(): number {
    const values = this.#values;
    const { length } = values;
    if (length === 0) return 0;
    if (length < FEWEST) return values[length - 1];
    if (values.every((value) => value === values[0])) return values[0];
    const model = this.#model === undefined ? this.#choose() : this.#follow(this.#model);
    const next = forecastArima(model, this.#series(this.#isLog));
    const load = this.#isLog ? expm1(next) : next;
    return Number.isFinite(load) ? Math.max(0, load) : values[length - 1];
  }

  #series(isLog: boolean): number[] {
    return isLog ? this.#values.map((value) => log1p(value)) : this.#values;
  }

  #choose(): FittedArima {
    let model = chooseArima(this.#series(this.#isLogAsked));
    const { p, q } = model.order;
    if (p === 0 && q === 0 && !this.#isLogAsked) {
      this.#isLog = true;
      model = chooseArima(this.#series(true));
    }
    return this.#model = model;
  }

  #follow({ order, parameters }: FittedArima): FittedArima {
    return this.#model = fitArima(this.#series(this.#isLog), order, parameters);
  }
}
