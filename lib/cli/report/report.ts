import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { PRINTED_LINES } from "../../metrics/figures/printed_lines.ts";
import { SUMMARY_FIGURES } from "../../metrics/figures/summary_figures.ts";
import type { Summary } from "../../metrics/run_tables.ts";
import { isReport, reportPage, type RunFacts } from "../../report/page/mod.ts";
import { addToResults } from "../../results/add_files.ts";
import { type CommandOption, describeOptions, readArguments } from "../arguments.ts";
import type { Command } from "../command.ts";
import { experimentNamed } from "../experiment_named.ts";
import { checkOwnFile, type OwnFile, writeOwnFile } from "../own_file.ts";
import { grouped } from "../readable_numbers.ts";
import { lineText, type ShownLine, shownLines } from "../simulate/printed_figures.ts";
import { latencyCells } from "../simulate/show_summary.ts";
import { UsageError } from "../usage_error.ts";

/** Name of a report within results. */
const REPORT = "report.html";

const OPTIONS: readonly CommandOption[] = [
  {
    name: "out",
    value: "FILE",
    describe:
      "Where the report goes (RESULT/report.html, which goes with those results when others\n" +
      "take their place; of several results report.html here); a file that is no report is\n" +
      "not replaced",
  },
  { name: "open", describe: "Open the report in the browser" },
  {
    name: "experiments",
    value: "DIR|FILE",
    describe: "Folder of the experiments (experiments), or the one that is reported on",
  },
];

const OWN: OwnFile = { option: "--out", what: "a report", isSuch: isReport };

/** The command "report". */
export const reportCommand: Command = {
  name: "report",
  summary: "Write results as one page that opens anywhere",
  help: `Writes a report on results of runs, experiments or plans as one HTML file.

Usage: deno task report RESULT... [OPTION...]

The file holds all that it needs: it opens from a disk and asks no other machine for anything. Of a run
it has the answer, what happens over time, latencies by percentile, the requests with the story of each
(sorted and filtered), the bill, starts, and how the configuration differs from the defaults. Several
results stand side by side.

${describeOptions(OPTIONS)}

Exit codes: 0 done, 2 a mistake in the input (one line says which).`,
  async run(args, print) {
    const given = readArguments("report", args, OPTIONS);
    const results = given.positional;
    if (results.length === 0) {
      throw new UsageError("Cannot report without results: write report RESULT...");
    }
    const own = given.value("out");
    const file = own ?? (results.length === 1 ? join(results[0], REPORT) : REPORT);
    const isWithin = own === undefined && results.length === 1;
    if (!isWithin) checkOwnFile(file, OWN);
    const page = await reportPage(results, {
      facts: printedFacts,
      findExperiment: (name) => experimentNamed(name, given.value("experiments"), "report on"),
    });
    if (isWithin) addToResults(results[0], [[REPORT, new TextEncoder().encode(page)]]);
    else writeOwnFile(file, page, OWN);
    print(`The report is ${file} (${grouped((page.length / 1e6).toFixed(1))} MB)`);
    if (given.flag("open")) openInBrowser(file);
    return 0;
  },
};

/** A summary as `simulate` prints it. */
function printedFacts(summary: Summary): RunFacts {
  const lines = shownLines(SUMMARY_FIGURES, { ...summary });
  const isTable = ({ line }: ShownLine) => PRINTED_LINES[line].isTable === true;
  const [[[, ...head], ...rows]] = lines.filter(isTable).map(latencyCells);
  return {
    lines: lines.filter((line) => !isTable(line)).map((line) => [line.name, lineText(line)]),
    latencies: [["", ...head], ...rows],
  };
}

const OPENERS: Partial<Record<typeof Deno.build.os, readonly string[]>> = {
  darwin: ["open"],
  windows: ["explorer"],
};

/** Opens a file in the browser of this machine. @throws {UsageError} If there is none. */
function openInBrowser(file: string): void {
  const [program, ...args] = OPENERS[Deno.build.os] ?? ["xdg-open"];
  const address = pathToFileURL(resolve(file)).href;
  try {
    new Deno.Command(program, { args: [...args, address], stdout: "null", stderr: "null" })
      .spawn().unref();
  } catch (error) {
    throw new UsageError(`Cannot open ${address} in a browser: there is no ${program}`, {
      cause: error,
    });
  }
}
