/** Bandwidths from where weights may be to the GPUs of a node, bytes/s. */
export interface LoadBandwidths {
  /** From host memory. */
  readonly dramBytesPerSecond: number;
  /** From disk. */
  readonly ssdBytesPerSecond: number;
  /** From the remote store. */
  readonly remoteBytesPerSecond: number;
}

/**
 * Estimates loads of one node as ServerlessLLM does: loads from disk or network queue behind one
 * another, loads from host memory do not.
 *
 * @source ServerlessLLM, sllm/schedulers/storage_aware_scheduler.py (waiting time + size / bandwidth) and
 *   store_manager.py (estimated end of the queue's last load)
 *
 * @example
 * ```ts
 * import { LoadQueue } from "./mod.ts";
 * const queue = new LoadQueue({
 *   dramBytesPerSecond: 25e9,
 *   ssdBytesPerSecond: 5e9,
 *   remoteBytesPerSecond: 1e9,
 * });
 * queue.add("ssd", 10e9, 0);
 * console.log(queue.estimateSeconds("ssd", 10e9, 1)); // 3
 * ```
 */
export class LoadQueue {
  readonly #bandwidths: LoadBandwidths;
  #freeAtSeconds = 0;

  /**
   * Makes an empty queue.
   *
   * @throws {RangeError} If a bandwidth is not above 0.
   */
  constructor(bandwidths: LoadBandwidths) {
    for (const [name, value] of Object.entries(bandwidths)) {
      if (!(value > 0)) {
        throw new RangeError(`Cannot use ${name} as a bandwidth > 0: current value is ${value}`);
      }
    }
    this.#bandwidths = bandwidths;
  }

  /** Time until weights of `bytes` would be loaded, seconds from now. */
  estimateSeconds(tier: "dram" | "ssd" | "remote", bytes: number, nowSeconds: number): number {
    const seconds = bytes / this.#bandwidths[`${tier}BytesPerSecond`];
    return tier === "dram" ? seconds : Math.max(0, this.#freeAtSeconds - nowSeconds) + seconds;
  }

  /** A load begins or joins the queue. Returns its estimated end, seconds. */
  add(tier: "dram" | "ssd" | "remote", bytes: number, nowSeconds: number): number {
    const endAtSeconds = nowSeconds + this.estimateSeconds(tier, bytes, nowSeconds);
    if (tier !== "dram") this.#freeAtSeconds = endAtSeconds;
    return endAtSeconds;
  }

  /**
   * A load from disk or network is given up whose end was estimated for `endAtSeconds`: what of it was
   * still to come, at most its own `seconds`, is not waited for by those behind it.
   */
  giveUp(endAtSeconds: number, seconds: number, nowSeconds: number): void {
    const left = Math.max(0, Math.min(seconds, endAtSeconds - nowSeconds));
    this.#freeAtSeconds = Math.max(nowSeconds, this.#freeAtSeconds - left);
  }
}
