import { figure, type FigureSpec } from "./spec.ts";
import { type ColumnSpan, FIGURE_WIDTH, PALETTE } from "./theme.ts";

/** One bar. */
export interface BarRow {
  /** What is measured, with its unit: the title of the bar's panel; may have two lines. */
  readonly panel: string;
  /** Who it belongs to: bars of one label stand in one line. */
  readonly label: string;
  /** Length of the bar, in the unit of its panel. */
  readonly value: number;
}

/** Options of {@linkcode barPanels}. */
export interface BarPanelsOptions {
  /** Columns of a page; default 2: panels side by side; in 1 they stand one above the other. */
  readonly column?: ColumnSpan;
  /** Greatest value that a panel can have, by its title; others end with their longest bar. */
  readonly most?: Readonly<Record<string, number>>;
}

const GAP = 12;
/** By which the numbers of an axis may stand out on either side of it, points. */
const OUTSTANDING = 5;
const ROW_HEIGHT = 14;
/** Of a number at the end of a bar, points. */
const NUMBER_WIDTH = 36;

/** Bars of several measures, each in a panel on a scale of its own, with the numbers at their ends. */
export function barPanels(rows: readonly BarRow[], options: BarPanelsOptions = {}): FigureSpec {
  const { column = 2, most = {} } = options;
  const panels = [...new Set(rows.map((row) => row.panel))];
  const labels = [...new Set(rows.map((row) => row.label))];
  const across = column === 1 ? 1 : Math.max(1, panels.length);
  // A letter is taken as 0.8 of its size wide, as Vega does where it cannot measure.
  const left = Math.min(130, 10 + 6.4 * Math.max(0, ...labels.map((label) => label.length)));
  const width = (FIGURE_WIDTH[column] - left - 10 - (GAP + OUTSTANDING) * (across - 1)) / across;
  return figure({
    columns: across,
    spacing: GAP,
    concat: panels.map((panel, index) => {
      const own = rows.filter((row) => row.panel === panel);
      const end = most[panel] ?? Math.max(0, ...own.map((row) => row.value));
      // Room for the number at the end of the longest bar.
      const domain = [0, end > 0 ? end * width / (width - NUMBER_WIDTH) : 1];
      const y = {
        field: "label",
        type: "nominal",
        sort: null,
        scale: { domain: labels, paddingInner: 0.25 },
        axis: {
          title: null,
          ticks: false,
          domain: false,
          labels: index % across === 0,
          labelLimit: left - 6,
          ...(index % across === 0 && { minExtent: left - 4 }),
        },
      };
      return {
        width,
        height: ROW_HEIGHT * Math.max(1, labels.length),
        data: { values: own.map((row) => ({ ...row, number: shown(row.value) })) },
        layer: [
          {
            mark: { type: "bar", color: PALETTE[0] },
            encoding: {
              y,
              x: {
                field: "value",
                type: "quantitative",
                title: panel.split("\n"),
                scale: { domain, nice: false },
                // What cannot be has no number on the axis.
                axis: {
                  ...(most[panel] === undefined
                    ? { tickCount: 3 }
                    : { values: [0, most[panel] / 2, most[panel]] }),
                  format: "~r",
                  grid: false,
                },
              },
            },
          },
          {
            mark: { type: "text", align: "left", dx: 3 },
            encoding: {
              y,
              x: { field: "value", type: "quantitative" },
              text: { field: "number", type: "nominal" },
            },
          },
        ],
      };
    }),
  });
}

/** A number of three digits, or all those before the point. */
function shown(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}
