import type { MediaBundle } from "../../std/display.ts";
import type { LatencySummary, Summary } from "../../metrics/run_tables.ts";
import { formatNumber } from "./format_cells.ts";
import { escapeHtml, tableBundle, type TableView, type ViewColumn } from "./table_view.ts";
import { unitOfName } from "./units.ts";

/** Names of latencies as readers know them. */
const LATENCIES: Readonly<Record<string, string>> = {
  ttft_s: "TTFT",
  tbt_s: "TBT",
  tpot_s: "TPOT",
  e2e_s: "E2E",
  normalized_latency_s: "normalised latency",
  scheduling_delay_s: "scheduling delay",
};

/** What is no figure. */
const TEXTS = new Set(["digest", "undefined_figures"]);

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
  return {
    "text/html": `<div><b>${escapeHtml(title)}</b>${
      lines.length === 0
        ? ""
        : `<ul>${lines.map((line) => `<li>${escapeHtml(line)}</li>`).join("")}</ul>`
    }</div>`,
    "text/plain": [title, ...lines.map((line) => `- ${line}`)].join("\n"),
  };
}

/** The latencies of a summary: one row each, their mean, percentiles and maximum. */
export function latencyView(summary: Summary, title?: string): TableView {
  const rows = Object.entries(LATENCIES)
    .map(([key, name]) => [name, summary[key as "ttft_s"]] as const)
    .filter(([, latency]) => latency !== undefined);
  const parts = [...new Set(rows.flatMap(([, latency]) => Object.keys(latency)))];
  return {
    count: rows.length,
    ...(title !== undefined && { title }),
    columns: [
      { name: "latency (s)", values: rows.map(([name]) => name) },
      ...parts.map((part) => ({
        name: part,
        values: rows.map(([, latency]) => latency[part as keyof LatencySummary] ?? null),
      })),
    ],
  };
}

/** Figures with their units, a row each. */
export function figuresView(
  title: string,
  figures: readonly (readonly [name: string, value: unknown])[],
): TableView {
  return {
    title,
    count: figures.length,
    columns: [
      { name: "figure", values: figures.map(([name]) => name) },
      // One column of numbers of many units: each by itself, rather than commas for all.
      { name: "value", values: figures.map(([, value]) => value) },
      { name: "unit", values: figures.map(([name]) => unitOfFigure(name)) },
    ],
  };
}

/** Unit of a figure of the summary; shares have none, and run from 0 to 1. */
function unitOfFigure(name: string): string {
  return unitOfName(name) ||
    (/(share|rate|fraction|utilization|attainment|mfu|mbu|fragmentation)$/.test(name) ||
        /_rate_/.test(name)
      ? "0..1"
      : "");
}

/** A summary in sections: latencies, figures, one section for each group of figures, what is null. */
export function drawSummary(summary: Summary): MediaBundle {
  const entries = Object.entries(summary as unknown as Record<string, unknown>)
    .filter(([key]) => !TEXTS.has(key) && !(key in LATENCIES));
  const single = entries.filter(([, value]) => value === null || typeof value !== "object");
  const groups = entries.filter(([, value]) => isGroup(value));
  const lists = entries.filter(([, value]) => Array.isArray(value) && value.length > 0);
  const undefinedOnes = (summary.undefined_figures ?? []).filter(({ isUnused }) => !isUnused);
  return joinBundles([
    tableBundle(latencyView(summary, "latencies")),
    tableBundle(figuresView("figures", single)),
    ...groups.map(([key, group]) => tableBundle(figuresView(key, figuresOf(key, group as object)))),
    ...lists.map(([key, list]) => tableBundle(listView(key, list as readonly object[]))),
    ...(undefinedOnes.length === 0 ? [] : [
      textBundle(
        "undefined",
        undefinedOnes.map(({ figures, why }) => `${figures.join(", ")}: ${why}`),
      ),
    ]),
    textBundle(`digest ${summary.digest}`, []),
  ]);
}

function isGroup(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value) &&
    Object.keys(value).length > 0;
}

/** Figures of a group, those of groups within it too; the unit of the group's name stands in theirs. */
function figuresOf(key: string, group: object): [string, unknown][] {
  const unit = /_(s|gb_hours|seconds)$/.exec(key)?.[0] ?? "";
  return Object.entries(group).flatMap(([name, value]): [string, unknown][] => {
    const own = unit !== "" && !name.endsWith(unit) ? `${name}${unit}` : name;
    if (!isGroup(value)) return [[own, value]];
    return Object.entries(value as object).map(([part, figure]) => [`${name}.${part}`, figure]);
  });
}

/** Rows of a list of objects (classes, functions, pools): figures by name, latencies by part. */
function listView(title: string, list: readonly object[]): TableView {
  const rows = list.map((one) => new Map(figuresOf("", one)));
  const names = [...new Set(rows.flatMap((row) => [...row.keys()]))];
  const columns: ViewColumn[] = names.map((name) => ({
    name,
    note: unitOfFigure(name),
    values: rows.map((row) => row.get(name)),
  }));
  return { title, count: list.length, columns };
}

/** A count with its noun, "1 function". */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${formatNumber(count)} ${count === 1 ? one : many}`;
}
