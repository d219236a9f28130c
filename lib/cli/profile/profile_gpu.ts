import { gpuOfRows, peaksOf } from "../../execution/profiled/collected/gpu_facts.ts";
import {
  type CollectedRows,
  type DataSheet,
  parseCollectedRows,
} from "../../execution/profiled/collected/mod.ts";
import type { GpuPeaks } from "../../execution/profiled/operator_profile.ts";
import type { Gpu } from "../../hardware/gpu.ts";
import { findGpu } from "../../hardware/gpu_catalogue.ts";
import { type Dimension, parseQuantity, unitsOf } from "../../settings/units.ts";
import type { CommandArguments, CommandOption } from "../arguments.ts";
import { UsageError } from "../usage_error.ts";
import { PROFILE_RECIPES } from "./profile_recipes.ts";

/** Options that say what a data sheet says. */
export const SHEET_OPTIONS: readonly CommandOption[] = [
  { name: "memory", value: "BYTES", describe: "import: memory of a GPU of your own (80GiB)" },
  { name: "bandwidth", value: "RATE", describe: "import: its memory bandwidth (3.35TB/s)" },
  { name: "tflops", value: "N", describe: "import: its dense peak in bf16, TFLOP/s" },
  { name: "fp8-tflops", value: "N", describe: "import: the same in fp8" },
  { name: "power", value: "WATTS", describe: "import: its power limit" },
];

/** The GPU that measurements are of. */
export interface NamedGpu {
  readonly gpu: string;
  readonly peaks: GpuPeaks;
  /** The catalogue's entry; absent: it has none. */
  readonly known?: Gpu;
  /** Data sheet of a GPU that the catalogue does not have. */
  readonly device?: Gpu;
}

/** What the command line says of a GPU's data sheet. @throws {UsageError} For what is no such quantity. */
export function dataSheetOf(given: CommandArguments): DataSheet {
  const number = (name: string, dimension: Dimension, factor = 1) => {
    const text = given.value(name);
    if (text === undefined) return undefined;
    const value = parseQuantity(text, dimension) * factor;
    if (value > 0) return value;
    const units = unitsOf(dimension);
    throw new UsageError(
      `Cannot read --${name} as a number > 0${
        units === "" ? "" : ` (${units})`
      }: current value is ` +
        `"${text}"`,
    );
  };
  const sheet = {
    memoryBytes: number("memory", "bytes"),
    memoryBytesPerSecond: number("bandwidth", "bytes per second"),
    bf16FlopsPerSecond: number("tflops", "number", 1e12),
    fp8FlopsPerSecond: number("fp8-tflops", "number", 1e12),
    powerWatts: number("power", "number"),
  };
  return Object.fromEntries(Object.entries(sheet).filter(([, value]) => value !== undefined));
}

/**
 * The GPU of `--gpu`: one of the catalogue, or a new one by what the command line says of it.
 *
 * @throws {UsageError} If the name is none, or the catalogue contradicts the data sheet.
 * @throws {RangeError} If a new one is not described.
 */
export function namedGpu(given: CommandArguments, name: string): NamedGpu {
  checkGpuName(name);
  const sheet = dataSheetOf(given);
  const recipe = PROFILE_RECIPES.find((candidate) => candidate.name === name);
  const known = findGpu(recipe?.gpu ?? name);
  if (known !== undefined) {
    refuseSheet(sheet, known);
    return { gpu: known.name, peaks: recipe?.peaks ?? peaksOf(known), known };
  }
  const { gpu } = gpuOfRows(name, NO_ROWS, sheet);
  return { gpu: name, peaks: peaksOf(gpu), device: gpu };
}

/** No measurement: everything has to be stated. */
const NO_ROWS: CollectedRows = parseCollectedRows("").rows;

/** Refuses a name that could not stand in a configuration or on one line. */
export function checkGpuName(name: string): void {
  if (/^[A-Za-z0-9][\w .+-]{0,59}$/.test(name)) return;
  throw new UsageError(
    `Cannot name a GPU as letters, digits, blanks and ._+- (60 at most): current value is ` +
      JSON.stringify(name.slice(0, 80)),
  );
}

/** Refuses a data sheet of a GPU that the catalogue has. */
export function refuseSheet(sheet: DataSheet, { name }: Gpu): void {
  if (Object.keys(sheet).length === 0) return;
  throw new UsageError(
    `Cannot state the data sheet of ${name} as one of the catalogue: data/hardware/gpus.yaml has it ` +
      "(choose another name for --gpu, or leave out --memory, --bandwidth, --tflops, --fp8-tflops, --power)",
  );
}
