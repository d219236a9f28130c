import { keyColumns } from "./key_columns.ts";
import { figure, type FigureSpec } from "./spec.ts";
import { type ColumnSpan, FIGURE_WIDTH, PALETTE } from "./theme.ts";
import { timeUnit } from "./time_axis.ts";

/** A phase of an instance's life. */
export interface PhaseRow {
  /** Number of the instance. */
  readonly instance: number;
  /** Name of the phase, such as "idle". */
  readonly phase: string;
  /** When the phase begins, seconds. */
  readonly startSeconds: number;
  /** When the phase ends, seconds. */
  readonly endSeconds: number;
}

/** Options of {@linkcode instanceGantt}. */
export interface InstanceGanttOptions {
  /** Columns of a page; default 2. */
  readonly column?: ColumnSpan;
}

const COLOURS: Readonly<Record<string, string>> = {
  starting: "#E69F00",
  ready: "#0072B2",
  draining: "#999999",
};
/** Instances up to which each has its number beside it. */
const MOST_LABELS = 24;

/** Room for the numbers of instances, points. */
const LEFT = 34;
/** Least width of a phase: one that is shorter, such as a drain, is drawn so long, points. */
const LEAST_WIDTH = 1.2;

/**
 * Lives of instances, one row for each, in the order of their numbers from the top. A phase is at least
 * 1.2 points wide, so that short starts and drains are seen; these lie above what they cover.
 */
export function instanceGantt(
  rows: readonly PhaseRow[],
  options: InstanceGanttOptions = {},
): FigureSpec {
  const { column = 2 } = options;
  const instances = [...new Set(rows.map((row) => row.instance))].sort((a, b) => a - b);
  const phases = [...new Set(rows.map((row) => row.phase))];
  const lastSeconds = rows.reduce((last, row) => Math.max(last, row.endSeconds), 0);
  const unit = timeUnit(lastSeconds);
  const leastSeconds = LEAST_WIDTH * lastSeconds / (FIGURE_WIDTH[column] - LEFT);
  const key = keyColumns(phases, column);
  const isShort = (row: PhaseRow) => row.endSeconds - row.startSeconds < leastSeconds;
  const drawn = [...rows.filter((row) => !isShort(row)), ...rows.filter(isShort)];
  const others = PALETTE.filter((colour) => !Object.values(COLOURS).includes(colour));
  let next = 0;
  const colours = phases.map((phase) => COLOURS[phase] ?? others[next++ % others.length]);
  const rowHeight = Math.max(1, Math.min(12, 300 / Math.max(1, instances.length)));
  const every = Math.ceil(instances.length / MOST_LABELS);
  return figure({
    width: FIGURE_WIDTH[column],
    height: 38 + 14 * Math.ceil(phases.length / key) + rowHeight * instances.length,
    autosize: { type: "fit", contains: "padding" },
    data: {
      values: drawn.map((row) => {
        const start = Math.max(0, Math.min(row.startSeconds, lastSeconds - leastSeconds));
        const end = Math.max(row.endSeconds, start + leastSeconds);
        return {
          instance: row.instance,
          phase: row.phase,
          start: (isShort(row) ? start : row.startSeconds) / unit.seconds,
          end: (isShort(row) ? end : row.endSeconds) / unit.seconds,
        };
      }),
    },
    mark: { type: "bar", height: { band: rowHeight > 4 ? 0.75 : 1 } },
    encoding: {
      x: {
        field: "start",
        type: "quantitative",
        title: `Time (${unit.symbol})`,
        scale: { nice: false },
        axis: { format: "~r" },
      },
      x2: { field: "end" },
      y: {
        field: "instance",
        type: "ordinal",
        sort: instances,
        title: "Instance",
        axis: {
          values: instances.filter((_, i) => i % every === 0),
          ticks: false,
          domain: false,
        },
      },
      color: {
        field: "phase",
        type: "nominal",
        sort: null,
        scale: { domain: phases, range: colours },
        legend: { symbolType: "square", columns: key },
      },
    },
  });
}
