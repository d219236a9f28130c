import { checkNumber } from "./check.ts";
import type { ScalingPolicy } from "./policy.ts";

/** Settings of `concurrency`. */
export interface ConcurrencyOptions {
  /** Requests (queued or in flight) per instance, > 0; default 2. */
  readonly target?: number;
  /** Idle time of the function before one surplus instance goes, seconds; default 0. */
  readonly keepAliveSeconds?: number;
  /** Seconds between evaluations; default 1. */
  readonly periodSeconds?: number;
}

/**
 * ServerlessLLM's autoscaler: ceil(requests / target) instances, one more per evaluation. Going down,
 * one instance per keep-alive: the function's idle time grows by one period at each evaluation with a
 * surplus, and begins anew with every request and every stop.
 *
 * @source ServerlessLLM, sllm/routers/roundrobin_router.py (auto scaler loop, interval 1 s, target 2, keep_alive 0)
 */
export function concurrency(options: ConcurrencyOptions = {}): ScalingPolicy {
  const { target = 2, keepAliveSeconds = 0, periodSeconds = 1 } = options;
  checkNumber(target, "target", { min: 0, above: true });
  checkNumber(keepAliveSeconds, "keepAliveSeconds", { min: 0 });
  checkNumber(periodSeconds, "periodSeconds", { min: 0, above: true });
  let idleSeconds = 0;
  return {
    periodSeconds,
    desired({ ready, starting, queued, inFlight, arrivals }) {
      const current = ready + starting;
      const needed = Math.ceil((queued + inFlight) / target);
      if (arrivals > 0) idleSeconds = 0;
      if (needed > current) return current + 1;
      if (needed === current) return current;
      if (idleSeconds >= keepAliveSeconds) {
        idleSeconds = 0;
        return current - 1;
      }
      idleSeconds += periodSeconds;
      return current;
    },
  };
}
