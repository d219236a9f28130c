import type { RandomStream } from "../../sim/random_streams.ts";

/** Settings of `retryBackoff`. */
export interface RetryOptions {
  /** Wait before the second attempt, seconds, >= 0; default 10. */
  readonly initialSeconds?: number;
  /** Growth of the wait with each further attempt, >= 1; default 2. */
  readonly factor?: number;
  /** Longest wait, seconds; default 300. */
  readonly maxSeconds?: number;
  /** Attempts in all, >= 1; default Infinity. */
  readonly maxAttempts?: number;
  /** Share of the wait that is drawn at random, 0..1; default 0. */
  readonly jitter?: number;
}

/** Waits between attempts. */
export interface RetryPolicy {
  /**
   * Wait after the `failed`-th failure (1, 2, ...) before the next attempt, seconds; Infinity when
   * there is none. Draws one number when there is jitter.
   */
  waitSeconds(failed: number, stream: RandomStream): number;
}

/**
 * Exponential back-off: initial x factor^(failed - 1), at most the longest wait; with jitter j the wait
 * is uniform in [(1 - j) wait, wait].
 *
 * @source Kubernetes documentation, "Pod lifecycle": restarts after 10 s, 20 s, 40 s, ..., at most 300 s
 */
export function retryBackoff(options: RetryOptions = {}): RetryPolicy {
  const {
    initialSeconds = 10,
    factor = 2,
    maxSeconds = 300,
    maxAttempts = Infinity,
    jitter = 0,
  } = options;
  const check = (ok: boolean, name: string, wanted: string, value: number) => {
    if (!ok) throw new RangeError(`Cannot use ${name} as ${wanted}: current value is ${value}`);
  };
  check(initialSeconds >= 0, "initialSeconds", "seconds >= 0", initialSeconds);
  check(factor >= 1, "factor", "a factor >= 1", factor);
  check(maxSeconds >= initialSeconds, "maxSeconds", `seconds >= ${initialSeconds}`, maxSeconds);
  check(maxAttempts >= 1, "maxAttempts", "attempts >= 1", maxAttempts);
  check(jitter >= 0 && jitter <= 1, "jitter", "a share from 0 to 1", jitter);
  return {
    waitSeconds(failed, stream) {
      if (failed >= maxAttempts) return Infinity;
      // A growth beyond all numbers times a first wait of 0 would be none.
      const grown = initialSeconds === 0 ? 0 : initialSeconds * factor ** (failed - 1);
      const wait = Math.min(maxSeconds, grown);
      return jitter === 0 ? wait : wait * (1 - jitter * stream.next());
    },
  };
}

/**
 * Whether a start fails. Draws one number.
 *
 * @param probability 0..1.
 */
export function startFails(probability: number, stream: RandomStream): boolean {
  return stream.next() < probability;
}
