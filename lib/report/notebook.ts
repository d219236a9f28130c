/**
 * Figures and tables in notebooks. Import it as "simfaasinfer/notebook".
 *
 * @module
 */
import type { Experiment, ExperimentRow } from "../experiment/experiment.ts";
import { importExperiment } from "../experiment/load_experiment.ts";
import { readFigureRows } from "../experiment/read_rows.ts";
import { convertSvg, type FigureSpec, renderSvg } from "../plot/mod.ts";
import { attendRuns } from "../run/attendance.ts";
import { beginInterruptible, listenForInterrupts } from "./interrupts.ts";
import { resultsFolder } from "./results_folder.ts";

// Importing this module is what makes a kernel's stop button stop runs, whoever imports simulate().
if (listenForInterrupts()) attendRuns(beginInterruptible);

export * from "../plot/mod.ts";
export { targetCells } from "../experiment/target_page.ts";
export { replicate } from "../experiment/replicate.ts";
export { figureSource } from "./figure_source.ts";
export { STANDARD_FIGURES } from "./standard_figures.ts";

/** Resolution of figures in notebooks: two dots to a point. */
const DOTS_PER_INCH = 144;

/** What Jupyter shows: content by MIME type. */
export type Display = Readonly<Record<symbol, () => Readonly<Record<string, unknown>>>>;

/**
 * A figure for the last line of a notebook's cell: as PNG, which every viewer shows, as Vega-Lite for
 * those who draw it anew, and as text. Equal figures give equal bytes.
 */
export async function show(spec: FigureSpec, description = "figure"): Promise<Display> {
  const png = await convertSvg(await renderSvg(spec), "png", DOTS_PER_INCH);
  const bundle = {
    "image/png": png.toBase64(),
    "application/vnd.vegalite.v5+json": shortened(spec),
    "text/plain": `[${description}]`,
  };
  return { [Symbol.for("Jupyter.display")]: () => bundle };
}

/**
 * An experiment of this repository and the rows of its last run: in results/experiments, or in the
 * folder that the environment variable SIMFAAS_RESULTS names.
 *
 * @throws {RangeError} If it has not run: "deno task experiment run ID" runs it.
 */
export async function openExperiment(
  id: string,
): Promise<{ readonly experiment: Experiment; readonly rows: readonly ExperimentRow[] }> {
  const root = new URL("../../", import.meta.url);
  const experiment = await importExperiment(new URL(`experiments/${id}/experiment.ts`, root).href);
  return { experiment, rows: await readFigureRows(experiment, `${resultsFolder()}/${id}`) };
}

/** A table for the last line of a notebook's cell, from rows of texts and numbers. */
export function table(
  head: readonly string[],
  rows: readonly (readonly (string | number | null)[])[],
): Display {
  const text = (value: string | number | null) =>
    value === null ? "-" : typeof value === "number" ? String(Number(value.toPrecision(4))) : value;
  const cells = [head, ...rows.map((row) => row.map(text))];
  const widths = head.map((_, i) => Math.max(...cells.map((row) => row[i].length)));
  const plain = cells.map((row) =>
    row.map((cell, i) => cell.padEnd(widths[i])).join("  ").trimEnd()
  );
  const escape = (cell: string) => cell.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  const line = (row: readonly string[], tag: string) =>
    `<tr>${row.map((cell) => `<${tag}>${escape(cell)}</${tag}>`).join("")}</tr>`;
  const html = `<table><thead>${line(cells[0], "th")}</thead><tbody>${
    cells.slice(1).map((row) => line(row, "td")).join("")
  }</tbody></table>`;
  return {
    [Symbol.for("Jupyter.display")]: () => ({ "text/html": html, "text/plain": plain.join("\n") }),
  };
}

/**
 * A copy whose numbers have four digits and whose rows are CSV texts: no eye sees more, and a notebook
 * stays small.
 */
function shortened(value: unknown): unknown {
  if (typeof value === "number") return Number(value.toPrecision(4));
  if (Array.isArray(value)) return value.map(shortened);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) =>
      key === "data" && Array.isArray(part?.values) && part.values.length > 0
        ? [key, { values: csv(part.values), format: { type: "csv" } }]
        : [key, shortened(part)]
    ),
  );
}

function csv(rows: readonly Readonly<Record<string, unknown>>[]): string {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const cell = (value: unknown) => {
    const text = value === undefined || value === null ? "" : String(shortened(value));
    return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [names.map(cell), ...rows.map((row) => names.map((name) => cell(row[name])))]
    .map((cells) => cells.join(",")).join("\n");
}
