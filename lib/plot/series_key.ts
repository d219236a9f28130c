import { keyColumns } from "./key_columns.ts";
import { type ColumnSpan, DASHES, PALETTE } from "./theme.ts";

/** Marks of points, one a series. */
const SHAPES = ["circle", "square", "triangle-up", "diamond", "cross", "triangle-down"] as const;

/** Height that every line of a key after the first takes, points. */
const LINE_HEIGHT = 15;

/** How the series of a figure are told apart, as encodings of the field "series". */
export interface SeriesKey {
  /** Columns of the key above the figure. */
  readonly columns: number;
  /** Lines of the key. */
  readonly lines: number;
  /** What the key adds to the height of the figure, points. */
  readonly height: number;
  readonly color: SeriesChannel;
  readonly shape: SeriesChannel;
  readonly dash: SeriesChannel;
}

/** An encoding that gives each series one of some values, the first again after the last. */
export interface SeriesChannel {
  readonly field: "series";
  readonly type: "nominal";
  readonly sort: null;
  readonly scale: { readonly domain: readonly string[]; readonly range: readonly unknown[] };
}

/** The key of `series` for a figure that spans `column` columns of a page. */
export function seriesKey(series: readonly string[], column: ColumnSpan): SeriesKey {
  const columns = keyColumns(series, column);
  const lines = Math.ceil(series.length / columns);
  const channel = (values: readonly unknown[]): SeriesChannel => ({
    field: "series",
    type: "nominal",
    sort: null,
    scale: { domain: series, range: series.map((_, i) => values[i % values.length]) },
  });
  return {
    columns,
    lines,
    height: LINE_HEIGHT * Math.max(0, lines - 1),
    color: channel(PALETTE),
    shape: channel(SHAPES),
    dash: channel(DASHES),
  };
}
