import type { HostEfficiency } from "../hardware/efficiency.ts";
import { softMaximum } from "./soft_maximum.ts";

/** Largest message that NCCL sends along a tree. */
const TREE_BYTES = 2 ** 20;

/** What the handshakes of NCCL's protocol for long messages take, seconds. */
const HANDSHAKE_SECONDS = 50e-6;

/** Imperfect overlap of latency and transfer. */
const SHARPNESS = 1.5;

/**
 * Seconds of NCCL's all-reduce of `bytes` over three and more GPUs that reach each other through the
 * host's memory alone. The narrowest place is the way between the halves of the machine, whose rate
 * each GPU finds shared by all:
 *
 * - a tree (within a node: a chain, up and down) sends each byte across once in each direction, a ring
 *   2 (ranks - 1) / ranks times. NCCL, which knows the links but not how they are shared, prefers the
 *   ring beyond 1 MiB: times double there;
 * - short messages go in words of half data, half flag (protocol LL): twice the bytes, but without the
 *   handshakes of the protocol for long ones (Simple).
 *
 * @param linkBytesPerSecond One direction of each GPU's link.
 * @source NCCL src/device/prims_ll.h and src/graph/tuning.cc (protocols, algorithms); constants
 * fitted to 4 and 8 L40S, 512 bytes to 256 MiB (aiconfigurator, nccl_perf and custom_allreduce_perf):
 * mean error 3 and 8 %. Which algorithm ran is inferred from the times.
 */
export function hostAllReduceSeconds(
  host: HostEfficiency,
  linkBytesPerSecond: number,
  ranks: number,
  bytes: number,
): number {
  const rate = linkBytesPerSecond * host.memory * Math.pow(4 / ranks, host.falloff);
  const latency = host.secondsPerRank * ranks;
  const once = bytes / rate;
  const long = latency + HANDSHAKE_SECONDS;
  if (bytes > TREE_BYTES) return long + 2 * (ranks - 1) / ranks * once;
  return Math.min(softMaximum(2 * once, latency, SHARPNESS), long + once);
}
