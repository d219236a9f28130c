import type { Summary } from "../../metrics/run_tables.ts";

/** A sentence of the answer, and whether it is good news. */
export type Answer = readonly [kind: "good" | "bad" | "plain", text: string];

/** Whether as much is served as arrives: a backlog that does not grow is not yet that. */
export function servedAnswers(
  arrived: number,
  completed: number,
  saturation: Summary["saturation"],
): Answer[] {
  const [all, lost] = [arrived, arrived - completed].map((count) => count.toLocaleString("en"));
  if (arrived === 0) return [["plain", "No request arrived."]];
  const unfinished: Answer[] = lost === "0"
    ? [["good", `All ${all} requests completed.`]]
    : [["bad", `${lost} of ${all} requests did not complete.`]];
  if (saturation !== null) {
    return [[
      "bad",
      `Saturated: ${figure(saturation.arrivals_rps)} requests/s arrive and ` +
      `${figure(saturation.served_rps)} are served, so that latencies grow as long as the run ` +
      `goes on and have no steady state.`,
    ], ...unfinished];
  }
  return lost === "0"
    ? [["good", "As much is served as arrives."], ...unfinished]
    : completed === 0
    ? unfinished
    : [...unfinished, ["plain", "Of the others as much is served as arrives."]];
}

/** A figure with four digits. */
export function figure(value: number): string {
  return String(Number(value.toPrecision(4)));
}
