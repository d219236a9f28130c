import { renderTable } from "../config/reference.ts";
import { ALL_TABLES } from "../metrics/columns/result_tables.ts";
import type { Figures } from "../metrics/figures/figure.ts";
import { SUMMARY_FIGURES } from "../metrics/figures/summary_figures.ts";
/** Figures as rows of key, unit and sentence; those of groups and lists behind them. */
function figureRows(figures: Figures<never>, above = ""): string[][] {
  return Object.entries(figures).flatMap(([key, figure]) => {
    const isList = figure.kind === "rows" ||
      (figure.kind === "given" && figure.type.endsWith("[]"));
    const path = `${above}${key}${isList ? "[]" : ""}`;
    const own = [`\`${path}\``, "unit" in figure ? figure.unit : "", figure.doc];
    return "figures" in figure ? [own, ...figureRows(figure.figures, `${path}.`)] : [own];
  });
}

/**
 * docs/metrics.md with its tables of columns and figures made from the declarations; everything else
 * as it is.
 *
 * @throws {RangeError} If a table's section is not in the page.
 */
export function withDeclaredTables(
  page: string,
  figures: Figures<never> = SUMMARY_FIGURES,
): string {
  const withColumns = Object.values(ALL_TABLES).reduce((text, { heading, columns }) => {
    const rows = Object.values(columns).map(({ name, unit, doc }) => [`\`${name}\``, unit, doc]);
    return withTable(text, heading, ["Column", "Unit", "Meaning"], rows);
  }, page);
  return withTable(withColumns, "Summary", ["Key", "Unit", "Meaning"], figureRows(figures));
}

/** A page with another table in place of the one that begins so in a section. */
function withTable(
  page: string,
  heading: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const section = page.indexOf(`\n## ${heading}\n`);
  const start = page.indexOf(`\n| ${head[0]}`, section);
  if (section < 0 || start < 0) {
    throw new RangeError(`Cannot find the table of "${heading}" in the page of metrics`);
  }
  const end = page.indexOf("\n\n", start);
  return `${page.slice(0, start + 1)}${renderTable(head, rows)}${page.slice(end)}`;
}
