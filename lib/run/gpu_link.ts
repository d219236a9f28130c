import { type GpuLinkTimes, parseNcclTests } from "../execution/gpu_link.ts";
import { ConfigError } from "../config/config_error.ts";
import type { Configuration } from "../config/configuration.ts";
import { parseInput } from "../std/input_error.ts";

/**
 * The link between the GPUs of an instance that `cluster.gpu_link` describes; undefined: none does.
 *
 * @param files Texts of the files that the configuration names, by name.
 * @throws {ConfigError} If rate and file are given both, or the file was not read.
 * @throws {SyntaxError} If the file is no output of all_reduce_perf.
 */
export function buildGpuLink(
  { cluster }: Configuration,
  files: ReadonlyMap<string, string> | undefined,
): GpuLinkTimes | undefined {
  const { rate, latency, nccl_tests: file } = cluster.gpu_link;
  if (file === null) {
    return rate === null ? undefined : { bytesPerSecond: rate, latencySeconds: latency };
  }
  if (rate !== null) {
    throw new ConfigError([
      `Cannot use "cluster.gpu_link.rate" beside "cluster.gpu_link.nccl_tests": current value is ` +
      `${rate} (allowed: one of the two)`,
    ]);
  }
  const text = files?.get(file);
  if (text === undefined) {
    throw new ConfigError([
      `Cannot read "cluster.gpu_link.nccl_tests" as the output of all_reduce_perf: current value is ` +
      `${file} (its text was not handed in)`,
    ]);
  }
  return parseInput({ file, what: "times of nccl-tests" }, text, parseNcclTests);
}
