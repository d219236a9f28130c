import { deviceOfProfile } from "../execution/profiled/profile_facts.ts";
import { PROFILE_SOURCES } from "../execution/sources/sources.ts";
import { findGpu, gpuEntries } from "../hardware/gpu_catalogue.ts";
import type { Gpu } from "../hardware/gpu.ts";
import { ConfigError } from "./config_error.ts";
import type { Configuration } from "./configuration.ts";
import { showValue } from "./show_value.ts";
import { suggest } from "../std/suggest.ts";

/** What choosing a GPU needs to know of a catalogue's entry. */
export interface GpuVariant {
  /** Catalogue name, such as "A100-80GB". */
  readonly name: string;
  /** Memory of the data sheet, bytes. */
  readonly memoryBytes: number;
}

/** Share by which the configured memory may miss the data sheet's, as GB and GiB are mixed up. */
const MEMORY_TOLERANCE = 0.1;

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[\s_]/g, "-");
}

/** Names by which a variant may be meant: "h100-sxm" and "h100" of "h100-sxm". */
function beginnings(name: string): string[] {
  const parts = name.split("-");
  return parts.map((_, i) => parts.slice(0, parts.length - i).join("-"));
}

/**
 * The catalogue entry that `cluster.gpu_type` and `cluster.gpu_memory_gb` mean: the entry of that
 * name, or one of its variants ("A100" has "A100-40GB" and "A100-80GB"). With a memory size the
 * nearest variant within 10 % is taken, without one the entry of that very name or else the variant
 * with the most memory. Ties go to the first in the catalogue. Case, spaces and underscores in names
 * do not count.
 *
 * @throws {ConfigError} If no entry has that name, or no variant that much memory.
 *
 * @example
 * ```ts
 * import { chooseGpu } from "./choose_gpu.ts";
 * import { equal } from "#assert";
 * const catalogue = [{ name: "A100-40GB", memoryBytes: 40e9 }, { name: "A100-80GB", memoryBytes: 80e9 }];
 * equal(chooseGpu(catalogue, "A100", 40).name, "A100-40GB");
 * ```
 */
export function chooseGpu<Gpu extends GpuVariant>(
  catalogue: readonly Gpu[],
  gpuType: string,
  memoryGb: number | null,
): Gpu {
  const wanted = plain(gpuType);
  const exact = catalogue.find(({ name }) => plain(name) === wanted);
  const variants = catalogue.filter((gpu) =>
    gpu === exact || plain(gpu.name).startsWith(`${wanted}-`)
  );
  if (variants.length === 0) {
    const names = catalogue.map(({ name }) => name);
    const near = suggest(gpuType, names.flatMap(beginnings));
    throw new ConfigError([
      `Cannot read "cluster.gpu_type" as a GPU: current value is ${showValue(gpuType)} ` +
      `(allowed: ${names.join(", ")})${near === undefined ? "" : `; did you mean "${near}"?`}`,
    ]);
  }
  if (memoryGb === null) {
    return exact ?? variants.reduce((a, b) => b.memoryBytes > a.memoryBytes ? b : a);
  }
  const miss = (gpu: Gpu) => Math.abs(gpu.memoryBytes / (memoryGb * 1e9) - 1);
  const nearest = variants.reduce((a, b) => miss(b) < miss(a) ? b : a);
  if (miss(nearest) <= MEMORY_TOLERANCE) return nearest;
  const sizes = variants.map(({ memoryBytes }) => memoryBytes / 1e9).join(", ");
  throw new ConfigError([
    `Cannot read "cluster.gpu_memory_gb" as the memory of ${showValue(gpuType)}: ` +
    `current value is ${memoryGb} (allowed: ${sizes})`,
  ]);
}

/** What says which GPU a configuration means. */
type GpuSettings = Pick<Configuration, "cluster" | "execution">;

/**
 * The GPU of a configuration: one of the catalogue, or one that the file of `execution.profile` describes.
 *
 * @param files Texts of the files that the configuration names.
 * @throws {ConfigError} If there is none of that name and size.
 */
export function deploymentGpu(config: GpuSettings, files?: ReadonlyMap<string, string>): Gpu {
  const { gpu_type: type, gpu_memory_gb: memory } = config.cluster;
  const named = memory === null ? findGpu(type) : undefined;
  if (named !== undefined) return named;
  const own = ownGpu(config, files);
  return chooseGpu(own === undefined ? gpuEntries() : [own, ...gpuEntries()], type, memory);
}

/** Whether the GPU of a configuration may be one that a file describes which was not read yet. */
export function mayBeOwnGpu({ cluster, execution }: GpuSettings): boolean {
  return execution.profile !== null && PROFILE_SOURCES.includes(execution.source) &&
    findGpu(cluster.gpu_type) === undefined;
}

/** The GPU that the file of `execution.profile` describes, if it was read and describes one. */
function ownGpu(config: GpuSettings, files?: ReadonlyMap<string, string>): Gpu | undefined {
  const { profile } = config.execution;
  const text = profile === null || !mayBeOwnGpu(config) ? undefined : files?.get(profile);
  if (text === undefined) return undefined;
  return deviceOfProfile(text);
}
