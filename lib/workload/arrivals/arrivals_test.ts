import { ok, strictEqual, throws } from "#assert";
import { fromTable } from "../../settings/from_table.ts";
import { runArrivalLaws, runEntryLaws } from "../../../tests/conformance/arrival_laws.ts";
import { randomStreams } from "../../sim/random_streams.ts";
import {
  ARRIVALS,
  type ArrivalsEntry,
  bursts,
  gammaArrivals,
  poisson,
  rateCurve,
  uniformArrivals,
} from "./mod.ts";

/**
 * Coefficient of variation of gaps when half the time has one rate and half another, for pieces
 * much longer than a gap: gaps are a mixture of two exponentials, weighted by arrivals.
 */
function mixtureCv(slow: number, fast: number): number {
  const share = slow / (slow + fast);
  const mean = share / slow + (1 - share) / fast;
  const square = 2 * (share / slow ** 2 + (1 - share) / fast ** 2);
  return Math.sqrt(square / mean ** 2 - 1);
}

for (const entry of ARRIVALS.entries as readonly ArrivalsEntry<string, object>[]) {
  runEntryLaws(entry);
}
for (const cv of [0.4, 1]) {
  runArrivalLaws({
    name: `gamma (cv ${cv})`,
    create: (ratePerSecond) => gammaArrivals({ ratePerSecond, cv }),
    cv,
  });
}
runArrivalLaws({
  name: "rate-curve",
  create: (rate) => rateCurve({ ratesPerSecond: [0.2 * rate, 1.8 * rate], pieceSeconds: 30 }),
  cv: mixtureCv(4, 36),
  spanSeconds: 300,
});
runArrivalLaws({
  name: "bursts",
  create: (rate) =>
    bursts({
      baseRatePerSecond: 0.5 * rate,
      burstRatePerSecond: 1.5 * rate,
      periodSeconds: 60,
      burstSeconds: 30,
    }),
  cv: mixtureCv(10, 30),
  spanSeconds: 300,
});

Deno.test("uniformArrivals() stays on its grid after a million arrivals", () => {
  const stream = randomStreams(1).take("arrivals");
  const at = new Float64Array(1_000_000);
  uniformArrivals({ ratePerSecond: 10 }).fill(at, stream, 0);
  for (let i = 0; i < at.length; i += 997) strictEqual(at[i], (i + 1) / 10);
  strictEqual(at[999_999], 100_000);
});

Deno.test("rateCurve() keeps each piece's rate, skips empty ones and ends when told to", () => {
  const ratesPerSecond = [30, 0, 10, 60];
  const process = rateCurve({ ratesPerSecond, pieceSeconds: 200, repeat: false });
  const stream = randomStreams(1).take("arrivals");
  const counts = [0, 0, 0, 0];
  let at = process.next(stream, 0);
  for (; at < Infinity; at = process.next(stream, at)) counts[Math.floor(at / 200)]++;
  counts.forEach((count, i) => {
    const expected = 200 * ratesPerSecond[i];
    ok(Math.abs(count - expected) <= 4 * Math.sqrt(expected), `${i}: ${count}`);
  });
  strictEqual(process.next(stream, 5000), Infinity);
});

Deno.test("rateCurve() and bursts() pass the integrated rate of one draw from arrival to arrival", () => {
  const rates = [2, 0, 0.05, 7];
  const curve = rateCurve({ ratesPerSecond: rates, pieceSeconds: 3 });
  const alternating = bursts({
    baseRatePerSecond: 0.1,
    burstRatePerSecond: 4,
    periodSeconds: 6,
    burstSeconds: 1.5,
  });
  // Integrated rates from 0 to t, by whole periods and what is left.
  const curveIntegral = (t: number) => {
    let sum = Math.floor(t / 12) * 3 * 9.05;
    rates.forEach((rate, i) => sum += rate * Math.min(3, Math.max(0, t % 12 - 3 * i)));
    return sum;
  };
  const burstIntegral = (t: number) =>
    Math.floor(t / 6) * (0.45 + 6) + 0.1 * Math.min(4.5, t % 6) + 4 * Math.max(0, t % 6 - 4.5);
  for (
    const [process, integral] of [[curve, curveIntegral], [alternating, burstIntegral]] as const
  ) {
    const [source, twin] = [randomStreams(4).take("arrivals"), randomStreams(4).take("arrivals")];
    for (let i = 0, at = 0; i < 300; i++) {
      const next = process.next(source, at);
      const expected = -Math.log(1 - twin.next());
      ok(Math.abs(integral(next) - integral(at) - expected) < 1e-9, `${i}: ${at} to ${next}`);
      at = next;
    }
  }
});

