import type { BatchBuilder } from "./batch_builder.ts";

/**
 * What a run ends with whose engine has requests, of which its strategy schedules none.
 *
 * @param ids Numbers of the requests by their places, where these are not the numbers.
 */
export function noProgress(
  instance: number,
  nowSeconds: number,
  strategy: string,
  { queue, sequences, pool }: BatchBuilder,
  ids: Int32Array | undefined,
): RangeError {
  const next = queue.size > 0 ? queue.peek() : sequences.request[sequences.first];
  const request = ids?.[next] ?? next;
  return new RangeError(
    `Cannot make progress at ${nowSeconds} s: ${strategy} batching schedules nothing ` +
      `on instance ${instance}, where request ${request} is next; ` +
      `current value of free KV blocks is ${pool.free} of ${pool.capacity}`,
  );
}

/** The error of taking a request out of an engine that does not run there, or is in its step. */
export function notDetachable(
  instance: number,
  atSeconds: number,
  isStepping: boolean,
  request: number,
): RangeError {
  return new RangeError(
    `Cannot detach a request from instance ${instance} at ${atSeconds} s: ` +
      (isStepping ? "a step is in progress" : "it does not run here") +
      `, current value is ${request}`,
  );
}
