import { figure, type FigureSpec } from "./spec.ts";
import { type ColumnSpan, FIGURE_WIDTH } from "./theme.ts";

/** A published value and ours. */
export interface PaperRow {
  /** Panel, such as a system; its name may have two lines. */
  readonly panel: string;
  /** Pair of bars, such as a model. */
  readonly label: string;
  /** Published value. */
  readonly paper: number;
  /** Simulated value. */
  readonly ours: number;
}

/** Options of {@linkcode paperBars}. */
export interface PaperBarsOptions {
  /** Title of the value with its unit. */
  readonly title: string;
  /** Columns of a page; default 2. */
  readonly column?: ColumnSpan;
}

const GAP = 10;
const ROW_HEIGHT = 14;

/** Published values beside ours in pairs of bars, a panel beside the other on one scale. */
export function paperBars(rows: readonly PaperRow[], options: PaperBarsOptions): FigureSpec {
  const { title, column = 2 } = options;
  const panels = [...new Set(rows.map((row) => row.panel))];
  const labels = [...new Set(rows.map((row) => row.label))];
  const longest = Math.max(0, ...rows.flatMap((row) => [row.paper, row.ours]));
  // A letter is taken as 0.8 of its size wide, as Vega does where it cannot measure.
  const left = Math.min(
    column === 1 ? 84 : 130,
    10 + 6.4 * Math.max(0, ...labels.map((label) => label.length)),
  );
  const width = (FIGURE_WIDTH[column] - left - 22 - GAP * (panels.length - 1)) /
    Math.max(1, panels.length);
  return figure({
    spacing: GAP,
    hconcat: panels.map((panel, index) => ({
      ...(panels.length > 1
        ? { title: { text: panel.split("\n"), frame: "group", limit: width } }
        : {}),
      width,
      height: ROW_HEIGHT * labels.length,
      data: {
        values: rows.filter((row) => row.panel === panel).flatMap(({ label, paper, ours }) => [
          { label, of: "paper", value: paper },
          { label, of: "ours", value: ours },
        ]),
      },
      mark: { type: "bar", stroke: "#222222", strokeWidth: 0.4 },
      encoding: {
        y: {
          field: "label",
          type: "nominal",
          sort: null,
          scale: { domain: labels, paddingInner: 0.25 },
          axis: index === 0
            ? {
              title: null,
              ticks: false,
              domain: false,
              minExtent: left - 4,
              labelLimit: left - 6,
            }
            : { title: null, ticks: false, domain: false, labels: false },
        },
        yOffset: { field: "of", sort: null, scale: { domain: ["paper", "ours"] } },
        x: {
          field: "value",
          type: "quantitative",
          title,
          scale: { domain: [0, longest > 0 ? longest * 1.03 : 1], nice: false },
          axis: { tickCount: 4, format: "~r", titlePadding: 2 },
        },
        color: {
          field: "of",
          type: "nominal",
          sort: null,
          scale: { domain: ["paper", "ours"], range: ["#FFFFFF", "#0072B2"] },
          legend: { symbolType: "square", symbolStrokeWidth: 0.5, symbolStrokeColor: "#222222" },
        },
      },
    })),
  });
}
