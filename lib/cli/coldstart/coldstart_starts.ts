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
  const links = {
    nicBytesPerSecond: quantity("--nic", value("nic", "25Gbps"), "bytes per second"),
    ssdReadBytesPerSecond: quantity("--ssd", value("ssd", "6GB/s"), "bytes per second"),
    pcieBytesPerSecond: quantity("--pcie", value("pcie", "25GB/s"), "bytes per second"),
  };
  const start: Omit<OneStartOptions, "plan"> = {
    weightBytes: size.weightBytes,
    ranks: integer("--tp", value("tp", "1")),
    instances: integer("--instances", value("instances", "1")),
    sameModel: given.flag("same-model"),
    weightsIn: cache === "warm" ? "dram" : cache === "none" ? "remote" : cache,
    artifacts: cache === "warm" ? true : [],
    imageBytes: quantity("--image", value("image", "0"), "bytes"),
    features: size.layers === null ? {} : { layers: size.layers },
  };
  const named = given.values("preset");
  const starts = (named.length > 0 ? named : COLD_START_PRESETS).map((name): NamedStarts => {
    const preset = presetOf(name);
    const platform = platformOf(preset, given.value("gpu"));
    const plan = preset.plan(platform);
    const node = { ...links, ...plan.links };
    return { preset: preset.id, platform, plan, starts: oneStart({ ...start, plan, node }) };
  });
  return { size, starts };
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
  const wanted = gpu?.toLowerCase();
  return preset.platforms.find((platform) => wanted !== undefined && platform.includes(wanted)) ??
    preset.platforms[0];
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
