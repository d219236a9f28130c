import { suggest } from "../config/suggest.ts";
import type { Command } from "./command.ts";
import { isUsersMistake, UsageError } from "./usage_error.ts";

interface CommandEntry {
  readonly summary: string;
  /** Loads the command alone, so that no command waits for the packages of another. */
  load(): Promise<Command>;
}

/** The commands, in the order of the help. */
const COMMANDS: Readonly<Record<string, CommandEntry>> = {
  demo: {
    summary: "Simulate the default deployment and draw its figures",
    load: async () => (await import("./demo.ts")).demoCommand,
  },
  simulate: {
    summary: "Simulate a configuration, print the summary, write the results",
    load: async () => (await import("./simulate.ts")).simulateCommand,
  },
  plot: {
    summary: "Draw the figures of a directory of results",
    load: async () => (await import("./plot.ts")).plotCommand,
  },
  schema: {
    summary: "Write the JSON Schema of the configuration for editors",
    load: async () => (await import("./schema.ts")).schemaCommand,
  },
  coldstart: {
    summary: "Show what a cold start is made of, and compare presets",
    load: async () => (await import("./coldstart.ts")).coldStartCommand,
  },
  data: {
    summary: "List, fetch and verify external data sets",
    load: async () => (await import("./data.ts")).dataCommand,
  },
  profile: {
    summary: "Import, inspect and make profiles of measured operator times",
    load: async () => (await import("./profile.ts")).profileCommand,
  },
  validate: {
    summary: "Replay measurements of real servers and show the error",
    load: async () => (await import("./validate.ts")).validateCommand,
  },
  calibrate: {
    summary: "Fit overhead constants on measured load",
    load: async () => (await import("./calibrate.ts")).calibrateCommand,
  },
  experiment: {
    summary: "Run experiments, and compare them with what is published and pinned",
    load: async () => (await import("./experiment.ts")).experimentCommand,
  },
  pipeline: {
    summary: "Verify data, run experiments, draw figures, execute notebooks: what has changed",
    load: async () => (await import("./pipeline.ts")).pipelineCommand,
  },
  notebooks: {
    summary: "Execute the notebooks with the real kernel and check their outputs",
    load: async () => (await import("./notebooks.ts")).notebooksCommand,
  },
  jupyter: {
    summary: "Start Jupyter with the Deno kernel",
    load: async () => (await import("./jupyter.ts")).jupyterCommand,
  },
  targets: {
    summary: "Compare published numbers with ours",
    load: async () => (await import("./targets.ts")).targetsCommand,
  },
  bench: {
    summary: "Measure the speed and the memory of the simulator",
    load: async () => (await import("./bench.ts")).benchCommand,
  },
};

function help(): string {
  const width = Math.max(...Object.keys(COMMANDS).map((name) => name.length));
  const lines = Object.entries(COMMANDS).map(([name, { summary }]) =>
    `  ${name.padEnd(width)}  ${summary}`
  );
  return `Usage: deno task COMMAND [ARGUMENT...]

${lines.join("\n")}

"deno task COMMAND --help" explains a command.`;
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
    if (!Object.hasOwn(COMMANDS, name)) {
      const near = suggest(name, Object.keys(COMMANDS));
      throw new UsageError(
        `Cannot run "${name}" as a command` +
          (near === undefined ? "" : ` (did you mean ${near}?)`) +
          `: there are ${Object.keys(COMMANDS).join(", ")}`,
      );
    }
    const command = await COMMANDS[name].load();
    const end = others.indexOf("--");
    const options = end === -1 ? others : others.slice(0, end);
    if (options.includes("--help") || options.includes("-h")) {
      print(command.help);
      return 0;
    }
    return await command.run(others, print);
  } catch (error) {
    if (isUsersMistake(error)) {
      printError(error.message);
      return 2;
    }
    printError(`This is a mistake in the program, not in its input.`);
    printError(error instanceof Error ? error.stack ?? error.message : String(error));
    return 1;
  }
}

/**
 * Goes back to the directory that the user called from: a task starts in the directory of deno.json,
 * and paths on the command line count from where they were written.
 */
function returnToCaller(): void {
  const calledFrom = Deno.env.get("INIT_CWD");
  const isTask = new URL("../../", import.meta.url).href ===
    new URL(`file://${Deno.cwd().replace(/\/?$/, "/")}`).href;
  if (calledFrom === undefined || !isTask) return;
  try {
    Deno.chdir(calledFrom);
  } catch {
    // It was removed in the meantime; where we are is as good as any other place.
  }
}

if (import.meta.main) {
  returnToCaller();
  Deno.exit(await main(Deno.args, console.log, console.error));
}
