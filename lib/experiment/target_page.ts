import { errorText, paperText, type TargetRow } from "./targets/target.ts";
import type { Experiment } from "./experiment.ts";

/** The page of an experiment's targets and headline numbers, in Markdown. */
export function targetPage(
  experiment: Experiment,
  targets: readonly TargetRow[],
  headlines: Readonly<Record<string, number>>,
): string {
  const { id, version, question } = experiment;
  const judged = targets.filter((row) => row.pass !== null);
  const sources = [...new Set(targets.map((row) => row.source))];
  const parts = [`# ${id}, version ${version}`, question];
  const numbers = Object.entries(headlines);
  if (numbers.length > 0) {
    parts.push(table(
      ["headline", "value"],
      numbers.map(([name, value]) => [name, String(Number(value.toPrecision(6)))]),
    ));
  }
  if (targets.length > 0) {
    parts.push(
      `${judged.filter((row) => row.pass).length} of ${judged.length} targets met.`,
      table(
        ["target", "paper", "ours", "error", "tolerance", "pass"],
        [...judged, ...targets.filter((row) => row.pass === null)].map(targetCells),
      ),
      ...targets.flatMap(({ id: own, known }) =>
        known === undefined ? [] : `Missed: ${asCell(own)}: ${asCell(known)}.`
      ),
      sources.map((source) => `Source: ${source}`).join("\n\n"),
    );
  }
  return parts.join("\n\n") + "\n";
}

/** A target as texts: id, paper, ours, error, tolerance, pass. */
export function targetCells(row: TargetRow): string[] {
  const share = (value: number) => {
    const percent = 100 * value;
    const shown = Math.abs(percent) >= 1 || Math.abs(percent) < 0.05
      ? percent.toFixed(1)
      : String(Number(percent.toPrecision(2)));
    return `${shown === "-0.0" ? "0.0" : shown} %`;
  };
  const short = (value: number) => String(Number(value.toPrecision(3)));
  const shown = (value: number | null) => {
    if (value === null) return "-";
    if (row.unit === "s") return `${value.toFixed(2)} s`;
    return row.unit === "count" ? short(value) : share(value);
  };
  // The error of a bar without a published value is the value itself.
  const ofError = (value: number | null) => {
    if (value === null) return "-";
    return row.unit === "count" && row.paper === null ? short(value) : share(value);
  };
  const pass = row.pass === null ? "-" : row.pass ? "yes" : "NO";
  return [
    row.id,
    paperText(row, shown),
    shown(row.ours),
    errorText(row, ofError),
    ofError(row.tolerance),
    pass,
  ];
}

/** A text as one cell of Markdown: no end of the cell or the line, and no HTML. */
function asCell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("<", "&lt;").replace(/\s+/g, " ");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(asCell).join(" | ")} |`;
  const rule = head.map((_, i) => i === 0 ? "---" : "---:");
  return [line(head), line(rule), ...rows.map(line)].join("\n");
}
