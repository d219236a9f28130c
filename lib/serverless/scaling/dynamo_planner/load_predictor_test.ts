import { ok, strictEqual } from "#assert";
import fc from "fast-check";
import { randomStreams } from "../../../sim/random_streams.ts";
import { fitArima, forecastArima, stationary } from "./arima.ts";
import { chooseArima, kpss } from "./choose_arima.ts";
import { loadPredictor, type PredictorOptions } from "./load_predictor.ts";
import { fitPlane, StepSamples } from "../step_samples.ts";

const OPTIONS: PredictorOptions = {
  loadPredictor: "constant",
  loadPredictorLog1p: false,
  kalmanQLevel: 1,
  kalmanQTrend: 0.1,
  kalmanR: 10,
};
const NAMES = ["constant", "arima", "kalman"] as const;

function forecasts(options: Partial<PredictorOptions>, values: readonly number[]): number[] {
  const predictor = loadPredictor({ ...OPTIONS, ...options });
  return values.map((value) => {
    predictor.observe(value);
    return predictor.forecast();
  });
}

function near(value: number, expected: number, slack = 1e-9): void {
  ok(Math.abs(value - expected) <= slack * Math.max(1, Math.abs(expected)), `${value} ${expected}`);
}

Deno.test("predictors leave out the intervals before the first load, and forecast a steady one", () => {
  for (const loadPredictor of NAMES) {
    for (const loadPredictorLog1p of [false, true]) {
      const found = forecasts({ loadPredictor, loadPredictorLog1p }, [0, 0, 7, 7, 7, 7, 7, 7, 7]);
      strictEqual(found[1], 0);
      for (const one of found.slice(2)) near(one, 7);
    }
  }
});

Deno.test("forecasts are finite, asking twice changes nothing, and ARIMA's are no less than 0", () => {
  const series = fc.array(fc.constantFrom(0, 1, 3, 50, 51, 400, 1e4), { maxLength: 24 });
  fc.assert(
    fc.property(series, fc.constantFrom(...NAMES), fc.boolean(), (values, name, isLog) => {
      const predictor = loadPredictor({
        ...OPTIONS,
        loadPredictor: name,
        loadPredictorLog1p: isLog,
      });
      for (const value of values) {
        predictor.observe(value);
        const next = predictor.forecast();
        ok(Number.isFinite(next) && (name === "kalman" || next >= 0), `${next}`);
        near(predictor.forecast(), next, name === "arima" ? 1e-3 : 0);
      }
    }),
    { numRuns: 60, seed: 3 },
  );
});

Deno.test("the Kalman predictor follows its equations", () => {
  // Begins at 10 with a covariance of 1000 and trend 0. The second value is 12: the level goes ahead
  // with 2000 + 1 and covariance (1000, 1000 + 0.1); gains 2001 / 2011 and 1000 / 2011.
  const level = 10 + 2 * 2001 / 2011, trend = 2 * 1000 / 2011;
  const [, second, third] = forecasts({ loadPredictor: "kalman" }, [10, 12, 14]);
  near(second, level + trend);
  // P after: a = 2001 (1 - 2001/2011), b = 1000 (1 - 2001/2011), c = 1000.1 - 1000/2011 x 1000.
  const rest = 10 / 2011;
  const [a, b, c] = [2001 * rest, 1000 * rest, 1000.1 - 1e6 / 2011];
  const ahead = [a + 2 * b + c + 1, b + c];
  const error = 14 - (level + trend);
  near(
    third,
    level + trend + error * ahead[0] / (ahead[0] + 10) + trend + error * ahead[1] / (ahead[0] + 10),
  );
});

/** An autoregression or moving average driven by normal noise. */
function series(count: number, ar: readonly number[], ma: readonly number[], mean: number) {
  const stream = randomStreams(5).take("noise");
  const normal = () => {
    let sum = -6;
    for (let i = 0; i < 12; i++) sum += stream.next();
    return sum;
  };
  const values: number[] = [], noise: number[] = [];
  for (let t = 0; t < count; t++) {
    noise.push(normal());
    let value = mean + noise[t];
    ar.forEach((one, i) => value += one * ((values[t - 1 - i] ?? mean) - mean));
    ma.forEach((one, i) => value += one * (noise[t - 1 - i] ?? 0));
    values.push(value);
  }
  return values;
}

