import { discrete, type Distribution, zipf } from "../sim/distributions/mod.ts";
import type { RandomStreams } from "../sim/random_streams.ts";
import type { Shares } from "./workload_spec.ts";

/**
 * The law by which one of several things is chosen. Undefined where there is only one.
 *
 * @param name Name of the setting in messages.
 * @param max Greatest number of things that the table's column tells apart.
 * @throws {RangeError} If there are more things than that, or a weight or exponent is out of range.
 */
export function shareLaw(
  shares: Shares | undefined,
  name: string,
  max: number,
): Distribution | undefined {
  if (shares === undefined) return undefined;
  const things = "weights" in shares ? shares.weights.length : shares.count;
  if (things > max) {
    throw new RangeError(`Cannot use ${name} as at most ${max}: current value is ${things}`);
  }
  const law: Distribution = "weights" in shares
    ? discrete(shares.weights)
    : zipf({ count: shares.count, exponent: shares.zipf });
  return things === 1 ? undefined : law;
}

/**
 * One index per request by popularity. Undefined where there is only one thing to choose.
 *
 * @param name Name of the stream, and of the setting in messages.
 * @param max Greatest number of things that the table's column tells apart.
 * @throws {RangeError} If there are more things than that, or a weight or exponent is out of range.
 */
export function drawShares(
  shares: Shares | undefined,
  count: number,
  streams: RandomStreams,
  name: string,
  max: number,
): Int32Array | undefined {
  const law = shareLaw(shares, name, max);
  if (law === undefined) return undefined;
  const column = new Int32Array(count);
  law.fillInt32(column, streams.take(name));
  return column;
}
