import { COLD_START_PRESETS } from "../../serverless/cold_start/presets.ts";
import { type CommandOption, describeOptions, readArguments } from "../arguments.ts";
import { showStarts } from "./coldstart_table.ts";
import { describedStarts, type NamedStarts } from "./coldstart_starts.ts";
import type { Command } from "../command.ts";
import { oneOf } from "../one_of.ts";
import { ownFigure, writeOwnFile } from "../own_file.ts";
import { readableReason } from "../read_input.ts";
import { UsageError } from "../usage_error.ts";

const OPTIONS: readonly CommandOption[] = [
  {
    name: "preset",
    value: "NAME|FILE",
    repeats: true,
    describe: "Way to start, or a YAML file that describes one; several are compared, all\n" +
      `unless given: ${COLD_START_PRESETS.slice(0, 6).join(", ")},\n` +
      COLD_START_PRESETS.slice(6).join(", "),
  },
  {
    name: "gpu",
    value: "GPU",
    describe: "Each preset's platform of that name where it has one (h100, a10, v100, a6000);\n" +
      "its PCIe (H100)",
  },
  {
    name: "cache",
    value: "KIND",
    describe: "warm: weights in host memory and every artifact there; dram, ssd: weights\n" +
      "alone; none: everything from the remote store (default)",
  },
  {
    name: "present",
    value: "NAME",
    repeats: true,
    describe: "An artifact that is there: image, compile, graphs, snapshot or a name of the\n" +
      "preset's own; as cold_start.present of a run",
  },
  { name: "tp", value: "N", describe: "GPUs of the instance (1)" },
  {
    name: "instances",
    value: "N",
    describe: "Instances that start at once on one node and share its links (1)",
  },
  { name: "same-model", describe: "These instances are of one model, which is fetched once" },
  { name: "weights", value: "SIZE", describe: "Weights, such as 16GB, in place of the model's" },
  { name: "layers", value: "N", describe: "Decoder layers, in place of the model's" },
  { name: "image", value: "SIZE", describe: "Container image to pull (0)" },
  {
    name: "node",
    value: "NAME",
    describe: "Machine in data/hardware, in place of the preset's (generic, where the preset\n" +
      "says nothing; the GPU's PCIe)",
  },
  { name: "nic", value: "BANDWIDTH", describe: "Network card, in place of the machine's" },
  { name: "ssd", value: "BANDWIDTH", describe: "Local disk, likewise" },
  { name: "pcie", value: "BANDWIDTH", describe: "Host to GPU, likewise" },
  {
    name: "figure",
    value: "FILE",
    describe: "Draw the stages on the critical paths as stacked bars (svg, png or pdf)",
  },
  {
    name: "graph",
    value: "FILE",
    describe: "Draw every stage from beginning to end and what it waits for, likewise",
  },
  { name: "json", describe: "Stages of every start as JSON" },
];

/** The command "coldstart". */
export const coldstartCommand: Command = {
  name: "coldstart",
  summary: "Show what a cold start is made of, and compare presets",
  help: `Shows what a cold start is made of, and compares presets.

Usage: deno task coldstart MODEL [OPTION...]

MODEL is a name in the catalogue of models, or any name with --weights and --layers.

${describeOptions(OPTIONS)}`,
  async run(args, print) {
    const given = readArguments("coldstart", args, OPTIONS, 1);
    const [model] = given.positional;
    if (model === undefined) {
      throw new UsageError("Cannot start an instance without a model: write coldstart MODEL");
    }
    const { size, starts } = describedStarts(model, given);
    await draw(starts, { bars: given.value("figure"), graphs: given.value("graph") });
    if (given.flag("json")) {
      const shown = starts.map(({ preset, platform, starts: own }) => ({
        preset,
        platform,
        starts: own,
      }));
      print(JSON.stringify(shown, null, 2));
    } else {
      for (const line of showStarts(size, starts)) print(line);
    }
    return 0;
  },
};

/** Draws the last start of each preset into the files asked for. */
async function draw(
  starts: readonly NamedStarts[],
  files: Readonly<Record<"bars" | "graphs", string | undefined>>,
): Promise<void> {
  for (const kind of ["bars", "graphs"] as const) {
    const file = files[kind];
    if (file === undefined) continue;
    const option = kind === "bars" ? "--figure" : "--graph";
    const ending = file.slice(file.lastIndexOf(".") + 1);
    const format = oneOf(`the ending of ${option}`, ending, ["svg", "png", "pdf"]);
    const { drawStartBars, drawStartGraphs } = await import("./coldstart_figure.ts");
    const bytes = await (kind === "bars" ? drawStartBars : drawStartGraphs)(starts, format);
    try {
      writeOwnFile(file, bytes, ownFigure(option, format));
    } catch (error) {
      if (error instanceof UsageError) throw error;
      throw new UsageError(
        `Cannot write a figure to a file (${readableReason(error)}): current value is "${file}"`,
        { cause: error },
      );
    }
  }
}
