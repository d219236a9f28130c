import { findGpu, gpuNamed } from "../../hardware/gpu_catalogue.ts";
import { nodeWith } from "../../hardware/node_catalogue.ts";
import type { NodeLinks } from "../../network/topology.ts";
import { parseQuantity } from "../../settings/units.ts";
import { parseInput } from "../../std/input_error.ts";
import { oneStart, type OneStartOptions } from "../../serverless/cold_start/one_start.ts";
import {
  type ColdStartPreset,
  parseColdStartPreset,
} from "../../serverless/cold_start/parse_preset.ts";
import { COLD_START_PRESETS, coldStartPreset } from "../../serverless/cold_start/presets.ts";
import type { StartPlan } from "../../serverless/cold_start/stages.ts";
import type { FinishedStart } from "../../serverless/cold_start/start_request.ts";
import type { CommandArguments } from "../arguments.ts";
import { type ModelSize, modelSize } from "../model_size.ts";
import { oneOf } from "../one_of.ts";
import { readInput } from "../read_input.ts";
import { UsageError } from "../usage_error.ts";

/** GPU whose machine is meant where none is said, as `cluster.gpu_type`. */
const DEFAULT_GPU = "H100";

/** Options that are a rate of the machine. */
const RATES = {
  nic: "nicBytesPerSecond",
  ssd: "ssdReadBytesPerSecond",
  pcie: "pcieBytesPerSecond",
} as const;

/** Starts of one preset. */
export interface NamedStarts {
  readonly preset: string;
  readonly platform: string;
  readonly plan: StartPlan;
  /** In the order in which the instances became ready; one or more. */
  readonly starts: readonly FinishedStart[];
}

/**
 * The starts that a command line describes, by preset.
 *
 * @throws {UsageError} If an option has a value that it cannot have.
 */
export function describedStarts(
  model: string,
  given: CommandArguments,
): { readonly size: ModelSize; readonly starts: readonly NamedStarts[] } {
  const value = (name: string, otherwise: string) => given.value(name) ?? otherwise;
  const cache = oneOf("--cache", value("cache", "none"), ["warm", "dram", "ssd", "none"]);
  const [weights, layers] = [given.value("weights"), given.value("layers")];
  const size = modelSize(model, {
    weightBytes: weights === undefined ? null : quantity("--weights", weights, "bytes"),
    layers: layers === undefined ? null : integer("--layers", layers),
  });
  const start: Omit<OneStartOptions, "plan"> = {
    weightBytes: size.weightBytes,
    ranks: integer("--tp", value("tp", "1")),
    instances: integer("--instances", value("instances", "1")),
    sameModel: given.flag("same-model"),
    weightsIn: cache === "warm" ? "dram" : cache === "none" ? "remote" : cache,
    artifacts: cache === "warm" ? true : given.values("present"),
    imageBytes: quantity("--image", value("image", "0"), "bytes"),
    features: size.layers === null ? {} : { layers: size.layers },
  };
  const named = given.values("preset");
  const presets = (named.length > 0 ? named : COLD_START_PRESETS).map(presetOf);
  checkPresent(given.values("present"), presets);
  const linksOf = machineOf(given, presets);
  const starts = presets.map((preset): NamedStarts => {
    const platform = platformOf(preset, given.value("gpu"));
    const plan = preset.plan(platform);
    const starts = oneStart({ ...start, plan, node: linksOf(plan) });
    return { preset: preset.id, platform, plan, starts };
  });
  return { size, starts };
}

/**
 * Links of the machine, by plan. What is said closest to it wins: a rate of the command line, the
 * machine that it names, the preset's, the default machine's, as a run has it.
 */
function machineOf(
  given: CommandArguments,
  presets: readonly ColdStartPreset[],
): (plan: StartPlan) => Partial<NodeLinks> {
  const [name, gpuName] = [given.value("node"), given.value("gpu")];
  const isPlatform = gpuName !== undefined && findGpu(gpuName) === undefined &&
    presets.some((preset) => platformNamed(preset, gpuName) !== undefined);
  const type = nodeWith(gpuNamed(isPlatform ? DEFAULT_GPU : gpuName ?? DEFAULT_GPU), name);
  const rates = Object.entries(RATES).flatMap(([option, link]) => {
    const text = given.value(option);
    return text === undefined ? [] : [[link, quantity(`--${option}`, text, "bytes per second")]];
  });
  const said = Object.fromEntries(rates);
  return ({ links }) =>
    name === undefined ? { ...type, ...links, ...said } : { ...links, ...type, ...said };
}

/** Refuses an artifact that no start would look for. */
function checkPresent(names: readonly string[], presets: readonly ColdStartPreset[]): void {
  const known = [
    ...new Set(
      presets.flatMap((preset) => preset.plan().stages).flatMap(({ artifact }) =>
        artifact ? [artifact.artifact] : []
      ),
    ),
  ];
  const wrong = names.find((name) => !known.includes(name));
  if (wrong === undefined) return;
  throw new UsageError(
    `Cannot read --present as an artifact of ${presets.map(({ id }) => id).join(", ")} ` +
      `(${known.join(", ") || "none"}): current value is "${wrong}"`,
  );
}

function presetOf(name: string): ColdStartPreset {
  if (!/\.ya?ml$/i.test(name)) return coldStartPreset(name);
  const what = "a cold-start preset";
  return parseInput(
    { file: name, what },
    readInput(name, what),
    (text) => parseColdStartPreset(text, name),
  );
}

function platformOf(preset: ColdStartPreset, gpu: string | undefined): string {
  return (gpu === undefined ? undefined : platformNamed(preset, gpu)) ?? preset.platforms[0];
}

function platformNamed({ platforms }: ColdStartPreset, gpu: string): string | undefined {
  return platforms.find((platform) => platform.includes(gpu.toLowerCase()));
}

function quantity(option: string, text: string, dimension: "bytes" | "bytes per second"): number {
  const value = parseQuantity(text, dimension);
  if (value >= 0) return value;
  throw new UsageError(`Cannot read ${option} as ${dimension}: current value is "${text}"`);
}

function integer(option: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1) return value;
  throw new UsageError(`Cannot read ${option} as an integer >= 1: current value is "${text}"`);
}
