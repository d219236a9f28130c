import { shownFile } from "../../std/input_error.ts";
import { loadConfig } from "../../config/load.ts";
import { type CommandOption, describeOptions, readArguments } from "../arguments.ts";
import type { Command } from "../command.ts";
import { platformInput } from "./platform_input.ts";
import { readInput } from "../read_input.ts";
import { runSimulation } from "./run_simulation.ts";
import { traceEventsOf } from "./trace_events.ts";
import { UsageError } from "../usage_error.ts";

const FORMATS = ["parquet", "csv", "json"] as const;
const STEPPINGS = ["leap", "step"] as const;

const OPTIONS: readonly CommandOption[] = [
  {
    name: "set",
    value: "PATH=VALUE",
    repeats: true,
    describe: "Set one setting, over all files; may stand several times:\n" +
      "--set workload.type=poisson --set workload.arrival_rate=5",
  },
  {
    name: "platform",
    value: "NAME|FILE",
    describe: "Scale, keep alive, queue and bill as this platform of data/platforms,\n" +
      "or a file like those, where the configuration says nothing else",
  },
  {
    name: "trace",
    value: "FILE",
    describe: "Replay this trace (workload.type trace); its format is recognised",
  },
  { name: "seed", value: "N", describe: "Seed of every random stream, 0 to 4294967295" },
  {
    name: "stepping",
    value: "MODE",
    describe: "leap: many decode steps at once (default); step: one by one, for checking",
  },
  {
    name: "out",
    value: "DIR",
    describe: "Write the tables, summary.json and manifest.json there; older results in it\n" +
      "are replaced, other files stay. Without it only the summary is printed",
  },
  {
    name: "format",
    value: "LIST",
    describe: "Formats of the tables: parquet (default), csv, json, or several with commas",
  },
  {
    name: "csv-safe",
    describe: "In CSV, a text that begins with = + - @ always gets an apostrophe, so that\n" +
      "no spreadsheet computes it; with this also what follows ; | or a tab inside\n" +
      "a text, and every text is quoted. Numbers stay numbers",
  },
  {
    name: "stream",
    describe: "For runs larger than memory: draw the requests in pieces, and keep those\n" +
      "that have ended on the disk of DIR; tables, summary and digest are the same",
  },
  { name: "figures", describe: "Also draw the figures into DIR/figures" },
  {
    name: "trace-events",
    describe: "Also write DIR/trace.json.gz, a timeline of machines, instances, steps and\n" +
      "starts that ui.perfetto.dev opens, of at most 50 MB before compression",
  },
  {
    name: "trace-events-window",
    value: "FROM..TO",
    describe: "The same of a part of the run, such as 100..200 (seconds) or 2min..150s",
  },
  {
    name: "trace-events-resolution",
    value: "TIME",
    describe: "The same with a sampling: steps of an instance that begin within the same\n" +
      "interval of this length, such as 50ms, are one slice; default 0: all apart",
  },
  {
    name: "timing",
    value: "FILE",
    describe: "Write the time and memory of this process to FILE, by phase, as JSON; a file\n" +
      "that holds something else is not replaced",
  },
  { name: "quiet", describe: "No progress; print the summary alone" },
];