Deno.test("ARIMA finds the coefficients that a series was made with", () => {
  const order = { p: 1, d: 0, q: 0, hasMean: true };
  const first = fitArima(series(2000, [0.7], [], 40), order);
  near(first.ar[0], 0.7, 0.05);
  near(first.mean, 40, 0.01);
  const second = fitArima(series(2000, [0.5, 0.3], [], 0), { ...order, p: 2, hasMean: false });
  near(second.ar[0], 0.5, 0.06);
  near(second.ar[1], 0.3, 0.06);
  const moving = fitArima(series(2000, [], [0.6], 0), { ...order, p: 0, q: 1, hasMean: false });
  near(moving.ma[0], 0.6, 0.06);
});

Deno.test("ARIMA chooses differences for a walk and terms for an autoregression", () => {
  const noise = series(300, [], [], 0);
  let level = 0;
  const walk = noise.map((one) => level += one + 1);
  ok(kpss(walk) > 0.463 && kpss(noise) < 0.463);
  strictEqual(chooseArima(walk).order.d, 1);
  const { order } = chooseArima(series(300, [0.5], [], 10));
  strictEqual(order.d, 0);
  ok(order.p >= 1 && order.hasMean, JSON.stringify(order));
});

Deno.test("ARIMA forecasts a line exactly, and an autoregression better than the last value does", () => {
  const line = Array.from({ length: 12 }, (_, i) => 20 + 5 * i);
  const model = chooseArima(line);
  near(forecastArima(model, line), 80, 1e-6);
  // An order without terms makes Dynamo's predictor one of logarithms, which grow by their own mean.
  const growth = (Math.log1p(75) - Math.log1p(20)) / 11;
  const { order } = chooseArima(line.map((one) => Math.log1p(one)));
  ok(order.p > 0 || order.q > 0 || order.d > 0, "the logarithm of a line is no line");
  const [last] = forecasts({ loadPredictor: "arima" }, line).slice(-1);
  ok(last > 75 && last < 76 * Math.exp(growth), `${last}`);
  // An order chosen of sixty intervals, whose coefficients follow those that come.
  const values = series(160, [0.7], [], 100);
  let fitted = chooseArima(values.slice(0, 60));
  let [ours, ofLast] = [0, 0];
  for (let t = 60; t < values.length; t++) {
    const past = values.slice(0, t);
    fitted = fitArima(past, fitted.order, fitted.parameters);
    ours += (forecastArima(fitted, past) - values[t]) ** 2;
    ofLast += (past[t - 1] - values[t]) ** 2;
  }
  ok(ours < 0.95 * ofLast, `${ours} ${ofLast}`);
});

Deno.test("any numbers become a stationary autoregression", () => {
  const free = fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { maxLength: 5 });
  fc.assert(fc.property(free, (numbers) => {
    const ar = stationary(numbers);
    // A shock dies out, or at least does not grow.
    const values = [1];
    for (let t = 1; t < 400; t++) {
      values.push(ar.reduce((sum, one, i) => sum + one * (values[t - 1 - i] ?? 0), 0));
    }
    ok(Math.max(...values.slice(200).map(Math.abs)) < 50);
  }));
  strictEqual(stationary([]).length, 0);
});

Deno.test("the samples of a regression keep the whole range, and no more than they may", () => {
  const samples = new StepSamples(8, 4);
  samples.add([0, 0, 1]);
  samples.add([100, 1000, 2]);
  for (let i = 0; i < 50; i++) samples.add([10, 10, 3 + i]);
  const kept = samples.all();
  strictEqual(samples.count, 8);
  strictEqual(kept.length, 8);
  // The lone sample of its part stays; of the crowded one the oldest have gone, the first of all too.
  ok(kept.some(([x]) => x === 100));
  ok(kept.every(([x, , z]) => x === 100 || z >= 46), JSON.stringify(kept));
});

Deno.test("a plane is found from its points, flat where they say nothing, and never falling", () => {
  const at = (x: number, y: number) => [x, y, 0.02 + 1e-4 * x + 1e-6 * y] as const;
  const plane = fitPlane([at(0, 0), at(100, 5000), at(900, 10), at(30, 90_000)])!;
  near(plane.baseSeconds, 0.02);
  near(plane.perPrefillToken, 1e-4, 1e-12);
  near(plane.perDecodeToken, 1e-6, 1e-12);
  // Only decodes: nothing is known of prompts.
  const line = fitPlane([at(0, 10), at(0, 500), at(0, 9000)])!;
  strictEqual(line.perPrefillToken, 0);
  near(line.perDecodeToken, 1e-6, 1e-12);
  // All alike: their mean.
  const same = fitPlane([[5, 5, 0.1], [5, 5, 0.3]])!;
  near(same.baseSeconds, 0.2);
  strictEqual(same.perDecodeToken, 0);
  strictEqual(fitPlane([[0, 0, 0.3], [0, 100, 0.2], [0, 200, 0.1]]), undefined);
});