Deno.test("bursts() with no base traffic arrives at the end of each period only", () => {
  const process = bursts({
    baseRatePerSecond: 0,
    burstRatePerSecond: 50,
    periodSeconds: 100,
    burstSeconds: 10,
  });
  const stream = randomStreams(1).take("arrivals");
  for (let i = 0, at = 0; i < 2000; i++) {
    at = process.next(stream, at);
    ok(at % 100 >= 90, `${at}`);
  }
});

Deno.test("arrival processes refuse rates and lengths that are out of range", () => {
  throws(() => poisson({ ratePerSecond: -3 }), /ratePerSecond .* > 0: current value is -3$/);
  throws(() => uniformArrivals({ ratePerSecond: 0 }), /current value is 0$/);
  throws(() => gammaArrivals({ ratePerSecond: 1, cv: NaN }), /cv .*: current value is NaN$/);
  throws(() => rateCurve({ ratesPerSecond: [1, -1] }), /rate 1 .*: current value is -1$/);
  throws(() => rateCurve({ ratesPerSecond: [0, 0] }), RangeError);
  throws(() => rateCurve({ ratesPerSecond: [1], pieceSeconds: 0 }), RangeError);
  const base = { baseRatePerSecond: 1, burstRatePerSecond: 5, periodSeconds: 10 };
  throws(() => bursts({ ...base, burstSeconds: 11 }), /current value is 11$/);
});

Deno.test("fromTable() makes the process of that name and lists the names there are", () => {
  const made = fromTable(ARRIVALS, "poisson", { ratePerSecond: 3 }, {});
  strictEqual(made.meanRatePerSecond, 3);
  throws(() => fromTable(ARRIVALS, "poison" as "poisson", {}, {}), /poisson, .*"poison"$/);
  throws(() => fromTable(ARRIVALS, "gamma", { ratePerSecond: 0 }, {}), /ratePerSecond .* > 0/);
});

Deno.test("rateCurve() and bursts() pass over many cycles at once, at their mean rate", () => {
  for (const pieceSeconds of [1e-3, 1]) {
    const rates = { ratesPerSecond: [1e-4, 0, 3e-4], pieceSeconds };
    const burst = {
      baseRatePerSecond: 1e-4,
      burstRatePerSecond: 4e-4,
      periodSeconds: pieceSeconds,
      burstSeconds: pieceSeconds / 3,
    };
    for (const process of [rateCurve(rates), bursts(burst)]) {
      const at = new Float64Array(4000);
      process.fill(at, randomStreams(5).take("arrivals"), 0);
      const mean = at[at.length - 1] / at.length;
      ok(Math.abs(mean * process.meanRatePerSecond - 1) < 5 / Math.sqrt(at.length), `${mean}`);
      ok(at.every((instant, i) => i === 0 || instant >= at[i - 1]));
    }
  }
});

Deno.test("rateCurve() and bursts() that hardly ever come do not come", () => {
  const stream = randomStreams(5).take("arrivals");
  strictEqual(rateCurve({ ratesPerSecond: [1e-300] }).next(stream, 0), Infinity);
  strictEqual(
    bursts({
      baseRatePerSecond: 0,
      burstRatePerSecond: 1e-300,
      periodSeconds: 1e-6,
      burstSeconds: 1e-6,
    }).next(stream, 0),
    Infinity,
  );
});
