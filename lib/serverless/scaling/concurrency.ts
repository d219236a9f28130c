import { checkNumber } from "./check.ts";
import type { ScalingPolicy } from "./policy.ts";

/** Settings of `concurrency`. */
export interface ConcurrencyOptions {
  /** Requests (queued or in flight) per instance, > 0; default 2. */
  readonly target?: number;
  /** Idle time of the function before one surplus instance goes, seconds; default 0. */
  readonly keepAliveSeconds?: number;
  /** Going down follows the greatest need of this time, seconds; default 0. */
  readonly scaleDownWindowSeconds?: number;
  /** The last instance is left to the keep-alive of idle instances; default false. */
  readonly keepsLast?: boolean;
  /** Seconds between evaluations; default 1. */
  readonly periodSeconds?: number;
}

/**
 * ServerlessLLM's autoscaler: ceil(requests / target) instances, one more per evaluation. Going down,
 * one instance per keep-alive: the function's idle time grows by one period at each evaluation with a
 * surplus, and begins anew with every request and every stop.
 *
 * A window for scale-down, which ServerlessLLM does not have, keeps a fleet from giving up at each dip
 * of the load what it needs a moment later.
 *
 * @source ServerlessLLM, sllm/routers/roundrobin_router.py (auto scaler loop, interval 1 s, target 2, keep_alive 0)
 */
export function concurrency(options: ConcurrencyOptions = {}): ScalingPolicy {
  const {
    target = 2,
    keepAliveSeconds = 0,
    scaleDownWindowSeconds = 0,
    keepsLast = false,
    periodSeconds = 1,
  } = options;
  checkNumber(target, "target", { min: 0, above: true });
  checkNumber(keepAliveSeconds, "keepAliveSeconds", { min: 0 });
  checkNumber(scaleDownWindowSeconds, "scaleDownWindowSeconds", { min: 0 });
  checkNumber(periodSeconds, "periodSeconds", { min: 0, above: true });
  let idleSeconds = 0;
  /** Needs of the window that no later one exceeds, the greatest first. */
  const needs: { readonly atSeconds: number; readonly count: number }[] = [];

  /** The greatest need of the window. */
  function greatest(nowSeconds: number, count: number): number {
    while (needs.length > 0 && needs[needs.length - 1].count <= count) needs.pop();
    needs.push({ atSeconds: nowSeconds, count });
    while (needs[0].atSeconds <= nowSeconds - scaleDownWindowSeconds - 1e-9) needs.shift();
    return needs[0].count;
  }

  return {
    periodSeconds,
    standsUntilSeconds: () => Infinity,
    desired({ nowSeconds, ready, starting, queued, inFlight, arrivals }) {
      const current = ready + starting;
      const asked = Math.ceil((queued + inFlight) / target);
      const needed = Math.max(asked, Math.min(current, greatest(nowSeconds, asked)));
      if (arrivals > 0) idleSeconds = 0;
      if (needed > current) return current + 1;
      if (needed === current || (keepsLast && current === 1)) return current;
      if (idleSeconds >= keepAliveSeconds) {
        idleSeconds = 0;
        return current - 1;
      }
      idleSeconds += periodSeconds;
      return current;
    },
  };
}
