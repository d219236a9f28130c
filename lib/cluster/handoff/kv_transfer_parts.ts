import type { RankPlace } from "../../serverless/cold_start/start_request.ts";

/** An instance as far as the places of its KV entries depend on it. */
export interface KvHolder {
  /** Number of the instance. */
  readonly id: number;
  /** Number of its function. */
  readonly functionId: number;
  /** Its GPUs; empty where machines are not told apart. */
  readonly ranks: readonly RankPlace[];
}

/**
 * How KV entries get from one instance to another, over links on which whatever else moves as well. The
 * run's `starts` move them on: the next event of these links is an event of theirs, too.
 */
export interface KvTransferParts {
  /**
   * Begins to move bytes and returns their number; -1 when nothing on the way binds, so that they are
   * there at once and nobody is told.
   *
   * @param ended Is told when the last byte has arrived, unless that is cancelled.
   */
  start(
    from: KvHolder,
    to: KvHolder,
    bytes: number,
    ended: (flow: number, nowSeconds: number) => void,
    nowSeconds: number,
  ): number;
  /** Gives up what has not arrived. */
  cancel(flow: number, nowSeconds: number): void;
  /** An instance is gone, and its place with it. */
  forget(instanceId: number): void;
  /** Time before the first byte of a transfer, seconds, >= 0. */
  readonly setupSeconds: number;
  /** Bytes of a message, > 0; Infinity: a transfer is one. */
  readonly messageBytes: number;
  /** Time that each message adds, seconds, >= 0. */
  readonly messageSeconds: number;
  /** Share of the links' rate that the bytes make use of, above 0 to 1. */
  readonly efficiency: number;
}

/** What a group that only prefills hands its requests to. */
export interface HandoffParts {
  /** Function whose instances go on with them. */
  readonly to: number;
  /** Whether a request that starts an instance has one started there, too, if there is none. */
  readonly startsToo?: boolean;
  /** Bytes that are sent for the entries of a request's tokens `from` to `until`. */
  wireBytes(from: number, until: number): number;
}
