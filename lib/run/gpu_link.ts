import { MACHINE_SOURCES } from "../execution/sources/mod.ts";
import { type GpuLinkTimes, parseNcclTests } from "../execution/gpu_link.ts";
import type { Gpu } from "../hardware/gpu.ts";
import { ConfigError } from "../config/config_error.ts";
import type { Configuration } from "../config/configuration.ts";
import { parseInput } from "../std/input_error.ts";
import type { BuiltNode } from "./nodes.ts";

/** One direction of 16 lanes, bytes per second. */
const PCIE = { "pcie-5": 64e9, "pcie-4": 32e9 } as const;

/**
 * The link between the GPUs of an instance that `cluster.gpu_link` describes; undefined: none does.
 *
 * @param gpu One of the GPUs.
 * @param nodes The machines; empty: of any size.
 * @param files Texts of the files that the configuration names, by name.
 * @throws {ConfigError} If rate and file are given both, or the file was not read.
 * @throws {SyntaxError} If the file is no output of all_reduce_perf.
 */
export function buildGpuLink(
  { cluster }: Configuration,
  gpu: Gpu,
  nodes: readonly BuiltNode[],
  files: ReadonlyMap<string, string> | undefined,
): GpuLinkTimes | undefined {
  const { kind, rate, latency, nccl_tests: file } = cluster.gpu_link;
  if (kind !== null && (rate !== null || file !== null)) {
    throw new ConfigError([
      `Cannot use "cluster.gpu_link.kind" beside "cluster.gpu_link.${
        rate === null ? "nccl_tests" : "rate"
      }": current value is ${kind} (allowed: one of the two)`,
    ]);
  }
  if (kind !== null) return linkOfKind(kind, gpu);
  if (file === null && rate === null) return slowerLink(gpu, nodes);
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

function linkOfKind(
  kind: NonNullable<Configuration["cluster"]["gpu_link"]["kind"]>,
  { name, link, pcieBytesPerSecond }: Gpu,
): GpuLinkTimes {
  if (kind === "none") return { over: "host", bytesPerSecond: pcieBytesPerSecond };
  if (kind !== "nvlink") return { over: "pcie", bytesPerSecond: PCIE[kind] };
  if (link.kind === "nvlink") return { over: "nvlink", bytesPerSecond: link.bytesPerSecond };
  throw new ConfigError([
    `Cannot use "cluster.gpu_link.kind" as the link of ${name}: current value is nvlink (allowed: ` +
    `pcie-5, pcie-4, none, or cluster.gpu_link.rate: its data sheet has no NVLink)`,
  ]);
}

/** The PCIe of machines that is slower than the GPU's, where that is its link; else undefined. */
function slowerLink({ link }: Gpu, nodes: readonly BuiltNode[]): GpuLinkTimes | undefined {
  if (link.kind !== "pcie") return undefined;
  const rates = nodes.map(({ node }) => node.pcieBytesPerSecond ?? Infinity);
  const bytesPerSecond = Math.min(...rates);
  return bytesPerSecond < link.bytesPerSecond ? { over: "pcie", bytesPerSecond } : undefined;
}

/**
 * Says what connects the GPUs of an instance where that is assumed: PCIe at the rate of the GPU, whatever
 * the machine.
 */
export function assumedGpuLink(
  { cluster, parallelization, execution }: Configuration,
  { name, link }: Gpu,
): string[] {
  const { kind, rate, nccl_tests: file } = cluster.gpu_link;
  const isKnown = kind !== null || rate !== null || file !== null || cluster.nodes.length > 0;
  const isUsed = parallelization.tensor_parallel_size > 1 &&
    MACHINE_SOURCES.includes(execution.source);
  if (isKnown || !isUsed || link.kind !== "pcie") return [];
  return [
    `${name}: its GPUs are assumed to be on PCIe at ${
      link.bytesPerSecond / 1e9
    } GB/s each way, as the ` +
    `profile or the data sheet has them, whatever the machine (cluster.gpu_link)`,
  ];
}
