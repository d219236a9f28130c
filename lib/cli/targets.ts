import { FLEET_TARGETS } from "../experiment/studies/mod.ts";
import { expectedOfJson } from "../experiment/expected.ts";
import {
  COLD_START_TARGETS,
  ENERGY_TARGETS,
  errorText,
  mooncakeTransferTargets,
  paperText,
  pinnedTargetRows,
  readPinnedTargets,
  type TargetGroup,
  type TargetRow,
} from "../experiment/targets/mod.ts";
import { parseJson } from "../std/json.ts";
import fleetsimText from "../../data/targets/fleetsim.yaml" with { type: "text" };
import kvTiersText from "../../data/targets/kv-tiers.yaml" with { type: "text" };
import vidurSearchText from "../../data/targets/vidur-search.yaml" with { type: "text" };
import { type CommandOption, describeOptions, readArguments } from "./arguments.ts";
import type { Command } from "./command.ts";
import { oneOf } from "./one_of.ts";
import { textTable } from "./text_table.ts";

/** All groups of targets that need nothing but the repository. */
const GROUPS: readonly TargetGroup[] = [
  ...COLD_START_TARGETS,
  ...FLEET_TARGETS,
  ...ENERGY_TARGETS,
  mooncakeTransferTargets,
  ...[vidurSearchText, fleetsimText, kvTiersText].map(ofExperiment),
];

/** The targets of an experiment that takes too long to be run here: of what its version has pinned. */
function ofExperiment(text: string): TargetGroup {
  const targets = readPinnedTargets(text);
  return {
    id: targets.id,
    rows() {
      const path = new URL(
        `../../experiments/${targets.experiment}/expected.json`,
        import.meta.url,
      );
      const { headlines } = expectedOfJson(parseJson(Deno.readTextFileSync(path)));
      return pinnedTargetRows(targets, headlines);
    },
  };
}

const OPTIONS: readonly CommandOption[] = [
  { name: "all", describe: "Also the rows that count only as part of a mean" },
  {
    name: "json",
    describe:
      "One JSON array of rows: id, source, unit, paper (or range), ours, error, tolerance, pass",
  },
];

/** The command "targets". */
export const targetsCommand: Command = {
  name: "targets",
  summary: "Compare published numbers with ours",
  help:
    `Compares published numbers with ours. Of experiments that take too long to be run here ours are
those that their expected.json has pinned.

Usage: deno task targets [GROUP...] [--json] [--all]

Groups, all unless named:
${GROUPS.map((group) => `  ${group.id}`).join("\n")}

${describeOptions(OPTIONS)}

Exit codes: 0 all are met, 1 one is missed, 2 a mistake on the command line.`,
  run(args, print) {
    const given = readArguments("targets", args, OPTIONS);
    const ids = GROUPS.map((group) => group.id);
    const wanted = given.positional.map((id) => oneOf("a group of targets", id, ids));
    const rows = GROUPS.filter((group) => wanted.length === 0 || wanted.includes(group.id))
      .flatMap((group) => group.rows());
    const lines = given.flag("json")
      ? [JSON.stringify(rows, null, 2)]
      : showRows(given.flag("all") ? rows : rows.filter((row) => row.tolerance !== null));
    for (const line of lines) print(line);
    return rows.some((row) => row.pass === false) ? 1 : 0;
  },
};

function showRows(rows: readonly TargetRow[]): string[] {
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
    paperText(row, (value) => shown(value, row.unit, 1)),
    shown(row.ours, row.unit, 1),
    errorText(row, (value) => shown(value, errorUnit(row), 1)),
    shown(row.tolerance, errorUnit(row), 0),
    row.pass === null ? "-" : row.pass ? "yes" : "NO",
  ]);
  const judged = rows.filter((row) => row.pass !== null);
  return [
    ...textTable([["target", "paper", "ours", "error", "tolerance", "pass"], ...cells]),
    `${judged.filter((row) => row.pass).length} of ${judged.length} targets met`,
  ];
}
