import type { Figure, Figures, Printed } from "../../metrics/figures/figure.ts";
import { PRINTED_LINES, type PrintedLine } from "../../metrics/figures/printed_lines.ts";
import type { LatencySummary } from "../../metrics/run_tables.ts";
import { shownName } from "../../std/safe_text.ts";
import { duration, grouped } from "../readable_numbers.ts";
import { inUnit } from "../unit_text.ts";

type Values = Readonly<Record<string, unknown>>;
type AnyFigure = Figure<never>;

/** A figure at its place in a line. */
interface Placed {
  readonly figure: AnyFigure;
  readonly value: unknown;
  readonly place: number;
  /** Its words, null where it is left out. */
  readonly text: string | null;
}

/** A line of the printed summary, or a table. */
export interface ShownLine {
  readonly line: PrintedLine;
  readonly name: string;
  readonly placed: readonly Placed[];
}

/**
 * The lines that a summary is printed as, in the order of `PRINTED_LINES`, without those whose first
 * figure is left out; one for each row of a list.
 */
export function shownLines(figures: Figures<never>, values: Values): ShownLine[] {
  const lines = new Map<string, { line: PrintedLine; name: string; placed: Placed[] }>();
  const visit = (some: Figures<never>, of: Values, row: string) => {
    for (const [key, figure] of Object.entries(some)) {
      const value = of[key];
      if (value === null && figure.kind === "group") continue;
      if (figure.kind === "group") visit(figure.figures, value as Values, row);
      else if (figure.kind === "rows") {
        (value as Values[]).forEach((one, i) => visit(figure.figures, one, `${key} ${i}`));
      } else if (figure.printed !== undefined) {
        const { line } = figure.printed;
        const id = `${line} ${row}`;
        const found = lines.get(id) ??
          { line, name: filled(PRINTED_LINES[line].name, "", some, of), placed: [] };
        lines.set(id, found);
        const place = "place" in figure.printed ? figure.printed.place ?? 0 : 0;
        found.placed.push({ figure, value, place, text: wordsOf(figure, value, some, of) });
      }
    }
  };
  visit(figures, values, "");
  const order = Object.keys(PRINTED_LINES);
  return [...lines.values()]
    .map(({ placed, ...rest }) => ({
      ...rest,
      placed: placed.toSorted((a, b) => a.place - b.place),
    }))
    .filter(({ placed }) => placed[0].text !== null)
    .toSorted((a, b) => order.indexOf(a.line) - order.indexOf(b.line));
}

/** The words of a line: those of its figures, behind each other. */
export function lineText({ line, placed }: ShownLine): string {
  const [first, ...rest] = placed.flatMap(({ text }) => text === null ? [] : [text]);
  if (rest.length === 0) return first;
  return PRINTED_LINES[line].isHeaded
    ? `${first} (${rest.join(", ")})`
    : [first, ...rest].join(", ");
}

/** A figure's words in a line; null where it is left out. */
function wordsOf(figure: AnyFigure, value: unknown, siblings: Figures<never>, of: Values) {
  if (figure.kind === "record") {
    const { words } = figure.printed!;
    const texts = Object.entries(value as Readonly<Record<string, number>>)
      .filter(([key]) => key in words)
      .map(([key, number]) => words[key].replace("{}", inLine(number, figure.unit)));
    return texts.length === 0 ? null : texts.join(", ");
  }
  const { words = "{}", otherwise, hidesZero = false } = (figure as { printed: Printed }).printed;
  if (hidesZero && value === 0) return null;
  if (value === null && otherwise !== undefined) return otherwise;
  return filled(words, valueText(figure, value), siblings, of);
}

/** Words with `{}` as a text and `{key}` as the value of a figure. */
function filled(words: string, own: string, figures: Figures<never>, of: Values): string {
  return words.replaceAll(
    /\{(\w*)\}/g,
    (_, key: string) => key === "" ? own : valueText(figures[key], of[key]),
  );
}

function valueText(figure: AnyFigure, value: unknown): string {
  if (value === null) return "-";
  if (typeof value === "number") return inLine(value, (figure as { unit: string }).unit);
  if (figure.kind !== "latency") return shownName(String(value));
  const { p50, mean } = value as LatencySummary;
  const name = p50 === undefined ? "mean" : "p50";
  return `${name} ${figure.label} ${duration(p50 ?? mean)}`;
}

/** A number in a line: things and their seconds whole. */
function inLine(value: number, unit: string): string {
  return unit === "count" || unit === "instance × s"
    ? grouped(Math.round(value))
    : inUnit(value, unit);
}
