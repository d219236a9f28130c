import { seriesKey } from "../series_key.ts";
import { logTicks } from "../log_ticks.ts";
import { type ColumnSpan } from "../theme.ts";
import { type ChartTable, namesOf, type ResolvedField } from "./chart_data.ts";
import { type ChartPoint, HIGH, LOW } from "./interval_rows.ts";

/** Format of numbers on axes and in tooltips. */
const AXIS_FORMAT = "~r";
const TOOLTIP_FORMAT = ".4~r";

/** Width of a letter, points. */
const LETTER = 4.8;

/** The encoding of an axis. */
export function axisEncoding(
  field: ResolvedField,
  points: readonly ChartPoint[],
  { zero, isX, ends = [], width = 200 }: {
    readonly zero: boolean;
    readonly isX: boolean;
    /** More columns that are on the axis. */
    readonly ends?: readonly string[];
    /** Room for names, points. */
    readonly width?: number;
  },
): Record<string, unknown> {
  const { key, title, type, log, domain, format } = field;
  const common = { field: key, type, title };
  if (type === "nominal") {
    const names = [...new Set(points.map((point) => String(point[key])))];
    return { ...common, sort: null, axis: { grid: false, ...nameLabels(names, width) } };
  }
  const values = points.flatMap((point) => [key, ...ends].map((name) => point[name]))
    .filter((value): value is number => typeof value === "number");
  const scale = log
    ? { type: "log", nice: false, padding: 4 }
    : isX
    ? { nice: false, zero: field.zero ?? zero, padding: 4 }
    : { nice: true, zero: field.zero ?? zero };
  return {
    ...common,
    scale: { ...scale, ...(domain && { domain }) },
    axis: {
      ...(log ? { values: logTicks(values) } : { tickCount: isX ? 6 : 5 }),
      format: format ??
        (isX || log || Math.max(...values.map(Math.abs), 0) < 10_000 ? AXIS_FORMAT : "~s"),
      grid: !isX,
      labelOverlap: true,
    },
  };
}

/** Names along an axis: aslant where they have no room beside each other, and never left out. */
function nameLabels(names: readonly string[], width: number): object {
  const longest = Math.max(0, ...names.map((name) => name.length));
  const isNarrow = longest * LETTER > width / Math.max(1, names.length);
  return { labelOverlap: false, ...(isNarrow ? { labelAngle: -30 } : { labelAngle: 0 }) };
}

/** How the names of a channel are told apart: colours, dashes, shapes, and the room of their key. */
export function nameEncodings(
  table: ChartTable,
  field: ResolvedField | undefined,
  column: ColumnSpan,
  symbolType?: string,
): {
  readonly color: object | undefined;
  readonly dash: object | undefined;
  readonly shape: object | undefined;
  readonly keyHeight: number;
} {
  if (field === undefined) {
    return { color: undefined, dash: undefined, shape: undefined, keyHeight: 0 };
  }
  const key = seriesKey(namesOf(table, field), column);
  const own = { field: field.key, title: field.title };
  const legend = {
    columns: key.columns,
    title: null,
    ...(symbolType !== undefined && { symbolType }),
  };
  return {
    color: { ...key.color, ...own, legend },
    dash: { ...key.dash, ...own, legend },
    shape: { ...key.shape, ...own, legend },
    keyHeight: key.height,
  };
}

/** What the pointer is told at a mark. */
export function tooltips(fields: readonly ResolvedField[], hasBand = false): object[] {
  const own = fields.map(({ key, title, type }) => ({
    field: key,
    type,
    title,
    ...(type === "quantitative" && { format: TOOLTIP_FORMAT }),
  }));
  if (!hasBand) return own;
  const end = (field: string, title: string) => ({
    field,
    title,
    type: "quantitative",
    format: TOOLTIP_FORMAT,
  });
  return [...own, end(LOW, "low"), end(HIGH, "high")];
}

/** Zoom by wheel and drag along the axes of numbers; none where there is no such axis. */
export function zoom(x: ResolvedField, y: ResolvedField): object[] {
  const encodings = [
    ...(x.type === "quantitative" ? ["x"] : []),
    ...(y.type === "quantitative" ? ["y"] : []),
  ];
  if (encodings.length === 0) return [];
  return [{ name: "zoom", select: { type: "interval", encodings }, bind: "scales" }];
}
