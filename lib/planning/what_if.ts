import { loadConfig } from "../config/load.ts";
import type { Configuration } from "../config/configuration.ts";
import { type KeptRun, runKept, withSeed } from "../experiment/sweep/mod.ts";
import type { RunInputs } from "../run/cluster.ts";
import { showValue } from "../std/show_value.ts";
import {
  type FigureDifference,
  figureDifferences,
  type SettingDifference,
  settingDifferences,
} from "./differences.ts";
import { isSaturated } from "./evaluate.ts";
import { isReplayed, rateSettings, withRateFactor } from "./load.ts";

/** A question about a result. */
export interface WhatIfOptions {
  /** Its whole configuration. */
  readonly config: Configuration;
  /**
   * What is changed: texts "path=value". `workload.rate_scale` multiplies the rate, whatever the
   * workload is.
   */
  readonly set: readonly string[];
  /** Runs of each of the two, >= 2. */
  readonly seeds: number;
  /** Folder in which the figures of finished runs are kept. */
  readonly store: string;
  readonly workers: number;
  readonly texts?: RunInputs;
  readonly traceSha256?: string;
  readonly onProgress?: (done: number, asked: number, kept: number) => void;
}

/** What a change does. */
export interface WhatIf {
  readonly settings: readonly SettingDifference[];
  readonly figures: readonly FigureDifference[];
  readonly seeds: readonly number[];
  /** Runs of either that were saturated: their latencies have no steady state. */
  readonly saturated: { readonly before: number; readonly after: number };
  /** Whether all seeds give one and the same run, as a replayed trace does: nothing has an interval. */
  readonly isOneRun: boolean;
  /** What to know of the figures. */
  readonly notices: readonly string[];
}

/** A path that is no setting: a factor on the rate of any workload. */
const RATE_SCALE = "workload.rate_scale";

/**
 * Runs a configuration as it is and changed, on the same seeds, and returns the differences with paired
 * intervals: both see the same random numbers.
 *
 * @throws {RangeError} If a setting is wrong, or a run fails.
 */
export async function whatIf(options: WhatIfOptions): Promise<WhatIf> {
  const { config, seeds: count } = options;
  if (!(Number.isInteger(count) && count >= 2 && count <= 1000)) {
    throw new RangeError(
      `Cannot pair runs as from 2 to 1000 seeds: current value is ${showValue(count)}`,
    );
  }
  const changed = changedConfig(config, options.set);
  const seeds = Array.from(
    { length: count },
    (_, i) => (config.simulation.random_seed + i) % 2 ** 32,
  );
  const { store, workers, texts, traceSha256, onProgress } = options;
  const runs = await runKept(
    [config, changed].flatMap((one) => seeds.map((seed) => withSeed(one, seed))),
    {
      ...{ store, workers },
      ...(texts && { texts }),
      ...(traceSha256 !== undefined && { traceSha256 }),
      ...(onProgress && { onProgress }),
    },
  );
  const failed = runs.find(({ error }) => error !== undefined)?.error;
  if (failed !== undefined) {
    throw new RangeError(`Cannot run the configuration with what was set: ${failed}`);
  }
  const [before, after] = [runs.slice(0, count), runs.slice(count)];
  const saturated = {
    before: before.filter(isSaturated).length,
    after: after.filter(isSaturated).length,
  };
  const isOneRun = [before, after].every(isAlike);
  // What differs between equal runs is known exactly: an interval of no width would be of no chance.
  const [one, other] = isOneRun ? [before.slice(0, 1), after.slice(0, 1)] : [before, after];
  return {
    settings: settingDifferences(config, changed),
    figures: figureDifferences(valuesByPath(one), valuesByPath(other), { isPaired: !isOneRun }),
    seeds,
    saturated,
    isOneRun,
    notices: [
      ...(["before", "after"] as const).filter((when) => saturated[when] > 0).map((when) =>
        `${saturated[when]} of ${count} runs ${when} were saturated: their latencies have no ` +
        `steady state, and grow with the workload's length`
      ),
      ...loadNotices(config, changed),
      ...(isOneRun ? [oneRunNotice(config, count)] : []),
    ],
  };
}

/** Whether runs of different seeds have the same figures. */
function isAlike(runs: readonly KeptRun[]): boolean {
  const [first, ...others] = runs.map(({ figures }) => JSON.stringify(figures));
  return others.every((one) => one === first);
}

function oneRunNotice(config: Configuration, count: number): string {
  const why = isReplayed(config)
    ? "a replayed trace has nothing random"
    : "nothing in it is random";
  return `all ${count} seeds are one run (${why}): the differences have no interval and no star`;
}

/** What a change of the rate does to the length of a workload, which stays as it is. */
function loadNotices(before: Configuration, after: Configuration): string[] {
  const rates = (config: Configuration) => JSON.stringify(rateSettings(config));
  const { num_requests: count, type } = after.workload;
  const isLimited = count !== null || isReplayed(after) || type === "embedded";
  if (rates(before) === rates(after) || !isLimited) return [];
  const requests = count === null ? "as many requests" : `${count} requests`;
  return [
    `the workload is not lengthened: ${requests} at a higher rate are a shorter burst, at a lower ` +
    `rate a longer one (workload.num_requests)`,
  ];
}

function changedConfig(config: Configuration, set: readonly string[]): Configuration {
  const isFactor = (text: string) => text.slice(0, text.indexOf("=")).trim() === RATE_SCALE;
  const changed = loadConfig(JSON.stringify(config), {
    set: set.filter((text) => !isFactor(text)),
  });
  return set.filter(isFactor).reduce((one, text) => {
    const factor = Number(text.slice(text.indexOf("=") + 1));
    if (factor > 0 && factor < Infinity) return withRateFactor(one, factor);
    throw new RangeError(
      `Cannot read "${RATE_SCALE}" as a factor above 0: current value is ${showValue(text)}`,
    );
  }, changed);
}

function valuesByPath(runs: readonly KeptRun[]): Record<string, (number | null)[]> {
  const paths = [...new Set(runs.flatMap(({ figures }) => Object.keys(figures)))];
  return Object.fromEntries(paths.map((path) => [
    path,
    runs.map(({ figures }) => typeof figures[path] === "number" ? figures[path] as number : null),
  ]));
}
