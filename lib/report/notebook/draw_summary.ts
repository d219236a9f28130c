import { displayedUnit } from "./units.ts";
import type { Figure, Figures } from "../../metrics/figures/figure.ts";
import { SUMMARY_FIGURES } from "../../metrics/figures/summary_figures.ts";
import type { LatencySummary, Summary } from "../../metrics/run_tables.ts";
import type { MediaBundle } from "../../std/display.ts";
import { formatNumber } from "./format_cells.ts";
import { escapeHtml, tableBundle, type TableView, type ViewColumn } from "./table_view.ts";

/** Values of a part of the summary by the keys of its figures. */
type Values = Readonly<Record<string, unknown>>;

/** Tables one below the other, with lines between them. */
export function joinBundles(bundles: readonly MediaBundle[]): MediaBundle {
  const part = (mime: string) => bundles.map((bundle) => String(bundle[mime] ?? ""));
  return {
    "text/html": part("text/html").join("\n"),
    "text/plain": part("text/plain").join("\n\n"),
  };
}

/** Lines of text as a part of a display. */
export function textBundle(title: string, lines: readonly string[]): MediaBundle {
  const list = lines.map((line) => `<li>${escapeHtml(line)}</li>`).join("");
  return {
    "text/html": `<div><b>${escapeHtml(title)}</b>${list === "" ? "" : `<ul>${list}</ul>`}</div>`,
    "text/plain": [title, ...lines.map((line) => `- ${line}`)].join("\n"),
  };
}

/** A count with its noun, "1 function". */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${formatNumber(count)} ${count === 1 ? one : many}`;
}

/** The latencies of a summary: a row each, with unit, mean, percentiles and maximum. */
export function latencyView(summary: Summary, title?: string): TableView {
  const rows = Object.entries(SUMMARY_FIGURES).flatMap(([key, figure]) =>
    figure.kind === "latency"
      ? [{ figure, latency: (summary as unknown as Values)[key] as LatencySummary | undefined }]
      : []
  ).filter(({ latency }) => latency !== undefined);
  const parts = [...new Set(rows.flatMap(({ latency }) => Object.keys(latency!)))];
  return {
    count: rows.length,
    ...(title !== undefined && { title }),
    columns: [
      { name: "latency", values: rows.map(({ figure }) => figure.label) },
      { name: "unit", values: rows.map(({ figure }) => displayedUnit(figure.unit)) },
      ...parts.map((part) => ({
        name: part,
        values: rows.map(({ latency }) => latency![part as keyof LatencySummary] ?? null),
      })),
    ],
  };
}

/** A figure as a row of a table. */
export interface FigureRow {
  readonly name: string;
  readonly value: unknown;
  readonly unit: string;
}

/** Figures with their units, a row each. */
export function figuresView(title: string, rows: readonly FigureRow[]): TableView {
  return {
    title,
    count: rows.length,
    columns: [
      { name: "figure", values: rows.map(({ name }) => name) },
      { name: "value", values: rows.map(({ value }) => value) },
      { name: "unit", values: rows.map(({ unit }) => displayedUnit(unit)) },
    ],
  };
}

/** The rows of the numbers in a part of the summary, those of the groups in it behind their names. */
export function figureRows(figures: Figures<never>, values: Values | null): FigureRow[] {
  return Object.entries(figures).flatMap(([name, figure]): FigureRow[] => {
    const value = values?.[name];
    switch (figure.kind) {
      case "number":
        return [{ name, value, unit: figure.unit }];
      case "record":
      case "latency":
        return Object.entries(value ?? {}).map(([part, number]) => ({
          name: `${name}.${part}`,
          value: number,
          unit: figure.unit,
        }));
      case "group":
        return value === null || value === undefined
          ? []
          : figureRows(figure.figures, value as Values)
            .map((row) => ({ ...row, name: `${name}.${row.name}` }));
      case "text":
        return [{ name, value: [value].flat().join(", "), unit: "" }];
      default:
        return [];
    }
  });
}

/** A summary in sections: latencies, figures, each group, each list, what is null and why. */
export function drawSummary(summary: Summary): MediaBundle {
  const values = summary as unknown as Values;
  const entries = Object.entries(SUMMARY_FIGURES) as [string, Figure<never>][];
  const single = Object.fromEntries(entries.filter(([, figure]) => figure.kind === "number"));
  const sections = entries.flatMap(([key, figure]): MediaBundle[] => {
    const value = values[key];
    if (value === null || value === undefined) return [];
    if (figure.kind === "rows") {
      const list = value as readonly Values[];
      return list.length === 0 ? [] : [tableBundle(listView(key, figure.figures, list))];
    }
    if (figure.kind !== "group" && figure.kind !== "record") return [];
    const rows = figure.kind === "group"
      ? figureRows(figure.figures, value as Values)
      : Object.entries(value).map(([name, one]) => ({ name, value: one, unit: figure.unit }));
    return rows.length === 0 ? [] : [tableBundle(figuresView(key, rows))];
  });
  const missing = (summary.undefined_figures ?? []).filter(({ isUnused }) => !isUnused)
    .map(({ figures, why }) => `${figures.join(", ")}: ${why}`);
  return joinBundles([
    tableBundle(latencyView(summary, "latencies")),
    tableBundle(figuresView("figures", figureRows(single, values))),
    ...sections,
    ...(missing.length === 0 ? [] : [textBundle("undefined", missing)]),
    textBundle(`digest ${summary.digest}`, []),
  ]);
}

/** A list of classes, functions or pools: a row each. */
function listView(title: string, figures: Figures<never>, list: readonly Values[]): TableView {
  const rows = list.map((one) => figureRows(figures, one));
  const heads = new Map(rows.flat().map(({ name, unit }) => [name, unit]));
  const columns = [...heads].map(([name, unit]): ViewColumn => ({
    name,
    note: displayedUnit(unit),
    values: rows.map((row) => row.find((figure) => figure.name === name)?.value),
  }));
  return { title, count: list.length, columns };
}
