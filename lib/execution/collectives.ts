import type { GpuEfficiency } from "../hardware/efficiency.ts";
import type { Gpu } from "../hardware/gpu.ts";
import { softMaximum } from "./soft_maximum.ts";

/** What a collective runs over. */
export interface CollectiveOptions {
  /** One of the GPUs. */
  readonly gpu: Pick<Gpu, "link">;
  /** Its kernels' efficiency. */
  readonly efficiency: Pick<GpuEfficiency, "allReduce" | "sendSeconds">;
  /** GPUs that take part, >= 1. */
  readonly ranks: number;
}

/**
 * Seconds of an all-reduce of `bytes` on each of the ranks: in a ring each GPU sends and receives
 * 2 (ranks - 1) / ranks of the bytes, softened by the time of the smallest message. On PCIe the GPUs
 * share the way through the host: the latency grows with the ranks and the rate falls with their
 * power of 1.7.
 *
 * @source efficiency.yaml; on PCIe 0.62, 0.16, 0.06 of the rate and 5.4, 11.8, 22.6 us for 2, 4, 8
 * L40S (aiconfigurator, nccl_perf and custom_allreduce_perf).
 */
export function allReduceSeconds(options: CollectiveOptions, bytes: number): number {
  const { gpu, efficiency, ranks } = options;
  if (ranks === 1) return 0;
  const { memory, seconds, sharpness } = efficiency.allReduce;
  const shared = gpu.link.kind === "pcie";
  const share = shared ? memory * Math.pow(2 / ranks, 1.7) : memory;
  const latencySeconds = shared ? seconds * ranks / 2 : seconds;
  const sent = 2 * (ranks - 1) / ranks * bytes;
  return softMaximum(sent / (gpu.link.bytesPerSecond * share), latencySeconds, sharpness);
}

/** Seconds to send `bytes` from one GPU of a node to another. */
export function sendSeconds(options: Omit<CollectiveOptions, "ranks">, bytes: number): number {
  const { gpu, efficiency } = options;
  return efficiency.sendSeconds + bytes / (gpu.link.bytesPerSecond * efficiency.allReduce.memory);
}
