import { parseArgs } from "@std/cli";
import { parseQuantity } from "../config/units.ts";
import { oneStart, type OneStartOptions } from "../serverless/cold_start/one_start.ts";
import {
  type ColdStartPreset,
  parseColdStartPreset,
} from "../serverless/cold_start/parse_preset.ts";
import { COLD_START_PRESETS, coldStartPreset } from "../serverless/cold_start/presets.ts";
import type { FinishedStart } from "../serverless/cold_start/start_request.ts";
import { modelSize } from "./model_size.ts";

const HELP = `Shows what a cold start is made of, and compares presets.

Usage: deno task coldstart MODEL [--gpu GPU] [--preset NAME|FILE]... [--cache warm|dram|ssd|none]

  MODEL               Name in the catalogue of models, or any name with --weights and --layers
  --preset NAME|FILE  Way to start (several to compare; all unless given): ${
  COLD_START_PRESETS.join(", ")
}, or a YAML file
  --gpu GPU           Take each preset's platform of that name where it has one (h100, a10, v100, a6000)
  --cache KIND        warm: weights in host memory and every artifact there; dram, ssd: weights only;
                      none: everything from the remote store (default)
  --tp N              GPUs of the instance (1)
  --instances N       Instances that start at once on one node and share its links (1)
  --same-model        These instances are of one model, which is fetched once
  --weights SIZE      Weights, such as 16GB; --layers N: decoder layers
  --image SIZE        Container image to pull (0)
  --nic, --ssd, --pcie BANDWIDTH
                      Links that a preset does not measure: 25Gbps, 6GB/s, 25GB/s unless given
  --figure FILE       Draw the stages on the critical paths as stacked bars (svg, png or pdf)
  --json              Stages of every start as JSON`;

interface Comparison {
  readonly preset: string;
  readonly platform: string;
  readonly starts: readonly FinishedStart[];
}

/** Prints the breakdown of starts; 2 for a wrong command line. */
export async function runColdStart(
  args: readonly string[],
  print: (line: string) => void,
): Promise<number> {
  const options = parseArgs(args, {
    boolean: ["json", "help", "same-model"],
    string: [
      "gpu",
      "preset",
      "cache",
      "weights",
      "image",
      "nic",
      "ssd",
      "pcie",
      "tp",
      "instances",
      "layers",
      "figure",
    ],
    collect: ["preset"],
    alias: { h: "help" },
    default: {
      cache: "none",
      tp: "1",
      instances: "1",
      image: "0",
      nic: "25Gbps",
      ssd: "6GB/s",
      pcie: "25GB/s",
    },
  });
  if (options.help || options._.length !== 1) {
    print(HELP);
    return options.help ? 0 : 2;
  }
  try {
    const cache = oneOf("--cache", options.cache, ["warm", "dram", "ssd", "none"]);
    const size = modelSize(String(options._[0]), {
      weightBytes: options.weights === undefined
        ? null
        : quantity("--weights", options.weights, "bytes"),
      layers: options.layers === undefined ? null : integer("--layers", options.layers),
    });
    const names: readonly string[] = (options.preset ?? []).length > 0
      ? options.preset
      : COLD_START_PRESETS;
    const links = {
      nicBytesPerSecond: quantity("--nic", options.nic, "bytes per second"),
      ssdReadBytesPerSecond: quantity("--ssd", options.ssd, "bytes per second"),
      pcieBytesPerSecond: quantity("--pcie", options.pcie, "bytes per second"),
    };
    const imageBytes = quantity("--image", options.image, "bytes");
    const comparisons: Comparison[] = [];
    for (const name of names) {
      const preset = await presetOf(name);
      const platform = platformOf(preset, options.gpu);
      const plan = preset.plan(platform);
      const start: OneStartOptions = {
        plan,
        weightBytes: size.weightBytes,
        ranks: integer("--tp", options.tp),
        instances: integer("--instances", options.instances),
        sameModel: options["same-model"],
        weightsIn: cache === "warm" ? "dram" : cache === "none" ? "remote" : cache,
        artifacts: cache === "warm" ? true : [],
        imageBytes,
        features: size.layers === null ? {} : { layers: size.layers },
        node: { ...links, ...plan.links },
      };
      comparisons.push({ preset: preset.id, platform, starts: oneStart(start) });
    }
    if (options.figure !== undefined) await writeFigure(options.figure, comparisons);
    if (options.json) print(JSON.stringify(comparisons, null, 2));
    else {printComparisons(
        comparisons,
        `${size.name}, ${(size.weightBytes / 1e9).toFixed(1)} GB`,
        print,
      );}
    return 0;
  } catch (error) {
    if (
      !(error instanceof RangeError || error instanceof TypeError || error instanceof SyntaxError)
    ) {
      throw error;
    }
    print(error.message);
    return 2;
  }
}

