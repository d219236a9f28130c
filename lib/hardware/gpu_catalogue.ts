import text from "../../data/hardware/gpus.yaml" with { type: "text" };
import { parse } from "../std/yaml.ts";
import { catalogueName, findByName, isNamed } from "./catalogue_name.ts";
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
 * Whether a name means one GPU of the catalogue, of which no other entry is read.
 *
 * @param entryName Name of its entry; none is meant by any name where there is none.
 */
export function namesOneGpu(entryName: string): (name: string) => boolean {
  const entry = findGpu(entryName);
  return (name) => entry?.name === entryName && isNamed(entry, name);
}

/** Whether a text has a name of one GPU of the catalogue somewhere, among others perhaps. */
export function mentionsGpu(entryName: string): (text: string) => boolean {
  const entry = findGpu(entryName);
  const names = entry === undefined ? [] : [entry.name, ...entry.aliases].map(catalogueName);
  return (text) => {
    const plain = catalogueName(text);
    return names.some((name) => plain.includes(name));
  };
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
