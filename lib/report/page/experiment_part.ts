import { type Experiment, type ExperimentRow, readFigureRows } from "../../experiment/mod.ts";
import { errorText, paperText, type TargetRow } from "../../experiment/targets/target.ts";
import type { FigureSpec } from "../../plot/mod.ts";
import { type Html, html } from "./html.ts";
import { manifestTable, type PagePart } from "./run_part.ts";
import { screenFigure } from "./screen_figure.ts";
import { figurePlace, folded, textTable } from "./sections.ts";

/** Rows of an experiment that a page shows at most. */
const MOST_ROWS = 500;

/**
 * The part of a page on an experiment: what it asks, what is published beside ours, its figures and
 * its rows.
 *
 * @throws {RangeError} If the directory holds no rows of it.
 */
export async function experimentPart(
  id: string,
  directory: string,
  experiment: Experiment,
  manifest: Readonly<Record<string, unknown>>,
): Promise<PagePart> {
  const rows = await readFigureRows(experiment, directory);
  const targets = experiment.targets(rows);
  const names = Object.keys(experiment.figures);
  const charts = [];
  for (const name of names) {
    const spec = await experiment.figures[name](rows, { column: 2 }) as FigureSpec;
    charts.push({ id: `${id}-${name}`, spec: screenFigure(spec) });
  }
  const judged = targets.filter(({ pass }) => pass !== null);
  const met = judged.filter(({ pass }) => pass === true).length;
  const content = html`
    <ul class="answer"><li class="plain">${experiment.question}</li>${judged.length === 0
      ? html``
      : html`<li class="${
        met === judged.length ? "good" : "bad"
      }">${met} of ${judged.length} published
numbers that are judged are met within their tolerance.</li>`}</ul>
    ${names.map((name) => figurePlace(`${id}-${name}`, name.replaceAll("_", " "), ""))}
    ${targets.length === 0 ? html`` : targetsTable(targets)}
    ${folded("Rows", rowsTable(rows))}
    ${folded("Manifest", manifestTable(manifest))}
  `;
  return { content: html`<div id="${id}">${content}</div>`, charts, runs: [] };
}

function targetsTable(targets: readonly TargetRow[]): Html {
  const number = (value: number | null) =>
    value === null || Number.isNaN(value) ? "–" : String(Number(value.toPrecision(4)));
  return textTable(
    "Published numbers beside ours",
    ["Number", "Unit", "Published", "Ours", "Error (%)", "Tolerance (%)", "Met", "Source"],
    targets.map((row) => [
      row.id,
      row.unit,
      paperText(row, number),
      number(row.ours),
      errorText(row, (error) => number(100 * error)),
      row.tolerance === null ? "" : number(100 * row.tolerance),
      row.pass === null ? "" : row.pass ? "yes" : "no",
      row.source,
    ]),
    { isNumber: (column) => column > 1 && column < 6 },
  );
}

function rowsTable(rows: readonly ExperimentRow[]): Html {
  const head = Object.keys(rows[0] ?? {});
  const text = (value: unknown) =>
    typeof value === "number" ? String(Number(value.toPrecision(6))) : String(value ?? "");
  const caption = rows.length > MOST_ROWS
    ? `The first ${MOST_ROWS} of ${rows.length} rows`
    : `All ${rows.length} rows`;
  return textTable(
    caption,
    head,
    rows.slice(0, MOST_ROWS).map((row) => head.map((name) => text(row[name]))),
    { isNumber: (column) => typeof rows[0]?.[head[column]] === "number" },
  );
}
