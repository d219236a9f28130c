import type { SensitivityRow } from "../../experiment/sensitivity/sensitivity_row.ts";
import { textTable } from "../text_table.ts";

/** Where the reference of a method is taken. */
const REFERENCE: Readonly<Record<SensitivityRow["method"], string>> = {
  "one-at-a-time": "at the basis",
  "level-means": "on the average",
  "full-grid": "on the average",
  "matched-cells": "on the average",
  sobol: "on the average",
  "least-by-level": "of the choice",
};

/** Sensitivities as lines: a table for each measure. */
export function sensitivityLines(rows: readonly SensitivityRow[]): string[] {
  if (rows.length === 0) return ["No factor is varied, or no measure is a number."];
  return [...Map.groupBy(rows, ({ measure }) => measure)].flatMap(([measure, own]) => {
    const [{ method, reference }] = own;
    const at = reference === null ? "" : `, ${number(reference)} ${REFERENCE[method]}`;
    return [`${measure} (${method}${at})`, ...measureTable(own), ""];
  });
}

function measureTable(rows: readonly SensitivityRow[]): string[] {
  const hasShares = rows.some(({ total_effect }) => total_effect !== null);
  return textTable(
    [
      [
        ...["Factor", "Least", "at", "Greatest", "at", "Swing"],
        ...(hasShares ? ["First order", "Total effect"] : []),
      ],
      ...rows.map((row) => [
        row.factor,
        number(row.least),
        row.least_level,
        number(row.greatest),
        row.greatest_level,
        interval(row.swing, row.swing_lower, row.swing_upper),
        ...(hasShares
          ? [
            interval(row.first_order, row.first_order_lower, row.first_order_upper),
            interval(row.total_effect, row.total_effect_lower, row.total_effect_upper),
          ]
          : []),
      ]),
    ],
    [0, 2, 4],
  );
}

function interval(value: number | null, lower: number | null, upper: number | null): string {
  if (value === null || lower === null || upper === null) return number(value);
  return `${number(value)} [${number(lower)}, ${number(upper)}]`;
}

function number(value: number | null): string {
  // Sums of equal numbers in another order differ in their last digits.
  if (value !== null && Math.abs(value) < 1e-12) return "0";
  return value === null ? "-" : String(Number(value.toPrecision(3)));
}
