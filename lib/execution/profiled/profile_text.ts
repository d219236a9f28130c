import type { OperatorProfile } from "./operator_profile.ts";
import type { OperatorTable, TableAxis } from "./operator_table.ts";
import type { ReferenceTime } from "./reference_time.ts";
import { parseJson } from "../../std/json.ts";
import { forEachCell } from "./for_each_cell.ts";
import { FORMAT, readAxes, readCells, readProfileFile, type TableText } from "./profile_file.ts";
import { referenceSeconds, workOfCell } from "./reference_times.ts";

/** Longest line of numbers that takes in one more axis. */
const MAX_LINE = 200;

/**
 * Writes a profile as JSON, lines of numbers per table: microseconds in four significant
 * digits, or, for tables with a reference time, thousandths of that time. Equal profiles give equal
 * text.
 */
export function writeProfile(profile: OperatorProfile): string {
  const { gpu, peaks, source, mixedBatch, attentionKernel, facts } = profile;
  const tables = profile.tables.map((table) => tableText(table, profile));
  const head = { format: FORMAT, gpu, peaks, source, mixedBatch, attentionKernel };
  return JSON.stringify({ ...head, facts, tables }, null, 2) + "\n";
}

/**
 * Reads a profile that {@link writeProfile} wrote.
 *
 * @throws SyntaxError if the text is not such a profile; names the part that is wrong.
 */
export function parseProfile(text: string): OperatorProfile {
  const { tables: written, ...rest } = readProfileFile(parseJson(text));
  const profile = { ...rest, tables: [] };
  const tables = written.map((table, i) => parseTable(table, `tables[${i}]`, profile));
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

function parseTable(text: TableText, path: string, profile: OperatorProfile): OperatorTable {
  const axes = readAxes(text.operator, text.axes, `${path}.axes`);
  const size = axes.reduce((product, axis) => product * axis.points.length, 1);
  const width = lineWidth(axes);
  if (text.rows.length * width !== size) {
    throw new SyntaxError(
      `Cannot read "${path}.rows" of a profile as ${size / width} rows: ` +
        `current value is ${text.rows.length} rows`,
    );
  }
  const seconds = readCells(text.rows, width, `${path}.rows`);
  const { operator, attributes, reference } = text;
  const table: OperatorTable = {
    operator,
    attributes,
    axes,
    seconds,
    ...(reference && { reference }),
  };
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
