import { loadConfig } from "../config/load.ts";
import { type CommandOption, describeOptions, readArguments } from "./arguments.ts";
import type { Command } from "./command.ts";
import { runSimulation } from "./simulate/run_simulation.ts";

const OPTIONS: readonly CommandOption[] = [
  { name: "out", value: "DIR", describe: "Where results and figures go (results/demo)" },
  { name: "quiet", describe: "No progress; print the summary alone" },
];

/** The command "demo". */
export const demoCommand: Command = {
  name: "demo",
  summary: "Simulate the default deployment and draw its figures",
  help: `Simulates the default deployment under an hour of conversation traffic, prints the summary
and writes results and figures.

Usage: deno task demo [--out DIR] [--quiet]

${describeOptions(OPTIONS)}`,
  async run(args, print) {
    const given = readArguments("demo", args, OPTIONS, 0);
    const quiet = given.flag("quiet");
    if (!quiet) {
      print("Llama-3.1-8B on one-GPU H100 instances, 0 to 8 of them, under an hour of traffic");
      print("");
    }
    const out = given.value("out") ?? "results/demo";
    const config = loadConfig();
    const overridden = new Set<string>();
    const request = { config, files: [], overridden, out, figures: true, quiet };
    return await runSimulation(request, print);
  },
};
