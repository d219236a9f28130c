import { TextSyntaxError } from "../std/input_error.ts";

/** The link between the GPUs of an instance: what it is, or what it takes as somebody has measured it. */
export type GpuLinkTimes =
  /** NVLink, PCIe from GPU to GPU where these reach each other, or the host's memory alone. */
  | { readonly over: "nvlink" | "pcie" | "host"; readonly bytesPerSecond: number }
  /** Bytes per second that each GPU sends, and seconds of the smallest collective. */
  | { readonly bytesPerSecond: number; readonly latencySeconds: number }
  /** Seconds of an all-reduce over `ranks` GPUs by its bytes, both ascending. */
  | {
    readonly ranks: number;
    readonly bytes: readonly number[];
    readonly seconds: readonly number[];
  };

/** What it takes, without regard to the kernels. */
export type LinkTimes = Exclude<GpuLinkTimes, { readonly over: unknown }>;

/**
 * Seconds of an all-reduce of `bytes` over some GPUs.
 *
 * - By rate and latency the quicker one of two ways: each GPU reads the whole message of every other,
 *   after one latency, or a ring after two, in which each sends 2 (ranks - 1) / ranks of the bytes. Short
 *   messages go the first way, long ones the second.
 * - From a table: linear between its sizes, the first one's time below them, in proportion to the bytes
 *   above. Over another number of GPUs in proportion to (ranks - 1) / ranks.
 */
export function linkAllReduceSeconds(
  link: LinkTimes,
  ranks: number,
  bytes: number,
): number {
  if (ranks === 1) return 0;
  if ("bytesPerSecond" in link) {
    const { bytesPerSecond, latencySeconds } = link;
    const oneShot = latencySeconds + (ranks - 1) * bytes / bytesPerSecond;
    const ring = 2 * latencySeconds + 2 * (ranks - 1) / ranks * bytes / bytesPerSecond;
    return Math.min(oneShot, ring);
  }
  const share = ((ranks - 1) / ranks) / ((link.ranks - 1) / link.ranks);
  return share * inTable(link.bytes, link.seconds, bytes);
}

/** Seconds until each of the GPUs holds `bytes` of which it has its share: one of a ring's two rounds. */
export function linkAllGatherSeconds(
  link: LinkTimes,
  ranks: number,
  bytes: number,
): number {
  if (ranks === 1) return 0;
  if (!("bytesPerSecond" in link)) return linkAllReduceSeconds(link, ranks, bytes) / 2;
  return link.latencySeconds + (ranks - 1) / ranks * bytes / link.bytesPerSecond;
}

function inTable(sizes: readonly number[], seconds: readonly number[], bytes: number): number {
  const last = sizes.length - 1;
  if (bytes >= sizes[last]) return seconds[last] * bytes / sizes[last];
  if (bytes <= sizes[0]) return seconds[0];
  let i = 1;
  while (sizes[i] < bytes) i++;
  const weight = (bytes - sizes[i - 1]) / (sizes[i] - sizes[i - 1]);
  return seconds[i - 1] + weight * (seconds[i] - seconds[i - 1]);
}

/**
 * Reads what `all_reduce_perf` of nccl-tests prints: a line per size with its time out of place, and as
 * many lines "#  Rank ..." as GPUs. Larger messages never take less: a time that falls is that of the
 * size before.
 *
 * @throws {SyntaxError} If there is no line of times, or not the GPUs of one run.
 *
 * @source https://github.com/NVIDIA/nccl-tests doc/PERFORMANCE.md, src/common.cu (columns size, count,
 * type, redop, root, time in us)
 */
export function parseNcclTests(text: string): LinkTimes {
  const rows: [number, number][] = [];
  let ranks = 0;
  for (const line of text.split(/\r?\n/)) {
    if (/^#\s+Rank\s+\d+/.test(line)) ranks++;
    const cells = /^\s*(\d+)\s+\d+\s+\w+\s+\w+\s+-?\d+\s+(\d+(?:\.\d+)?)\s/.exec(line);
    if (cells !== null && Number(cells[1]) > 0) {
      rows.push([Number(cells[1]), Number(cells[2]) * 1e-6]);
    }
  }
  if (rows.length === 0 || ranks < 2) {
    const what = rows.length === 0 ? "no line of sizes and times" : `${ranks} lines "#  Rank"`;
    throw new TextSyntaxError("all_reduce_perf of nccl-tests", what, 0, 0);
  }
  rows.sort(([a], [b]) => a - b);
  let most = 0;
  const seconds = rows.map(([, time]) => most = Math.max(most, time));
  return { ranks, bytes: rows.map(([bytes]) => bytes), seconds };
}
