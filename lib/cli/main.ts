import { ConfigError } from "../config/config_error.ts";
import { suggest } from "../std/suggest.ts";
import { cutText, LONGEST_MESSAGE, safeLines, shownName } from "../std/safe_text.ts";
import type { Command } from "./command.ts";
import { sayWhatIsFetched } from "./fetch_notice.ts";
import { importLater } from "./import_later.ts";
import { isUsersMistake, UsageError } from "./usage_error.ts";
import project from "../../deno.json" with { type: "json" };

/** What each command does, in the order of the help. NAME.ts, in a folder of that name or not, exports it as NAMECommand. */
const COMMANDS: Readonly<Record<string, string>> = {
  demo: "Simulate the default deployment and draw its figures",
  simulate: "Simulate a configuration, print the summary, write the results",
  import: "Make a configuration of Kubernetes manifests, or of a vLLM command",
  plan: "Find the cheapest deployment that keeps latency limits",
  compare: "Compare results: which settings differ, and what that does",
  explain: "Say why requests were slow: what their latency is made of",
  report: "Write results as one page that opens anywhere",
  explore: "Serve a page that answers while you move its knobs",
  sensitivity: "Show what each factor of an experiment or a plan moves",
  capacity: "Work out what a model takes on its GPUs, and how many tokens fit beside it",
  plot: "Draw the figures of a directory of results",
  list: "List what can be chosen by name: policies, presets, platforms, models, GPUs, prices",
  schema: "Write the JSON Schema of the configuration for editors",
  coldstart: "Show what a cold start is made of, and compare presets",
  data: "List, fetch and verify external data sets",
  profile: "Import, inspect and make profiles of measured operator times",
  validate: "Replay measurements of real servers and show the error",
  calibrate: "Fit overhead constants on measured load",
  experiment: "Run experiments, and compare them with what is published and pinned",
  pipeline: "Verify data, run experiments, draw figures, execute notebooks: what has changed",
  notebooks: "Execute the notebooks with the real kernel and check their outputs",
  jupyter: "Start Jupyter with the Deno kernel",
  targets: "Compare published numbers with ours",
  bench: "Measure the speed and the memory of the simulator",
  mutate: "Plant faults in a room's sources and see whether the tests catch them",
  package: "Build an npm package of the core: modules and types",
};

/** Commands of several files, each in a folder of its name; the others are a file each. */
const FOLDERS: readonly string[] = [
  "simulate",
  "import",
  "plan",
  "compare",
  "report",
  "explore",
  "sensitivity",
  "coldstart",
  "data",
  "profile",
  "validate",
  "experiment",
  "pipeline",
  "notebooks",
  "bench",
  "mutate",
  "package",
];

async function load(name: string): Promise<Command> {
  const path = FOLDERS.includes(name) ? `./${name}/${name}.ts` : `./${name}.ts`;
  const module = await importLater<Record<string, Command>>(import.meta.resolve(path));
  return module[`${name}Command`];
}

function help(): string {
  const width = Math.max(...Object.keys(COMMANDS).map((name) => name.length));
  const lines = Object.entries(COMMANDS).map(([name, summary]) =>
    `  ${name.padEnd(width)}  ${summary}`
  );
  return `Usage: deno task COMMAND [ARGUMENT...]

${lines.join("\n")}

"deno task COMMAND --help" explains a command, "--version" says which version this is.`;
}

/**
 * Runs a command line.
 *
 * @returns Exit code: 0, or 2 after one line about a mistake in the input, or 1 after the stack trace
 * of a mistake in the program; commands have further codes of their own.
 */
export async function main(
  args: readonly string[],
  print: (line: string) => void,
  printError: (line: string) => void,
): Promise<number> {
  try {
    const [name, ...others] = args;
    if (name === undefined || name === "--help" || name === "-h" || name === "help") {
      print(help());
      return 0;
    }
    if (name === "--version" || name === "-V") {
      print(`simfaasinfer ${project.version} (deno ${Deno.version.deno})`);
      return 0;
    }
    if (!Object.hasOwn(COMMANDS, name)) {
      const near = suggest(name, Object.keys(COMMANDS));
      throw new UsageError(
        `Cannot run "${shownName(name)}" as a command` +
          (near === undefined ? "" : ` (did you mean ${near}?)`) +
          `: there are ${Object.keys(COMMANDS).join(", ")}`,
      );
    }
    sayWhatIsFetched(name, others);
    const command = await load(name);
    // Names of the user's stand in summaries and tables: no terminal is to obey them.
    const printSafely = (line: string) => print(safeLines(line));
    const end = others.indexOf("--");
    const options = end === -1 ? others : others.slice(0, end);
    if (options.includes("--help") || options.includes("-h")) {
      print(command.help);
      return 0;
    }
    if (options.length === 1 && options[0] === "--version") {
      return await main(options, print, printError);
    }
    return await command.run(others, printSafely);
  } catch (error) {
    if (isUsersMistake(error)) {
      // Each mistake of a configuration has a line of its own.
      const lines = error instanceof ConfigError ? error.message.split("\n") : [error.message];
      for (const line of lines) printError(shownName(line, LONGEST_MESSAGE + 100));
      return 2;
    }
    printError(`This is a mistake in the program, not in its input.`);
    const trace = error instanceof Error ? error.stack ?? error.message : String(error);
    printError(safeLines(cutText(trace, 10 * LONGEST_MESSAGE)));
    return 1;
  }
}

/**
 * Goes back to the directory that the user called from: a task starts in the directory of deno.json,
 * and paths on the command line count from where they were written.
 */
function returnToCaller(): void {
  try {
    const calledFrom = Deno.env.get("INIT_CWD");
    const isTask = new URL("../../", import.meta.url).href ===
      new URL(`file://${Deno.cwd().replace(/\/?$/, "/")}`).href;
    if (calledFrom !== undefined && isTask) Deno.chdir(calledFrom);
  } catch {
    // It was removed in the meantime, or we may not know it; where we are is as good as any other.
  }
}

if (import.meta.main) {
  returnToCaller();
  const { exit } = Deno;
  let idle: Event | undefined;
  globalThis.addEventListener("beforeunload", (event) => idle = event);
  globalThis.addEventListener("unload", () => {
    if (idle === undefined || idle.defaultPrevented) return;
    console.error("This is a mistake in the program: it waits for what never comes.");
    exit(1);
  });
  // Not awaited: while a module is not over, nobody is told that nothing is left to happen.
  main(Deno.args, console.log, console.error).then(exit);
}
