import type { OperatorProfile } from "./operator_profile.ts";
import type { OperatorName, OperatorTable, TableAxis } from "./operator_table.ts";
import type { ReferenceTime } from "./reference_time.ts";
import { forEachCell } from "./for_each_cell.ts";
import { referenceSeconds, workOfCell } from "./reference_times.ts";

/** First field of a profile file. */
const FORMAT = "simfaasinfer-operator-profile-1";

/** Longest line of numbers that takes in one more axis. */
const MAX_LINE = 200;

/** A table as it stands in a file. */
interface TableText {
  operator: OperatorName;
  attributes: Record<string, string | number>;
  reference?: ReferenceTime;
  /** Axis names joined by "/" to points separated by blanks; the last ones run along a line. */
  axes: Record<string, string>;
  /** Lines of cells, see {@link lineWidth}; "-" where nothing was measured. */
  rows: string[];
}

/**
 * Writes a profile as JSON, lines of numbers per table: microseconds in four significant
 * digits, or, for tables with a reference time, thousandths of that time. Equal profiles give equal
 * text.
 */
export function writeProfile(profile: OperatorProfile): string {
  const { gpu, peaks, source, mixedBatch } = profile;
  const tables = profile.tables.map((table) => tableText(table, profile));
  return JSON.stringify({ format: FORMAT, gpu, peaks, source, mixedBatch, tables }, null, 2) + "\n";
}

/**
 * Reads a profile that {@link writeProfile} wrote.
 *
 * @throws SyntaxError if the text is not such a profile.
 */
export function parseProfile(text: string): OperatorProfile {
  const file = JSON.parse(text);
  if (file?.format !== FORMAT) {
    throw new SyntaxError(
      `Cannot read text as a profile of format ${FORMAT}: current format is ${file?.format}`,
    );
  }
  const { gpu, peaks, source, mixedBatch } = file;
  const profile = { gpu, peaks, source, mixedBatch, tables: [] };
  const tables = file.tables.map((table: TableText) => parseTable(table, profile));
  return { ...profile, tables };
}

function tableText(table: OperatorTable, profile: OperatorProfile): TableText {
  const axes: Record<string, string> = {};
  for (const axis of table.axes) {
    axes[axis.names.join("/")] = axis.points.map((point) => point.join("/")).join(" ");
  }
  const cells: string[] = new Array(table.seconds.length);
  forEachCell(table, (cell, at) => {
    const seconds = table.seconds[cell];
    if (Number.isNaN(seconds)) cells[cell] = "-";
    else if (table.reference === undefined) cells[cell] = microseconds(seconds);
    else {
      const ratio = seconds / cellReference(table, table.reference, at, profile);
      cells[cell] = String(Math.max(1, Math.round(1000 * ratio)));
    }
  });
  const width = lineWidth(table.axes);
  const rows: string[] = [];
  for (let start = 0; start < cells.length; start += width) {
    rows.push(cells.slice(start, start + width).join(" ").replace(/( -)+$/, ""));
  }
  const text: TableText = {
    operator: table.operator,
    attributes: { ...table.attributes },
    axes,
    rows,
  };
  if (table.reference !== undefined) text.reference = table.reference;
  return text;
}

function parseTable(text: TableText, profile: OperatorProfile): OperatorTable {
  const axes: TableAxis[] = Object.entries(text.axes).map(([names, points]) => ({
    names: names.split("/"),
    points: points.split(" ").map((point) => point.split("/").map(Number)),
  }));
  const size = axes.reduce((product, axis) => product * axis.points.length, 1);
  const width = lineWidth(axes);
  if (text.rows.length * width !== size) {
    throw new SyntaxError(
      `Cannot read a table of ${text.operator} with ${size / width} rows: ` +
        `current number of rows is ${text.rows.length}`,
    );
  }
  const seconds = new Float64Array(size).fill(NaN);
  const { operator, attributes, reference } = text;
  const table: OperatorTable = { operator, attributes, axes, seconds, reference };
  for (let row = 0; row < text.rows.length; row++) {
    const cells = text.rows[row].split(" ");
    for (let i = 0; i < cells.length; i++) {
      if (cells[i] !== "-") seconds[row * width + i] = Number(cells[i]) * 1e-6;
    }
  }
  if (reference !== undefined) {
    forEachCell(table, (cell, at) => {
      if (!Number.isNaN(seconds[cell])) {
        seconds[cell] *= 1e3 * cellReference(table, reference, at, profile);
      }
    });
  }
  return table;
}

/** Cells of one line: the last axis, and the ones before it while the line stays short. */
function lineWidth(axes: readonly TableAxis[]): number {
  let width = axes[axes.length - 1].points.length;
  for (let axis = axes.length - 2; axis >= 0; axis--) {
    if (width * axes[axis].points.length > MAX_LINE) break;
    width *= axes[axis].points.length;
  }
  return width;
}

function cellReference(
  table: OperatorTable,
  reference: ReferenceTime,
  at: readonly (readonly number[])[],
  profile: OperatorProfile,
): number {
  const { flops, bytes } = workOfCell(table, at);
  const { fp8FlopsPerSecond, bf16FlopsPerSecond, memoryBytesPerSecond } = profile.peaks;
  const peak = table.attributes.dtype === "fp8" ? fp8FlopsPerSecond : bf16FlopsPerSecond;
  return referenceSeconds(reference, flops, bytes, peak, memoryBytesPerSecond);
}

function microseconds(seconds: number): string {
  return String(Number((seconds * 1e6).toPrecision(4)));
}
