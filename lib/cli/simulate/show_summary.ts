import type { LatencyFigure } from "../../metrics/figures/figure.ts";
import { PRINTED_LINES } from "../../metrics/figures/printed_lines.ts";
import { SUMMARY_FIGURES } from "../../metrics/figures/summary_figures.ts";
import type { LatencySummary, RunResult } from "../../metrics/run_tables.ts";
import { LONGEST_MESSAGE, shownName } from "../../std/safe_text.ts";
import { duration } from "../readable_numbers.ts";
import { lineText, type ShownLine, shownLines } from "./printed_figures.ts";

/** The summary of a run as lines of tables for a terminal of 100 columns, and its notices. */
export function showSummary(
  { summary, engine }: Pick<RunResult, "summary" | "engine">,
): string[] {
  const lines = shownLines(SUMMARY_FIGURES, { ...summary });
  const isTable = ({ line }: ShownLine) => PRINTED_LINES[line].isTable === true;
  const isHeadline = ({ line }: ShownLine) => PRINTED_LINES[line].isHeadline === true;
  const facts = lines.filter((line) => !isTable(line) && !isHeadline(line));
  const width = Math.max(...facts.map(({ name }) => name.length));
  const blocks: (readonly string[])[] = [
    lines.filter(isHeadline).map((line) => `${line.name} ${lineText(line)}`),
    ...lines.filter(isTable).map(latencyTable),
    facts.map((line) => `${line.name.padEnd(width)}  ${lineText(line)}`),
    (engine.kvCache ?? []).map((line) => shownName(line, LONGEST_MESSAGE)),
    engine.notices.map((notice) => `Note: ${shownName(notice, LONGEST_MESSAGE)}`),
  ];
  return blocks.filter((block) => block.length > 0)
    .flatMap((block, i) => i === 0 ? block : ["", ...block]);
}

/** A head, and a row for each latency: its mean, its percentiles and its largest value. */
export function latencyCells({ name, placed }: ShownLine): string[][] {
  const latencies = placed.map(({ figure, value }) => ({
    label: (figure as LatencyFigure<never>).label,
    value: value as LatencySummary,
  }));
  const percentiles = Object.keys(latencies[0].value).filter((key) => /^p[\d.]+$/.test(key));
  const keys = ["mean", ...percentiles, "max"] as (keyof LatencySummary)[];
  return [
    [name, ...keys],
    ...latencies.map(({ label, value }) => [label, ...keys.map((key) => duration(value[key]))]),
  ];
}

/** The cells of latencies as lines. */
function latencyTable(line: ShownLine): string[] {
  const rows = latencyCells(line);
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  return rows.map((row) =>
    row.map((cell, i) => i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i] + 1)).join(" ")
  );
}
