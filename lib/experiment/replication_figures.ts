import type { Figures } from "../metrics/figures/figure.ts";
import { SUMMARY_FIGURES } from "../metrics/figures/summary_figures.ts";
import type { Summary } from "../metrics/run_tables.ts";
import { type Interval, meanInterval } from "../stats/intervals.ts";
import { floatColumn, integerColumn, type Table, textColumn } from "../results/table.ts";
import type { Replication } from "./replication.ts";

/** A number of a summary. */
export interface NamedFigure {
  /** Its path in the summary, such as "ttft_s.p99". */
  readonly path: string;
  /** Its name as a column, such as "ttft_p99_s": the unit stays at the end. */
  readonly name: string;
  /** Its unit, as the tree of figures has it. */
  readonly unit: string;
  /** null where there is none. */
  readonly value: number | null;
}

/** The numbers of a summary as a whole; those of its lists (functions, classes, pools) are apart. */
export function summaryNumbers(summary: Summary): NamedFigure[] {
  return numbersOf(SUMMARY_FIGURES, { ...summary }, "");
}

function numbersOf(
  figures: Figures<never>,
  values: Readonly<Record<string, unknown>> | null,
  above: string,
): NamedFigure[] {
  return Object.entries(figures).flatMap(([key, figure]): NamedFigure[] => {
    const path = above === "" ? key : `${above}.${key}`;
    const value = values?.[key] ?? null;
    switch (figure.kind) {
      case "number":
        return [{ path, name: columnName(path), unit: figure.unit, value: value as number | null }];
      case "latency":
      case "record":
        return Object.entries(value ?? {}).map(([part, number]) => ({
          path: `${path}.${part}`,
          name: columnName(`${path}.${part}`),
          unit: figure.unit,
          value: number as number | null,
        }));
      case "group":
        return numbersOf(figure.figures, value as Readonly<Record<string, unknown>> | null, path);
      default:
        return [];
    }
  });
}

/** ttft_s and p99 make ttft_p99_s. */
function columnName(path: string): string {
  const dot = path.lastIndexOf(".");
  if (dot < 0) return path;
  const [group, part] = [path.slice(0, dot).replaceAll(".", "_"), path.slice(dot + 1)];
  return group.endsWith("_s") ? `${group.slice(0, -2)}_${part}_s` : `${group}_${part}`;
}

/** The numbers of a summary by name, such as `ttft_p99_s`; null where nothing was measured. */
export function summaryFigures(summary: Summary): Map<string, number | null> {
  return new Map(summaryNumbers(summary).map(({ name, value }) => [name, value]));
}

/** The numbers of a summary by their path in it, such as `ttft_s.p99`. */
export function summaryPaths(summary: Summary): Map<string, number | null> {
  return new Map(summaryNumbers(summary).map(({ path, value }) => [path, value]));
}

/** A figure over all replications. */
export interface ReplicatedFigure {
  /** Name of the figure, such as "ttft_p99_s". */
  readonly name: string;
  /** Its unit. */
  readonly unit: string;
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
  const rows = replications.map(({ summary }) =>
    new Map(summaryNumbers(summary).map((figure) => [figure.name, figure]))
  );
  return Array.from(rows[0].values(), ({ name, unit }) => {
    const values = Float64Array.from(rows, (row) => row.get(name)?.value ?? NaN);
    const present = values.filter((value) => !Number.isNaN(value));
    return {
      name,
      unit,
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
