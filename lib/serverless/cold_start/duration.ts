import { cos, exp, log } from "../../stats/elementary/mod.ts";
import type { StageWork } from "./stages.ts";
import type { NoiseStream, StartRequest } from "./start_request.ts";

const GIB = 2 ** 30;

/** Values of the features of one start, by name. */
export function startFeatures(request: StartRequest): Map<string, number> {
  const ranks = request.ranks.length;
  const nodes = new Set(request.ranks.map((rank) => rank.node)).size;
  const features = new Map<string, number>([
    ["weight_gb", request.weightBytes / 1e9],
    ["weight_gib", request.weightBytes / GIB],
    ["weight_gib_per_rank", request.weightBytes / ranks / GIB],
    ["image_gib", (request.imageBytes ?? 0) / GIB],
    ["snapshot_gib", (request.snapshotBytes ?? 0) / GIB],
    ["ranks", ranks],
    ["extra_ranks", ranks - 1],
    ["multi_rank", ranks > 1 ? 1 : 0],
    ["nodes", nodes],
    ["evicted_gib", 0],
  ]);
  const given = { ...request.plan.features, ...request.features };
  for (const [name, value] of Object.entries(given)) features.set(name, value);
  return features;
}

/**
 * Time part of a stage's work, seconds.
 *
 * @throws {RangeError} If the work uses a feature that the start does not have.
 */
export function workSeconds(work: StageWork, features: ReadonlyMap<string, number>): number {
  let seconds = work.seconds;
  for (const { feature, seconds: each } of work.secondsPer) {
    const value = features.get(feature);
    if (value === undefined) {
      throw new RangeError(
        `Cannot time a stage as seconds per "${feature}" (the start has: ${
          [...features.keys()].join(", ")
        }): current value is undefined`,
      );
    }
    seconds += each * value;
  }
  return seconds;
}

/** A lognormal factor of mean 1: exp(sigma z - sigma^2 / 2). Takes two numbers from the stream. */
export function lognormalFactor(sigma: number, stream: NoiseStream): number {
  const radius = Math.sqrt(-2 * log(1 - stream.next()));
  const z = radius * cos(2 * Math.PI * stream.next());
  return exp(sigma * z - (sigma * sigma) / 2);
}
