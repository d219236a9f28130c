import { deepStrictEqual, ok } from "#assert";
import { randomStreams } from "../../lib/sim/random_streams.ts";
import { withDefaults } from "../../lib/settings/from_table.ts";
import type { ArrivalProcess, ArrivalsEntry } from "../../lib/workload/arrivals/arrival_process.ts";
import { skipsOf } from "./skips.ts";

const LAWS = ["ordered", "reproducible", "stateless", "fill", "rate", "cv", "scale"] as const;

/** The laws of arrival processes, by name. */
export type ArrivalLaw = (typeof LAWS)[number];

/** Registers the laws for a process of the table, with the options and without the laws that it says. */
export function runEntryLaws<Options extends object>(entry: ArrivalsEntry<string, Options>): void {
  const { name, settings, laws } = entry;
  const options = (ratePerSecond: number) => ({
    ...withDefaults<Options>(settings, laws?.options ?? {}),
    ratePerSecond,
  });
  const hasRate = "ratePerSecond" in settings;
  const unknown: ArrivalLaw[] = [
    ...(hasRate ? [] : ["rate", "scale"] as const),
    ...(entry.cv === undefined ? ["cv"] as const : []),
  ];
  runArrivalLaws({
    name,
    create: (rate) => entry.create(options(rate), {}),
    cv: entry.cv?.(options(RATE)) ?? NaN,
    skip: [
      ...skipsOf<ArrivalLaw>(entry, LAWS),
      ...unknown.map((law) => ({ law, reason: "the table does not say it" })),
    ],
  });
}

/** What `runArrivalLaws` needs to know of a process. */
export interface ArrivalLawsOptions {
  /** Name for the tests. */
  readonly name: string;
  /** A new process whose long-run rate is `ratePerSecond`, all else equal. */
  readonly create: (ratePerSecond: number) => ArrivalProcess;
  /** Coefficient of variation of the gaps. */
  readonly cv: number;
  /** Seconds over which arrivals are counted to find the rate; a multiple of any period. */
  readonly spanSeconds?: number;
  /** Laws that do not hold for this process, each with its reason. */
  readonly skip?: readonly { readonly law: ArrivalLaw; readonly reason: string }[];
}

const RATE = 20;
const COUNT = 60_000;

/**
 * Registers one test for each law: arrivals never go back; the same stream gives the same instants;
 * a process keeps no state; `fill` equals repeated `next`; the number of arrivals and the coefficient
 * of variation of the gaps lie in their 99.99 % intervals over 30 replications; a higher rate means
 * more arrivals.
 */
export function runArrivalLaws(options: ArrivalLawsOptions): void {
  const { name, create, cv, spanSeconds = COUNT / RATE / 10, skip = [] } = options;
  const law = (key: ArrivalLaw, sentence: string, run: () => void) => {
    const reason = skip.find((s) => s.law === key)?.reason;
    const note = reason === undefined ? "" : ` (does not hold: ${reason})`;
    Deno.test({
      name: `${name} arrivals: ${sentence}${note}`,
      ignore: reason !== undefined,
      fn: run,
    });
  };
  const stream = (seed: number) => randomStreams(seed).take("arrivals");
  const instants = (process: ArrivalProcess, seed: number, count = COUNT) => {
    const target = new Float64Array(count);
    process.fill(target, stream(seed), 0);
    return target;
  };
  /** Mean over replications and its 99.99 % interval (t quantile of 29 degrees of freedom: 4.5). */
  const interval = (values: number[]) => {
    const mean = values.reduce((a, b) => a + b) / values.length;
    const square = values.reduce((a, b) => a + (b - mean) ** 2, 0);
    return { mean, half: 4.5 * Math.sqrt(square / (values.length - 1) / values.length) };
  };

  law("ordered", "instants are finite and never decrease", () => {
    const at = instants(create(RATE), 1);
    ok(at[0] >= 0);
    for (let i = 1; i < COUNT; i++) ok(at[i] >= at[i - 1] && at[i] < Infinity, `${i}`);
  });

  law("reproducible", "the same stream gives the same instants", () => {
    deepStrictEqual(instants(create(RATE), 2, 1000), instants(create(RATE), 2, 1000));
  });

  law("stateless", "two interleaved users of one process do not see each other", () => {
    const process = create(RATE);
    const expected = instants(process, 3, 500);
    const [a, b] = [stream(3), stream(4)];
    let [atA, atB] = [0, 0];
    for (let i = 0; i < 500; i++) {
      atA = process.next(a, atA);
      atB = process.next(b, atB);
      ok(atA === expected[i]);
    }
  });

  law("fill", "fill() in parts equals next() again and again", () => {
    const process = create(RATE);
    const expected = instants(process, 5, 600);
    const [parts, single] = [stream(5), stream(5)];
    const target = new Float64Array(600);
    process.fill(target.subarray(0, 250), parts, 0);
    process.fill(target.subarray(250), parts, target[249]);
    deepStrictEqual(target, expected);
    let at = 0;
    for (let i = 0; i < 600; i++) ok((at = process.next(single, at)) === expected[i]);
  });

  law("rate", "the number of arrivals matches the rate", () => {
    const process = create(RATE);
    ok(Math.abs(process.meanRatePerSecond - RATE) < 1e-9 * RATE);
    const counts = Array.from({ length: 30 }, (_, seed) => {
      const source = stream(100 + seed);
      let count = 0;
      for (let at = process.next(source, 0); at <= spanSeconds; at = process.next(source, at)) {
        count++;
      }
      return count;
    });
    const { mean, half } = interval(counts);
    // A renewal process that starts with an arrival counts (cv^2 - 1) / 2 more than rate x span.
    const expected = RATE * spanSeconds + Math.max(0, (cv * cv - 1) / 2);
    const slack = half + 1 + Math.max(0, cv * cv - 1) / 2;
    ok(Math.abs(mean - expected) <= slack, `${mean} is not ${expected} +- ${slack}`);
  });

  law("cv", "the gaps have their coefficient of variation", () => {
    const ratios = Array.from({ length: 30 }, (_, seed) => {
      const at = instants(create(RATE), 200 + seed, COUNT / 2);
      const mean = at[at.length - 1] / at.length;
      let square = 0;
      for (let i = 0; i < at.length; i++) square += (at[i] - (at[i - 1] ?? 0) - mean) ** 2;
      return Math.sqrt(square / at.length) / mean;
    });
    const { mean, half } = interval(ratios);
    ok(Math.abs(mean - cv) <= half + 0.01 * cv + 1e-9, `${mean} is not ${cv} +- ${half}`);
  });

  law("scale", "twice the rate brings the arrivals in half the time", () => {
    const slow = instants(create(RATE), 6);
    const fast = instants(create(2 * RATE), 6);
    const ratio = slow[COUNT - 1] / fast[COUNT - 1];
    ok(Math.abs(ratio - 2) < 0.05 * Math.max(1, cv), `${ratio}`);
  });
}
