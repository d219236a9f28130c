import type { Summary } from "../metrics/run_tables.ts";
import type { BarRow } from "../plot/mod.ts";

/** Functions that are drawn: those with the most requests. */
const MOST_FUNCTIONS = 24;

const PANEL = "Requests within their SLO (%)";

/** Greatest value of the rows' panel. */
export const ATTAINMENT_MOST: Readonly<Record<string, number>> = { [PANEL]: 100 };

/** The share of each service class's requests that met every limit, in the order of the summary. */
export function classAttainmentRows({ classes }: Summary): BarRow[] {
  return attainmentRows(classes);
}

/**
 * The share of each function's requests that met every limit: of all where there are few, else of
 * those with the most requests, which come first.
 */
export function functionAttainmentRows({ functions }: Summary): BarRow[] {
  if (functions.length <= MOST_FUNCTIONS) return attainmentRows(functions);
  const busiest = functions.toSorted((a, b) => b.arrived - a.arrived).slice(0, MOST_FUNCTIONS);
  return attainmentRows(busiest);
}

function attainmentRows(
  parts: readonly { readonly name: string; readonly slo_attainment: number | null }[],
): BarRow[] {
  return parts.flatMap(({ name, slo_attainment: share }) =>
    share === null ? [] : [{ panel: PANEL, label: name, value: 100 * share }]
  );
}
