import type { GpuEfficiency, HostEfficiency } from "../hardware/efficiency.ts";
import type { Gpu } from "../hardware/gpu.ts";
import { type GpuLinkTimes, linkAllGatherSeconds, linkAllReduceSeconds } from "./gpu_link.ts";
import { hostAllReduceSeconds } from "./host_all_reduce.ts";

/** What a collective runs over. */
export interface CollectiveOptions {
  /** One of the GPUs. */
  readonly gpu: Pick<Gpu, "link">;
  /** Its kernels' efficiency. */
  readonly efficiency: Pick<GpuEfficiency, "allReduce" | "sendSeconds">;
  /** GPUs that take part, >= 1. */
  readonly ranks: number;
  /** Their link as somebody states or has measured it; absent: by the GPU and its kernels. */
  readonly link?: GpuLinkTimes;
}

/** The way through the host where none was measured for the GPU: that of L40S. */
const HOST: HostEfficiency = { memory: 0.16, falloff: 1.4, secondsPerRank: 3.1e-6 };

/** Messages below these sizes take one shot: over up to four GPUs, over more. */
const ONE_SHOT_BYTES = [512 * 1024, 256 * 1024];

/**
 * Seconds of an all-reduce of `bytes` on each of the ranks, by the kernels of vLLM:
 *
 * - one-shot, short messages: each GPU reads the whole message of every other, after one barrier;
 * - two-shot: each sums its share and reads the other shares, 2 (ranks - 1) / ranks of the bytes as in
 *   a ring, with a second barrier;
 * - long messages may be left to NCCL (or symmetric memory): a ring that takes longer to get going.
 *
 * On PCIe, three and more GPUs may have no way to each other but the host: see
 * {@link hostAllReduceSeconds}. Never shorter for more bytes.
 *
 * @source vLLM csrc/custom_all_reduce.cuh (kernels and their sizes) and
 * vllm/distributed/device_communicators/all_reduce_utils.py, custom_all_reduce.py (where they end).
 * That the second barrier takes as long as the first is a result: fitted freely, two-shot starts at
 * 1.98, 1.99, 1.75 and 2.2 times the time of one-shot on A100, H100, H200 and B200. Constants:
 * data/hardware/efficiency.yaml.
 */
export function allReduceSeconds(options: CollectiveOptions, bytes: number): number {
  const { efficiency, ranks, link } = options;
  if (ranks === 1) return 0;
  if (link !== undefined && !("over" in link)) return linkAllReduceSeconds(link, ranks, bytes);
  const { memory, seconds, long, host = HOST } = efficiency.allReduce;
  if (isStaged(options)) {
    return hostAllReduceSeconds(host, linkOf(options).bytesPerSecond, ranks, bytes);
  }
  const rate = linkOf(options).bytesPerSecond * memory;
  const oneShot = (size: number) => seconds + (ranks - 1) * size / rate;
  const ring = 2 * (ranks - 1) / ranks * bytes / rate;
  const short = ONE_SHOT_BYTES[ranks <= 4 ? 0 : 1];
  // Between two GPUs one shot is as good as two for any size.
  const own = ranks === 2 || bytes < short
    ? oneShot(bytes)
    : Math.max(2 * seconds + ring, oneShot(short));
  if (long === undefined || bytes < long.fromBytes) return own;
  return Math.max(own, long.seconds + ring);
}

/**
 * Seconds until each of the ranks holds `bytes` of which it has its share: half an all-reduce through
 * the host (measured on L40S: 0.54 and 0.65 of one over 4 and 8 GPUs), else over the link at once.
 */
export function allGatherSeconds(options: CollectiveOptions, bytes: number): number {
  const { efficiency, ranks, link } = options;
  if (ranks === 1) return 0;
  if (link !== undefined && !("over" in link)) return linkAllGatherSeconds(link, ranks, bytes);
  if (isStaged(options)) return allReduceSeconds(options, bytes) / 2;
  const { memory, seconds } = efficiency.allReduce;
  return seconds + (ranks - 1) / ranks * bytes / (linkOf(options).bytesPerSecond * memory);
}

/** Seconds to send `bytes` from one GPU of a node to another. */
export function sendSeconds(options: Omit<CollectiveOptions, "ranks">, bytes: number): number {
  const { efficiency } = options;
  const { bytesPerSecond } = linkOf(options);
  return efficiency.sendSeconds + bytes / (bytesPerSecond * efficiency.allReduce.memory);
}

/** Whether messages have no way but through the host's memory. */
function isStaged(options: CollectiveOptions): boolean {
  const { link, efficiency, ranks } = options;
  if (link !== undefined && "over" in link && link.over === "host") return true;
  return ranks > 2 && linkOf(options).kind === "pcie" && efficiency.allReduce.host !== undefined;
}

/** What messages go over: as somebody says, else the GPU's. */
function linkOf({ gpu, link }: Pick<CollectiveOptions, "gpu" | "link">): Gpu["link"] {
  if (link === undefined || !("over" in link)) return gpu.link;
  const { over, bytesPerSecond } = link;
  return { kind: over === "nvlink" ? "nvlink" : "pcie", bytesPerSecond };
}
