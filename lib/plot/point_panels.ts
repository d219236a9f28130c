import { logTicks } from "./log_ticks.ts";
import { figure, type FigureSpec } from "./spec.ts";
import { type ColumnSpan, FIGURE_WIDTH, PALETTE } from "./theme.ts";

/** Points over two quantities. */
export interface PointPanel {
  /** Title of the panel. */
  readonly title: string;
  /** Title of the horizontal axis with its unit. */
  readonly xTitle: string;
  /** Title of the vertical axis with its unit. */
  readonly yTitle: string;
  /** Points, both coordinates > 0. */
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

/** Options of {@linkcode pointPanels}. */
export interface PointPanelsOptions {
  /** Columns of a page; default 2. */
  readonly column?: ColumnSpan;
}

/** Panels side by side, each with logarithmic axes of its own: two in a line, or one in a narrow figure. */
export function pointPanels(
  panels: readonly PointPanel[],
  options: PointPanelsOptions = {},
): FigureSpec {
  const { column = 2 } = options;
  /** Of axis title and labels beside each panel, points. */
  const left = 48;
  const width = FIGURE_WIDTH[column] / column - left - 10;
  const axis = (field: "x" | "y", title: string, points: PointPanel["points"]) => {
    const values = points.map((point) => point[field]).filter((value) => value > 0);
    const [least, most] = values.length === 0
      ? [1, 10]
      : [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
    const domain = [least / 1.4, most * 1.4];
    return {
      field,
      type: "quantitative",
      title,
      scale: { type: "log", nice: false, domain },
      axis: {
        format: "~s",
        values: logTicks(domain),
        labelOverlap: true,
        ...(field === "y" && { minExtent: left - 14 }),
      },
    };
  };
  return figure({
    columns: column,
    spacing: 10,
    concat: panels.map(({ title, xTitle, yTitle, points }) => ({
      title: { text: title, frame: "group", limit: width },
      width,
      height: 0.6 * FIGURE_WIDTH[1],
      data: { values: points.filter(({ x, y }) => x > 0 && y > 0) },
      mark: {
        type: "point",
        filled: true,
        shape: "circle",
        size: 5,
        opacity: 1,
        color: PALETTE[0],
      },
      encoding: { x: axis("x", xTitle, points), y: axis("y", yTitle, points) },
    })),
  });
}
