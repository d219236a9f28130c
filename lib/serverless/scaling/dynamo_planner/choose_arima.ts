import {
  type ArimaOrder,
  differences,
  fitArima,
  type FittedArima,
  isNearUnitRoot,
} from "./arima.ts";

/** Most terms of each kind, and most differences. */
const MOST_TERMS = 5, MOST_DIFFERENCES = 2;

/** A series whose statistic is above it is not level: the test's critical value at 5 %. */
const LEVEL_AT_MOST = 0.463;

/**
 * How far a series is from being stationary around a level: the statistic of Kwiatkowski, Phillips,
 * Schmidt and Shin, with a Bartlett window of trunc(3 sqrt(n) / 13) lags; 0 of a constant series.
 *
 * @source Kwiatkowski et al. 1992, "Testing the null hypothesis of stationarity against the
 *   alternative of a unit root"
 */
export function kpss(series: readonly number[]): number {
  const { length } = series;
  const mean = series.reduce((sum, one) => sum + one, 0) / length;
  const errors = series.map((one) => one - mean);
  const lags = Math.trunc(3 * Math.sqrt(length) / 13);
  let variance = 0;
  for (let lag = 0; lag <= lags; lag++) {
    let sum = 0;
    for (let t = lag; t < length; t++) sum += errors[t] * errors[t - lag];
    variance += (lag === 0 ? 1 : 2 * (1 - lag / (lags + 1))) * sum / length;
  }
  let partial = 0, squares = 0;
  for (const error of errors) {
    partial += error;
    squares += partial * partial;
  }
  return variance > 0 ? squares / (length * length * variance) : 0;
}

/** Differences after which a series is level. */
function differencesNeeded(values: readonly number[]): number {
  for (let d = 0; d < MOST_DIFFERENCES; d++) {
    const series = differences(values, d);
    if (series.length < 4 || kpss(series) <= LEVEL_AT_MOST) return d;
  }
  return MOST_DIFFERENCES;
}

/**
 * The model of least AIC that a stepwise search finds: differences by the KPSS test, then from
 * (2, 2), (0, 0), (1, 0) and (0, 1) on to the best neighbour, by one term or the mean, as long as that
 * is better. Models next to a unit root do not count. pmdarima's auto_arima with its defaults searches so, but fits by exact likelihood; here
 * least squares do, which gives the same orders and forecasts on long series and may differ on series
 * of a few intervals.
 *
 * @source Hyndman and Khandakar 2008, "Automatic time series forecasting: the forecast package for R"
 */
export function chooseArima(values: readonly number[]): FittedArima {
  const d = differencesNeeded(values);
  const mayHaveMean = d < 2;
  const tried = new Map<string, FittedArima>();
  const length = values.length - d;
  const attempt = (order: ArimaOrder): FittedArima | undefined => {
    const { p, q, hasMean } = order;
    if (Math.min(p, q) < 0 || Math.max(p, q) > MOST_TERMS || (hasMean && !mayHaveMean)) return;
    // More coefficients than the series can tell.
    if (p + q + Number(hasMean) > length - 2) return;
    const key = `${p} ${q} ${hasMean}`;
    if (!tried.has(key)) tried.set(key, fitArima(values, order));
    const model = tried.get(key)!;
    return isNearUnitRoot(model) ? undefined : model;
  };
  const better = (one: FittedArima | undefined, other: FittedArima | undefined) =>
    other !== undefined && (one === undefined || other.aic < one.aic - 1e-9) ? other : one;
  let best: FittedArima | undefined;
  for (const [p, q] of [[2, 2], [0, 0], [1, 0], [0, 1]]) {
    best = better(best, attempt({ p, d, q, hasMean: mayHaveMean }));
  }
  best = better(best, attempt({ p: 0, d, q: 0, hasMean: false }));
  for (;;) {
    const { p, q, hasMean } = best!.order;
    const from = best;
    for (const [dp, dq] of [[-1, 0], [0, -1], [1, 0], [0, 1], [-1, -1], [1, 1], [-1, 1], [1, -1]]) {
      best = better(best, attempt({ p: p + dp, d, q: q + dq, hasMean }));
    }
    best = better(best, attempt({ p, d, q, hasMean: !hasMean }));
    if (best === from) return best!;
  }
}
