import type { RandomStream } from "../random_streams.ts";
import type { Distribution } from "./distribution.ts";

/** Completes a law with `fillInt32` by rounding its samples to the nearest whole number. */
export function withFill(
  mean: number,
  sample: (stream: RandomStream) => number,
): Distribution {
  return {
    mean,
    sample,
    fillInt32(target, stream) {
      for (let i = 0; i < target.length; i++) target[i] = Math.floor(sample(stream) + 0.5);
    },
  };
}
