import type { MediaBundle } from "../../std/display.ts";
import { type CellValue, formatColumn, formatNumber } from "./format_cells.ts";

/** A column of a table as it is shown. */
export interface ViewColumn {
  /** Name in the head. */
  readonly name: string;
  /** Below the name: type, unit, or both; absent for none. */
  readonly note?: string;
  /** What the column holds: a sentence, shown when the pointer rests on the head. */
  readonly doc?: string;
  /** Whether it is one of numbers, where that is known beyond the values that are shown. */
  readonly isNumeric?: boolean;
  /** Values of the rows that are shown. */
  readonly values: readonly CellValue[];
}

/** A table as it is shown: some of its rows, or all. */
export interface TableView {
  /** In their order; equally long. */
  readonly columns: readonly ViewColumn[];
  /** Rows in all, those that are not shown included. */
  readonly count: number;
  /** Whether the shape is said even where all rows are shown. */
  readonly saysShape?: boolean;
  /** A line above. */
  readonly title?: string;
}

/** The table as HTML and as text. */
export function tableBundle(view: TableView): MediaBundle {
  const shown = shownColumns(view);
  return { "text/html": htmlTable(view, shown), "text/plain": plainTable(view, shown) };
}

/** A column with the texts of its cells. */
interface ShownColumn {
  readonly head: ViewColumn;
  readonly texts: readonly string[];
  readonly isRight: boolean;
}

function shownColumns({ columns }: TableView): ShownColumn[] {
  return columns.map((head) => ({
    head,
    texts: formatColumn(head.values),
    isRight: head.isNumeric ?? isNumeric(head.values),
  }));
}

/** Texts that are numbers, of per cent too; a dash stands for nothing. */
const NUMBER_TEXT = /^([-−+]?[\d.,]+(e[-+]?\d+)? ?%?|-|—)$/;

/** Whether values are numbers, or nothing: those stand at the right. */
function isNumeric(values: readonly CellValue[]): boolean {
  const some = values.filter((value) => value !== null && value !== undefined);
  return some.length > 0 &&
    some.every((value) =>
      typeof value === "number" || typeof value === "bigint" ||
      (typeof value === "string" && NUMBER_TEXT.test(value))
    );
}

/** What is said below a table; undefined when all is shown and nobody asked. */
function footOf({ columns, count, saysShape = false }: TableView): string | undefined {
  const shown = columns[0]?.values.length ?? 0;
  const shape = `${formatNumber(count)} ${count === 1 ? "row" : "rows"} × ${columns.length} ${
    columns.length === 1 ? "column" : "columns"
  }`;
  if (shown < count) return `... ${formatNumber(count - shown)} more\n${shape}`;
  return saysShape ? shape : undefined;
}

function htmlTable(view: TableView, columns: readonly ShownColumn[]): string {
  const side = (isRight: boolean) => `text-align:${isRight ? "right" : "left"}`;
  const heads = columns.map(({ head: { name, note, doc }, isRight }) =>
    `<th style="${side(isRight)};vertical-align:bottom"${
      doc === undefined ? "" : ` title="${escapeHtml(doc)}"`
    }>${escapeHtml(name)}${
      note ? `<br><span style="font-weight:normal;opacity:.65">${escapeHtml(note)}</span>` : ""
    }</th>`
  );
  const rows = Array.from(
    { length: columns[0]?.texts.length ?? 0 },
    (_, row) =>
      `<tr>${
        columns.map(({ texts, isRight }) =>
          `<td style="${side(isRight)}">${escapeHtml(texts[row])}</td>`
        ).join("")
      }</tr>`,
  );
  const line = (text: string) => `<div style="opacity:.75">${escapeHtml(text)}</div>`;
  const foot = footOf(view)?.split("\n").map(line).join("") ?? "";
  const title = view.title === undefined ? "" : `<div><b>${escapeHtml(view.title)}</b></div>`;
  return `<div style="overflow-x:auto">${title}<table><thead><tr>${heads.join("")}</tr></thead>` +
    `<tbody>${rows.join("")}</tbody></table>${foot}</div>`;
}

function plainTable(view: TableView, columns: readonly ShownColumn[]): string {
  const hasNotes = columns.some(({ head }) => head.note);
  const cells = columns.map(({ head, texts, isRight }) => {
    const all = [head.name, ...(hasNotes ? [head.note ?? ""] : []), ...texts];
    const width = Math.max(...all.map((text) => [...text].length));
    const padding = (text: string) => " ".repeat(width - [...text].length);
    return all.map((text) => isRight ? padding(text) + text : text + padding(text));
  });
  const heads = hasNotes ? 2 : 1;
  const lines = Array.from(
    { length: cells[0]?.length ?? 0 },
    (_, i) => cells.map((column) => column[i]).join("  ").trimEnd(),
  );
  const rule = cells.map((column) => "-".repeat([...column[0]].length)).join("  ");
  const foot = footOf(view);
  return [
    ...(view.title === undefined ? [] : [view.title]),
    ...lines.slice(0, heads),
    rule,
    ...lines.slice(heads),
    ...(foot === undefined ? [] : [foot]),
  ].join("\n");
}

/** A text as HTML shows it. */
export function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
