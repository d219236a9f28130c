import type { Summary } from "../metrics/run_tables.ts";
import { type Interval, meanInterval } from "../stats/intervals.ts";
import { floatColumn, integerColumn, type Table, textColumn } from "../results/table.ts";
import type { Replication } from "./replication.ts";

/** The figures of a summary by name, such as `ttft_p99_s`; null where nothing was measured. */
export function summaryFigures(summary: Summary): Map<string, number | null> {
  return new Map(Array.from(summaryPaths(summary), ([path, figure]) => {
    const [key, part] = path.split(".");
    if (part === undefined) return [key, figure];
    // The unit stays at the end: ttft_s and p99 make ttft_p99_s.
    return [key.endsWith("_s") ? `${key.slice(0, -2)}_${part}_s` : `${key}_${part}`, figure];
  }));
}

/** The figures of a summary by their path in it, such as `ttft_s.p99`. Reasons are no figures. */
export function summaryPaths(summary: Summary): Map<string, number | null> {
  const figures = new Map<string, number | null>();
  const isFigure = (value: unknown) => typeof value === "number" || value === null;
  for (const [key, value] of Object.entries(summary)) {
    if (isFigure(value)) figures.set(key, value);
    else if (typeof value === "object" && !Array.isArray(value)) {
      for (const [part, figure] of Object.entries(value)) {
        if (isFigure(figure)) figures.set(`${key}.${part}`, figure as number | null);
      }
    }
  }
  return figures;
}

/** A figure over all replications. */
export interface ReplicatedFigure {
  /** Path of the figure in the summary, such as "ttft_p99_s". */
  readonly name: string;
  /** Value of each replication; NaN where there is none. */
  readonly values: Float64Array;
  /** Of the mean, from the replications that have a value; undefined when fewer than two have. */
  readonly interval: Interval | undefined;
}

/**
 * The figures of replications, each with Student's t interval of its mean.
 *
 * @param level Confidence, between 0 and 1.
 */
export function replicatedFigures(
  replications: readonly Replication[],
  level = 0.95,
): ReplicatedFigure[] {
  const rows = replications.map(({ summary }) => summaryFigures(summary));
  return [...rows[0].keys()].map((name) => {
    const values = Float64Array.from(rows, (row) => row.get(name) ?? NaN);
    const present = values.filter((value) => !Number.isNaN(value));
    return {
      name,
      values,
      interval: present.length < 2 ? undefined : meanInterval(present, level),
    };
  });
}

/** The table `replications`: one row per replication, one column per figure. */
export function replicationTable(replications: readonly Replication[]): Table {
  const digests = replications.map(({ summary }) => summary.digest);
  return {
    count: replications.length,
    columns: [
      integerColumn("replication", Int32Array.from(replications, (each) => each.replication)),
      textColumn("digest", Uint16Array.from(digests, (_, i) => i), digests),
      ...replicatedFigures(replications).map(({ name, values }) => floatColumn(name, values)),
    ],
  };
}
