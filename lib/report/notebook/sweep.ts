import {
  failureOf,
  type Level,
  runSweep,
  type SweepDesign,
  type SweepRow,
} from "../../experiment/sweep/mod.ts";
import type { ConfiguredTexts } from "../../run/cluster.ts";
import { beginInterruptible } from "../interrupts.ts";
import { type Frame, loadPolars, type PolarsApi } from "./load_polars.ts";
import { beginProgress } from "./progress.ts";
import { formatNumber } from "./format_cells.ts";

/** A sweep: what is varied, with how many seeds, and how it is run. */
export interface SweepOptions extends SweepDesign {
  /** Workers at most; default one for each core. */
  readonly workers?: number;
  /** Texts of the files that configurations name. */
  readonly texts?: ConfiguredTexts;
  /**
   * Folder in which the figures of finished runs are kept, by content address; default
   * ".simfaasinfer/sweeps" where the notebook is. It may be removed at any time.
   */
  readonly store?: string;
  /**
   * Whether runs that fail are rows with their `error`, and null for all figures; default they end the
   * sweep with an error, once all others have run.
   */
  readonly keepFailed?: boolean;
  /** Stops the sweep when it is aborted; default a notebook's stop button does. */
  readonly signal?: AbortSignal;
}

const STORE = ".simfaasinfer/sweeps";
/** Wall time between two drawings where no run ends, milliseconds. */
const TICK_MS = 500;

/**
 * Runs all combinations of levels with each seed, in Workers, and returns a long frame: one row for each
 * combination and seed, with the factors, `seed`, and all figures of the summary by their path, such as
 * `ttft_s.p99`. Runs that were made before are read from the folder of the notebook; a sweep that is
 * stopped goes on from there.
 *
 * A factor is a setting by its path (`"workload.arrival_rate"`), by the last word of it where there is
 * only one, or by a short name (`rate`, `policy`, `strategy`, `gpu`, `model`); or settings in YAML by
 * the name of the level. Where `config` is a function, it gets the levels and factors are what you like.
 *
 * @throws {RangeError} If a factor is no setting, or some runs fail.
 * @throws {Interrupted} If it was stopped.
 *
 * @example
 * ```ts ignore
 * const runs = await sweep({ config, over: { rate: [1, 2, 4], policy: ["none", "hpa"] }, seeds: 5 });
 * chart(summarise(runs, "ttft_s.p99")).line({ x: "rate", y: "ttft_s.p99", color: "policy", band: true });
 * ```
 */
export async function sweep(options: SweepOptions): Promise<Frame> {
  const { store = STORE, workers = navigator.hardwareConcurrency, texts, keepFailed } = options;
  const polars = await loadPolars();
  const stop = beginInterruptible();
  const progress = beginProgress("sweep");
  let now: { readonly share: number; readonly detail: string } | undefined;
  // The first run may take long: that something is going on is seen before it ends.
  const ticking = setInterval(() => now && progress.update(now.share, now.detail), TICK_MS);
  try {
    const rows = await runSweep(options, {
      store,
      workers,
      ...(texts && { texts }),
      signal: options.signal ?? stop.signal,
      onProgress(done, total, kept) {
        const before = kept === 0 ? "" : ` (${formatNumber(kept)} from before)`;
        const detail = `${formatNumber(done)} of ${formatNumber(total)} runs${before}`;
        now = { share: total === 0 ? 1 : done / total, detail };
        progress.update(now.share, detail);
      },
    });
    const failure = failureOf(rows);
    if (failure !== undefined && keepFailed !== true) throw failure;
    return sweepFrame(polars, rows, failure !== undefined);
  } finally {
    clearInterval(ticking);
    progress.end();
    stop.end();
  }
}

/** The long frame of a sweep. */
function sweepFrame(polars: PolarsApi, rows: readonly SweepRow[], hasErrors: boolean): Frame {
  const factors = Object.keys(rows[0].cell);
  const figures = [...new Set(rows.flatMap(({ figures }) => Object.keys(figures)))];
  const columns = [
    ...factors.map((name) => levelColumn(polars, name, rows.map(({ cell }) => cell[name]))),
    polars.Series("seed", rows.map(({ seed }) => seed), polars.Int64),
    ...figures.map((name) =>
      polars.Series(
        name,
        rows.map(({ figures }) => figures[name] ?? null),
        name === "digest" ? polars.Utf8 : polars.Float64,
      )
    ),
    ...(hasErrors
      ? [polars.Series("error", rows.map(({ error }) => error ?? null), polars.Utf8)]
      : []),
  ];
  return polars.DataFrame(columns);
}

/** The column of a factor: whole numbers, numbers, truth values, or texts. */
function levelColumn(polars: PolarsApi, name: string, levels: readonly Level[]) {
  if (levels.every((level) => typeof level === "boolean")) {
    return polars.Series(name, levels, polars.Bool);
  }
  if (levels.every((level) => typeof level === "number")) {
    const type = levels.every(Number.isInteger) ? polars.Int64 : polars.Float64;
    return polars.Series(name, levels, type);
  }
  return polars.Series(name, levels.map(String), polars.Utf8);
}
