import text from "../../data/hardware/gpus.yaml" with { type: "text" };
import { parse } from "../std/yaml.ts";
import { findByName } from "./catalogue_name.ts";
import type { Gpu } from "./gpu.ts";

let gpus: readonly Gpu[] | undefined;
const found = new Map<string, Gpu | undefined>();

/** All GPUs of the catalogue in its order. */
export function gpuEntries(): readonly Gpu[] {
  gpus ??= parse(text) as Gpu[];
  return gpus;
}

/** The GPU of a name or alias; capitals, blanks and hyphens do not matter. Undefined if none. */
export function findGpu(name: string): Gpu | undefined {
  if (!found.has(name)) found.set(name, findByName<Gpu>(text, name));
  return found.get(name);
}

/**
 * The GPU of a name or alias.
 *
 * @throws RangeError if there is none.
 *
 * @example
 * ```ts
 * import { gpuNamed } from "simfaasinfer/hardware";
 * console.log(gpuNamed("H100").memoryBytesPerSecond); // 3350000000000
 * ```
 */
export function gpuNamed(name: string): Gpu {
  const gpu = findGpu(name);
  if (gpu === undefined) {
    const known = gpuEntries().map((entry) => entry.name).join(", ");
    throw new RangeError(`Cannot find a GPU as one of ${known}: current value is ${name}`);
  }
  return gpu;
}
