import { parseArgs } from "@std/cli";
import { FLEET_TARGETS } from "../experiment/fleet_targets/mod.ts";
import { COLD_START_TARGETS, type TargetGroup, type TargetRow } from "../serverless/targets/mod.ts";

/** All groups of targets that need nothing but the repository. */
const GROUPS: readonly TargetGroup[] = [...COLD_START_TARGETS, ...FLEET_TARGETS];

const HELP = `Compares published numbers with ours.

Usage: deno task targets [GROUP...] [--json] [--all]

  GROUP    Only these groups: ${GROUPS.map((group) => group.id).join(", ")}
  --all    Also the rows that count only as part of a mean
  --json   One JSON array of rows: id, source, unit, paper, ours, error, tolerance, pass

Exits with 1 when a target is missed.`;

/** Prints a row per target; 1 when one is missed, 2 for a wrong command line. */
export function runTargets(args: readonly string[], print: (line: string) => void): number {
  const options = parseArgs(args, { boolean: ["json", "all", "help"], alias: { h: "help" } });
  if (options.help) {
    print(HELP);
    return 0;
  }
  const wanted = options._.map(String);
  for (const id of wanted) {
    if (!GROUPS.some((group) => group.id === id)) {
      print(
        `Cannot show targets of a group as one of ${
          GROUPS.map((group) => group.id).join(", ")
        }: current value is ${id}`,
      );
      return 2;
    }
  }
  const rows = GROUPS.filter((group) => wanted.length === 0 || wanted.includes(group.id))
    .flatMap((group) => group.rows());
  if (options.json) print(JSON.stringify(rows, null, 2));
  else printRows(options.all ? rows : rows.filter((row) => row.tolerance !== null), print);
  return rows.some((row) => row.pass === false) ? 1 : 0;
}

/** The command as `lib/cli/main.ts` lists it. */
export const targetsCommand = {
  name: "targets",
  summary: "Compare published numbers with ours",
  help: HELP,
  run: runTargets,
} as const;

function printRows(rows: readonly TargetRow[], print: (line: string) => void): void {
  const shown = (value: number | null, unit: TargetRow["unit"], digits: number) => {
    if (value === null) return "-";
    if (unit === "count") return Number.isInteger(value) ? String(value) : value.toPrecision(4);
    return unit === "s" ? value.toFixed(2) : `${(100 * value).toFixed(digits)} %`;
  };
  // A bar of counts has a count for its error; where there is a published number, errors are shares.
  const errorUnit = (row: TargetRow) =>
    row.unit === "count" && row.paper === null ? "count" : "share";
  const cells = rows.map((row) => [
    row.id,
    shown(row.paper, row.unit, 1),
    shown(row.ours, row.unit, 1),
    shown(row.error, errorUnit(row), 1),
    shown(row.tolerance, errorUnit(row), 0),
    row.pass === null ? "-" : row.pass ? "yes" : "NO",
  ]);
  const table = [["target", "paper", "ours", "error", "tolerance", "pass"], ...cells];
  const widths = table[0].map((_, i) => Math.max(...table.map((row) => row[i].length)));
  for (const row of table) {
    print(
      row.map((cell, i) => i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])).join("  "),
    );
  }
  const judged = rows.filter((row) => row.pass !== null);
  print(`${judged.filter((row) => row.pass).length} of ${judged.length} targets met`);
}

if (import.meta.main) Deno.exit(runTargets(Deno.args, console.log));