/** The command "simulate". */
export const simulateCommand: Command = {
  name: "simulate",
  summary: "Simulate a configuration, print the summary, write the results",
  help: `Simulates a deployment and prints latency, utilisation and cost.

Usage: deno task simulate [CONFIG.yaml...] [OPTION...]

Several configurations are merged, later ones over earlier ones, all over the defaults. Paths in a
configuration count from its own directory, those on the command line from the working directory.
"-" in place of one configuration, trace or platform reads standard input.

${describeOptions(OPTIONS)}

Exit codes: 0 done, 2 a mistake in the input (one line says which), 1 a mistake in the program or
figures that could not be drawn (the tables are there), 130 interrupted, 143 told to end (SIGTERM).`,
  async run(args, print) {
    const given = readArguments("simulate", args, OPTIONS);
    const out = given.value("out");
    const figures = given.flag("figures");
    const traceEvents = traceEventsOf(given);
    const asked = figures ? "figures" : traceEvents ? "trace events" : "tables";
    if (out === undefined && (asked !== "tables" || given.value("format") !== undefined)) {
      throw new UsageError(`Cannot write ${asked} without a directory: add --out DIR`);
    }
    const stream = given.flag("stream");
    if (stream && out === undefined) {
      throw new UsageError("Cannot stream a run without a directory for its rows: add --out DIR");
    }
    if (stream && figures) {
      throw new UsageError(
        "Cannot draw figures of a run that is streamed: draw them from its tables (deno task plot)",
      );
    }
    if (stream && traceEvents !== undefined) {
      throw new UsageError(
        "Cannot write trace events of a run that is streamed: leave one of both",
      );
    }
    const platform = platformInput(given.value("platform"));
    const safe = given.flag("csv-safe") ? ["output.csv_safe=true"] : [];
    const set = overridesOf([...platform.set, ...given.values("set"), ...safe], {
      trace: given.value("trace"),
      seed: given.value("seed"),
      stepping: given.value("stepping"),
      format: given.value("format"),
    });
    const files = given.positional.map((name) => ({
      name: shownFile(name),
      content: readInput(name, "a configuration"),
    }));
    const below = platform.configuration === undefined
      ? []
      : [{ name: platform.file!.name, content: platform.configuration }];
    const texts = [...below, ...files];
    const config = loadConfig(texts.map(({ content }) => content), {
      set,
      fileNames: texts.map(({ name }) => name),
    });
    const overridden = new Set(set.map((text) => text.slice(0, text.indexOf("=")).trim()));
    const quiet = given.flag("quiet");
    const timing = given.value("timing");
    const inputs = platform.file === undefined ? files : [platform.file, ...files];
    const saveLine = [...args, "--out", "results/run"].map(shellWord).join(" ");
    const how = { out, figures, stream, quiet, timing, saveLine, traceEvents };
    return await runSimulation({ config, files: inputs, overridden, ...how }, print);
  },
};

/** Options that stand for settings, as overrides after those of `--set`. */
function overridesOf(
  set: readonly string[],
  options: Readonly<Record<"trace" | "seed" | "stepping" | "format", string | undefined>>,
): string[] {
  const { trace, seed, stepping, format } = options;
  const overrides = [...set];
  if (trace !== undefined) {
    // A JSON text is a YAML text too: it keeps whatever is special in a path.
    overrides.push("workload.type=trace", `workload.trace.path=${JSON.stringify(trace)}`);
  }
  if (seed !== undefined) {
    if (!/^\d+$/.test(seed) || Number(seed) > 4294967295) {
      throw new UsageError(
        `Cannot read --seed as a whole number from 0 to 4294967295: current value is "${seed}"`,
      );
    }
    overrides.push(`simulation.random_seed=${seed}`);
  }
  if (stepping !== undefined) {
    if (!(STEPPINGS as readonly string[]).includes(stepping)) {
      throw new UsageError(
        `Cannot read --stepping as one of ${STEPPINGS.join(", ")}: current value is "${stepping}"`,
      );
    }
    overrides.push(`simulation.stepping=${stepping}`);
  }
  if (format !== undefined) {
    const formats = [...new Set(format.split(","))];
    const wrong = formats.find((name) => !(FORMATS as readonly string[]).includes(name));
    if (wrong !== undefined) {
      throw new UsageError(
        `Cannot read --format as a list of ${FORMATS.join(", ")}: current value is "${format}"`,
      );
    }
    overrides.push(`output.formats=[${formats.join(", ")}]`);
  }
  return overrides;
}

/** A word of a command line: quoted where a shell would read it otherwise. */
function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
