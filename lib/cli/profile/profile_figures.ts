import { forEachCell } from "../../execution/profiled/for_each_cell.ts";
import type { OperatorProfile } from "../../execution/profiled/operator_profile.ts";
import type { OperatorTable } from "../../execution/profiled/operator_table.ts";
import { workOfCell } from "../../execution/profiled/reference_times.ts";
import {
  type FigureFormat,
  type FigureSpec,
  type PointPanel,
  pointPanels,
  renderFigure,
  type Roof,
  roofline,
  type RooflineRow,
} from "../../plot/mod.ts";
import { oneOf } from "../one_of.ts";
import { ownFigure, writeOwnFile } from "../own_file.ts";
import { UsageError } from "../usage_error.ts";

/** Points nearer than this share of a decade of each other are drawn once. */
const DECADE_SHARE = 1 / 25;

/**
 * Draws the measured rates of matrix products and attention below the roofs of the data sheet.
 *
 * @throws {UsageError} If the profile holds layers of single models, whose work it does not know.
 */
export async function drawRoofline(profile: OperatorProfile, file: string): Promise<void> {
  const { bf16FlopsPerSecond, fp8FlopsPerSecond, memoryBytesPerSecond } = profile.peaks;
  const seen = new Set<string>();
  const rows: RooflineRow[] = [];
  for (const table of profile.tables) {
    if (table.reference === undefined) continue;
    const series = seriesOf(table);
    forEachCell(table, (cell, at) => {
      const seconds = table.seconds[cell];
      if (Number.isNaN(seconds)) return;
      const { flops, bytes } = workOfCell(table, at);
      const row = { series, flopsPerByte: flops / bytes, flopsPerSecond: flops / seconds };
      const near = (value: number) => Math.round(Math.log10(value) / DECADE_SHARE);
      const place = `${series} ${near(row.flopsPerByte)} ${near(row.flopsPerSecond)}`;
      if (seen.has(place)) return;
      seen.add(place);
      rows.push(row);
    });
  }
  if (rows.length === 0) {
    throw new UsageError(
      `Cannot draw the roofline of ${profile.gpu}: it holds layers of single models, whose work is ` +
        `not known`,
    );
  }
  const roof = (label: string, flopsPerSecond: number): Roof => ({
    label,
    flopsPerSecond,
    bytesPerSecond: memoryBytesPerSecond,
  });
  const roofs = [
    roof("bf16", bf16FlopsPerSecond),
    ...(fp8FlopsPerSecond > bf16FlopsPerSecond && rows.some((row) => row.series.includes("fp8"))
      ? [roof("fp8", fp8FlopsPerSecond)]
      : []),
  ];
  await write(roofline(rows, roofs, { column: 2 }), file);
}

/** Draws the points that were measured: a panel for each table. */
export async function drawCoverage(profile: OperatorProfile, file: string): Promise<void> {
  await write(pointPanels(profile.tables.map(coverageOf)), file);
}

function seriesOf({ operator, attributes }: OperatorTable): string {
  if (operator === "gemm") return `GEMM ${attributes.dtype}`;
  return operator === "context_attention" ? "prefill attention" : "decode attention";
}

/**
 * Points of a table over its last axis and what the axes before it come to: weights of a matrix
 * (n x k), the sequences of attention, else the first axis.
 */
function coverageOf(table: OperatorTable): PointPanel {
  const { operator, attributes, axes } = table;
  const last = axes.length - 1;
  const isMatrix = operator === "gemm";
  const before = Math.max(0, last - 1);
  const title = [operator.replaceAll("_", " "), ...Object.values(attributes)].join(", ");
  const points = new Map<string, { x: number; y: number }>();
  forEachCell(table, (cell, at) => {
    if (Number.isNaN(table.seconds[cell])) return;
    const y = last === 0
      ? 1e6 * table.seconds[cell]
      : isMatrix
      ? at[0][0] * at[1][0]
      : at[before][0];
    const point = { x: at[last][0], y };
    points.set(`${point.x} ${point.y}`, point);
  });
  return {
    title,
    xTitle: axes[last].names.join("/"),
    yTitle: last === 0 ? "time (us)" : isMatrix ? "n x k" : axes[before].names[0],
    points: [...points.values()],
  };
}

async function write(spec: FigureSpec, file: string): Promise<void> {
  const ending = file.slice(file.lastIndexOf(".") + 1);
  const format: FigureFormat = oneOf("the ending of a figure", ending, ["svg", "png", "pdf"]);
  writeOwnFile(file, await renderFigure(spec, format), ownFigure("a figure", format));
}