/** The command as `lib/cli/main.ts` lists it. */
export const coldStartCommand = {
  name: "coldstart",
  summary: "Show what a cold start is made of, and compare presets",
  help: HELP,
  run: runColdStart,
} as const;

async function presetOf(name: string): Promise<ColdStartPreset> {
  if (!/\.ya?ml$/.test(name)) return coldStartPreset(name);
  try {
    return parseColdStartPreset(await Deno.readTextFile(name), name);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new RangeError(`Cannot read a preset as a file: current value is ${name}`);
  }
}

function platformOf(preset: ColdStartPreset, gpu: string | undefined): string {
  const wanted = gpu?.toLowerCase();
  return preset.platforms.find((platform) => wanted !== undefined && platform.includes(wanted)) ??
    preset.platforms[0];
}

/** Draws the last start of each preset into a file. */
async function writeFigure(file: string, comparisons: readonly Comparison[]): Promise<void> {
  const format = oneOf("the ending of --figure", file.split(".").at(-1)!, ["svg", "png", "pdf"]);
  const { drawColdStarts } = await import("./coldstart_figure.ts");
  const bars = comparisons.map(({ preset, starts }) => ({
    name: preset,
    start: starts[starts.length - 1],
  }));
  await Deno.writeFile(file, await drawColdStarts(bars, format));
}

function printComparisons(
  comparisons: readonly Comparison[],
  model: string,
  print: (line: string) => void,
): void {
  print(model);
  if (comparisons.length === 1) {
    const [{ preset, platform, starts }] = comparisons;
    print(`${preset} (${platform})`);
    const last = starts[starts.length - 1];
    print("");
    printTable(
      ["stage", "from", "to", "seconds", "", ""],
      last.stages.map((stage) => [
        stage.stage,
        stage.startAtSeconds.toFixed(2),
        stage.endAtSeconds.toFixed(2),
        (stage.endAtSeconds - stage.startAtSeconds).toFixed(2),
        stage.critical ? "critical" : "",
        stage.cached ? "cached" : "",
      ]),
      print,
    );
    print("");
    for (const start of starts) {
      print(`instance ${start.instance} ready after ${start.readyAtSeconds.toFixed(2)} s`);
    }
    return;
  }
  print("");
  printTable(
    ["preset", "platform", "ready after, s", "critical path, s"],
    comparisons.map(({ preset, platform, starts }) => {
      const last = starts[starts.length - 1];
      const path = last.stages.filter((stage) => stage.critical)
        .map((stage) => ({ ...stage, seconds: stage.endAtSeconds - stage.startAtSeconds }))
        .filter((stage) => stage.seconds >= 0.005);
      return [
        preset,
        platform,
        last.readyAtSeconds.toFixed(2),
        path.map((stage) => `${stage.stage} ${stage.seconds.toFixed(2)}`).join(", "),
      ];
    }),
    print,
  );
}

function printTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  print: (line: string) => void,
): void {
  const table = [head, ...rows];
  const widths = head.map((_, i) => Math.max(...table.map((row) => row[i].length)));
  for (const row of table) {
    print(
      row.map((cell, i) =>
        /^[-\d.]+$/.test(cell) ? cell.padStart(widths[i]) : cell.padEnd(widths[i])
      ).join("  ").trimEnd(),
    );
  }
}

function quantity(name: string, text: unknown, dimension: "bytes" | "bytes per second"): number {
  const value = parseQuantity(text, dimension);
  if (value >= 0) return value;
  throw new RangeError(`Cannot read ${name} as ${dimension}: current value is ${text}`);
}

function integer(name: string, text: unknown): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1) return value;
  throw new RangeError(`Cannot read ${name} as an integer >= 1: current value is ${text}`);
}

function oneOf<T extends string>(name: string, text: unknown, values: readonly T[]): T {
  const found = values.find((value) => value === text);
  if (found !== undefined) return found;
  throw new RangeError(
    `Cannot read ${name} as one of ${values.join(", ")}: current value is ${text}`,
  );
}

if (import.meta.main) Deno.exit(await runColdStart(Deno.args, console.log));
