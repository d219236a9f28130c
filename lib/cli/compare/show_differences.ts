import type { FigureDifference, SettingDifference } from "../../planning/differences.ts";
import { showValue } from "../../std/show_value.ts";
import { textTable } from "../text_table.ts";

/** Settings that differ, a line each. */
export function settingLines(settings: readonly SettingDifference[]): string[] {
  if (settings.length === 0) return ["No setting differs."];
  return textTable(
    [
      ["Setting", "Before", "After"],
      ...settings.map(({ path, before, after }) => [path, showValue(before), showValue(after)]),
    ],
    [0],
  );
}

/**
 * Figures and their differences; a star where the interval of the difference excludes 0, and a mark on
 * all of them where one is given.
 */
export function figureLines(figures: readonly FigureDifference[], mark = ""): string[] {
  return textTable(
    [
      ["Figure", "Before", "After", "Difference", "95 % interval", "Change", ""],
      ...figures.map((figure) => {
        const cells = figureCells(figure);
        return [figure.path, ...cells.slice(0, -1), `${cells.at(-1)}${mark}`];
      }),
    ],
    [0],
  );
}

/** Before, after, difference, interval, change in per cent, and the star. */
export function figureCells({ before, after, difference }: FigureDifference): string[] {
  const { estimate, lower, upper } = difference;
  const isKnown = Number.isFinite(lower) && Number.isFinite(upper);
  return [
    digits(before),
    digits(after),
    digits(estimate),
    isKnown ? `[${digits(lower)}, ${digits(upper)}]` : "-",
    before === 0 ? "-" : `${(100 * estimate / before).toFixed(1)} %`,
    isKnown && (lower > 0 || upper < 0) ? "*" : "",
  ];
}

/** A number to four digits. */
export function digits(value: number): string {
  return String(Number(value.toPrecision(4)));
}
