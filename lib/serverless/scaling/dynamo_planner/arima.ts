import { exp, log } from "../../../stats/elementary/mod.ts";
import { minimize } from "./nelder_mead.ts";

/** Order of an ARIMA model. */
export interface ArimaOrder {
  /** Autoregressive terms, differences, moving-average terms. */
  readonly p: number;
  readonly d: number;
  readonly q: number;
  /** Whether the differenced series has a mean of its own. */
  readonly hasMean: boolean;
}

/** An ARIMA model with its coefficients. */
export interface FittedArima {
  readonly order: ArimaOrder;
  /** What the search varied: p and q partial autocorrelations as tangents, and the mean. */
  readonly parameters: readonly number[];
  /** Coefficients of the past values and of the past errors, the latest first, and the mean. */
  readonly ar: readonly number[];
  readonly ma: readonly number[];
  readonly mean: number;
  /** Akaike's criterion: less is better. */
  readonly aic: number;
}

/** The series differenced `d` times. */
export function differences(values: readonly number[], d: number): number[] {
  let series = [...values];
  for (let i = 0; i < d; i++) series = series.slice(1).map((value, j) => value - series[j]);
  return series;
}

function tanh(value: number): number {
  const ratio = exp(-2 * Math.abs(value));
  return Math.sign(value) * (1 - ratio) / (1 + ratio);
}

/**
 * Coefficients of a stationary autoregression from numbers that may be anything: their hyperbolic
 * tangents are its partial autocorrelations. An empty list gives none.
 *
 * @source Monahan 1984, "A note on enforcing stationarity in autoregressive-moving average models"
 */
export function stationary(free: readonly number[]): number[] {
  let coefficients: number[] = [];
  for (const value of free) {
    const partial = tanh(value);
    const { length } = coefficients;
    coefficients = [
      ...coefficients.map((one, i) => one - partial * coefficients[length - 1 - i]),
      partial,
    ];
  }
  return coefficients;
}

/** Whether a partial autocorrelation is so near to 1 that the model is hardly one of its order. */
export function isNearUnitRoot({ order: { p, q }, parameters }: FittedArima): boolean {
  return parameters.slice(0, p + q).some((one) => Math.abs(tanh(one)) > 0.97);
}

/** Coefficients that the parameters of a search stand for. */
function coefficientsOf(
  { p, q, hasMean }: ArimaOrder,
  parameters: readonly number[],
): Pick<FittedArima, "ar" | "ma" | "mean"> {
  return {
    ar: stationary(parameters.slice(0, p)),
    // An invertible moving average is a stationary autoregression with the other sign.
    ma: stationary(parameters.slice(p, p + q)).map((one) => -one),
    mean: hasMean ? parameters[p + q] : 0,
  };
}

/** Errors of one-step forecasts; what was before the series is as its mean. The next forecast comes last. */
function oneStep(
  series: readonly number[],
  { ar, ma, mean }: Pick<FittedArima, "ar" | "ma" | "mean">,
): { readonly errors: Float64Array; readonly next: number } {
  const errors = new Float64Array(series.length);
  let next = mean;
  for (let t = 0; t <= series.length; t++) {
    next = mean;
    for (let i = 0; i < ar.length && i < t; i++) next += ar[i] * (series[t - 1 - i] - mean);
    for (let i = 0; i < ma.length && i < t; i++) next += ma[i] * errors[t - 1 - i];
    if (t < series.length) errors[t] = series[t] - next;
  }
  return { errors, next };
}

/**
 * Fits a model by the least sum of squared one-step errors (conditional on what was before the
 * series). Deterministic.
 *
 * @param start Parameters to begin with; default 0 and the mean of the series.
 * @source Box and Jenkins, "Time Series Analysis", conditional least squares
 */
export function fitArima(
  values: readonly number[],
  order: ArimaOrder,
  start?: readonly number[],
): FittedArima {
  const { p, d, q, hasMean } = order;
  const series = differences(values, d);
  const scale = Math.max(1e-12, ...series.map(Math.abs));
  const mean = series.reduce((sum, one) => sum + one, 0) / series.length;
  // Where an earlier search has run far out, where all is as flat as at the end, this one begins nearer.
  const begin = start?.map((one, i) => i < p + q ? Math.max(-2, Math.min(2, one)) : one) ??
    [...new Array<number>(p + q).fill(0), ...(hasMean ? [mean] : [])];
  const steps = begin.map((_, i) => i < p + q ? 0.3 : Math.max(0.1 * Math.abs(mean), 0.05 * scale));
  const squares = (parameters: readonly number[]) => {
    const { errors } = oneStep(series, coefficientsOf(order, parameters));
    let sum = 0;
    for (const error of errors) sum += error * error;
    return sum;
  };
  const parameters = begin.length === 0 ? [] : minimize(squares, begin, steps);
  const variance = Math.max(squares(parameters) / series.length, 1e-18 * scale * scale);
  return {
    order,
    parameters,
    ...coefficientsOf(order, parameters),
    aic: series.length * (log(2 * Math.PI * variance) + 1) + 2 * (begin.length + 1),
  };
}

/** The next value of a series by a model of it. */
export function forecastArima(model: FittedArima, values: readonly number[]): number {
  const { order: { d } } = model;
  let { next } = oneStep(differences(values, d), model);
  // From the difference back to the value: each level adds the last of its own.
  for (let level = d - 1; level >= 0; level--) {
    const series = differences(values, level);
    next += series[series.length - 1];
  }
  return next;
}
