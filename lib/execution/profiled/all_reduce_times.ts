import { gpuEfficiency } from "../../hardware/efficiency.ts";
import { allGatherSeconds, allReduceSeconds, type CollectiveOptions } from "../collectives.ts";
import { type GpuLinkTimes, linkAllGatherSeconds, linkAllReduceSeconds } from "../gpu_link.ts";
import { withFusedNorm } from "../fused_norm.ts";
import { profileGpu } from "./profile_facts.ts";
import type { ElementwiseTimes } from "./elementwise_times.ts";
import { type KnotPlace, placeAmong } from "./interpolate.ts";
import { findTables, type OperatorProfile } from "./operator_profile.ts";
import { axisValues, type OperatorTable } from "./operator_table.ts";
import type { ProfiledOptions } from "./profiled_options.ts";

/**
 * Seconds of an all-reduce over `ranks` GPUs of a node by bytes: linear between measured sizes, and
 * continued along the last slope. Without a table for so many ranks, what the analytical source takes
 * for this GPU; where the catalogue does not know it, a ring over the link of the data sheet: each GPU
 * sends 2 (ranks - 1) / ranks of the bytes.
 *
 * @param link The link as somebody states or has measured it, in place of all of that.
 */
export function allReduceSecondsOf(
  profile: OperatorProfile,
  ranks: number,
  link?: GpuLinkTimes,
): (bytes: number) => number {
  if (ranks === 1) return () => 0;
  if (link !== undefined && "over" in link) {
    const collective = { ...requireCollective(profile, ranks), link };
    return (bytes) => allReduceSeconds(collective, bytes);
  }
  if (link !== undefined) return (bytes) => linkAllReduceSeconds(link, ranks, bytes);
  const { linkBytesPerSecond, linkLatencySeconds } = profile.peaks;
  const [table] = findTables(profile, "all_reduce", {});
  const listed = table === undefined ? -1 : axisValues(table, 0).indexOf(ranks);
  const row = listed >= 0 && hasTimes(table, listed) ? listed : -1;
  if (row < 0) {
    const collective = collectiveOf(profile, ranks);
    if (collective !== undefined) return (bytes) => allReduceSeconds(collective, bytes);
    return (bytes) => linkLatencySeconds + 2 * (ranks - 1) / ranks * bytes / linkBytesPerSecond;
  }
  const sizes = axisValues(table, 1);
  const known: number[] = [];
  const seconds: number[] = [];
  for (let i = 0; i < sizes.length; i++) {
    const value = table.seconds[row * sizes.length + i];
    if (Number.isNaN(value)) continue;
    known.push(sizes[i]);
    seconds.push(value);
  }
  const place: KnotPlace = { index: 0, weight: 0 };
  const last = known.length - 1;
  return (bytes) => {
    if (bytes > known[last]) return seconds[last] * bytes / known[last];
    placeAmong(known, bytes, place);
    const next = Math.min(place.index + 1, last);
    return seconds[place.index] + place.weight * (seconds[next] - seconds[place.index]);
  };
}

/**
 * Seconds of the sums over `ranks` GPUs around each half of a layer, by bytes: all-reduces, which may
 * include the norm that follows.
 */
export function residualSumsOf(
  { profile, gpuLink, fusedNormBytes, shape: { hiddenSize } }: ProfiledOptions,
  ranks: number,
  elementwise: ElementwiseTimes,
): (bytes: number) => number {
  // A norm moves each number four times, of two bytes.
  const norm = (bytes: number) => elementwise.norm(hiddenSize, bytes / (8 * hiddenSize));
  return withFusedNorm(allReduceSecondsOf(profile, ranks, gpuLink), norm, fusedNormBytes);
}

/**
 * Seconds until each of `ranks` GPUs of a node holds so many bytes of which it has its share. No
 * table holds it: half an all-reduce where GPUs are on PCIe (measured on L40S: 0.52 to 0.65 of one),
 * else the missing share at the rate of the data sheet's link.
 */
export function allGatherSecondsOf(
  profile: OperatorProfile,
  ranks: number,
  link?: GpuLinkTimes,
): (bytes: number) => number {
  if (ranks === 1) return () => 0;
  if (link !== undefined && "over" in link) {
    const collective = { ...requireCollective(profile, ranks), link };
    return (bytes) => allGatherSeconds(collective, bytes);
  }
  if (link !== undefined) return (bytes) => linkAllGatherSeconds(link, ranks, bytes);
  const collective = collectiveOf(profile, ranks);
  if (collective?.gpu.link.kind === "pcie") {
    const allReduce = allReduceSecondsOf(profile, ranks);
    return (bytes) => allReduce(bytes) / 2;
  }
  const { linkBytesPerSecond } = profile.peaks;
  return (bytes) => bytes * ((ranks - 1) / ranks) / linkBytesPerSecond;
}

/** The same, where a kind of link is to be reckoned with that GPU's kernels. */
function requireCollective(profile: OperatorProfile, ranks: number): CollectiveOptions {
  const collective = collectiveOf(profile, ranks);
  if (collective !== undefined) return collective;
  throw new RangeError(
    `Cannot take times of a kind of link for the GPU of a profile: current value is ${profile.gpu}, which ` +
      `data/hardware has not (cluster.gpu_link.rate or nccl_tests say what it takes)`,
  );
}

/** The catalogue's knowledge of a profile's GPU, if it is listed. */
function collectiveOf(profile: OperatorProfile, ranks: number): CollectiveOptions | undefined {
  const gpu = profileGpu(profile);
  return gpu && { gpu, efficiency: gpuEfficiency(gpu.generation), ranks };
}

function hasTimes(table: OperatorTable, row: number): boolean {
  const { length } = table.axes[1].points;
  return table.seconds.subarray(row * length, (row + 1) * length).some((value) => value > 0);
}
