import { withDefaults } from "../../settings/from_table.ts";
import { quantity } from "../../settings/quantities.ts";
import { checkNumber } from "./check.ts";
import { safelyBefore, type ScalingEntry, type ScalingPolicy } from "./policy.ts";

/** Settings of `concurrency`. */
export type ConcurrencySettings = {
  readonly target: number;
  readonly scaleDownWindowSeconds: number;
};

/** `concurrency` as files name it. */
export const concurrencyPolicy: ScalingEntry<"concurrency", ConcurrencySettings> = {
  name: "concurrency",
  describe: "As many instances as requests in flight ask for, after ServerlessLLM's autoscaler.",
  periodSeconds: 1,
  settings: {
    target: quantity("number", {
      above: 0,
      default: 8,
      describe: "Requests in flight per instance that the policy aims at.",
    }),
    scaleDownWindowSeconds: quantity("seconds", {
      min: 0,
      default: 60,
      describe:
        "Scale-down follows the greatest need of this time, seconds; 0: as in ServerlessLLM.",
    }),
  },
  cuts: { scaleDownWindowSeconds: "period" },
  laws: { options: { target: 10 } },
  // Whether the last instance goes is the keep-alive's to say where there is one.
  create: (settings, { periodSeconds, hasKeepAlive }) =>
    concurrency({ ...settings, keepsLast: hasKeepAlive, periodSeconds }),
};

/** What `concurrency` takes beyond its settings. */
export interface ConcurrencyOptions extends Partial<ConcurrencySettings> {
  /** Idle time of the function before one surplus instance goes, seconds; default 0. */
  readonly keepAliveSeconds?: number;
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
 * @source ServerlessLLM, sllm/routers/roundrobin_router.py (auto scaler loop, interval 1 s;
 *   its own target is 2, its keep_alive 0, and it has no window)
 */
export function concurrency(options: ConcurrencyOptions = {}): ScalingPolicy {
  const { target, scaleDownWindowSeconds } = withDefaults(concurrencyPolicy.settings, options);
  const {
    keepAliveSeconds = 0,
    keepsLast = false,
    periodSeconds = concurrencyPolicy.periodSeconds,
  } = options;
  checkNumber(keepAliveSeconds, "keepAliveSeconds", { min: 0 });
  checkNumber(periodSeconds, "periodSeconds", { min: 0, above: true });
  let idleSeconds = 0;
  /** Needs of the window that no later one exceeds, the greatest first. */
  const needs: { atSeconds: number; count: number }[] = [];

  /** The greatest need of the window. */
  function greatest(nowSeconds: number, count: number): number {
    while (needs.length > 1 && needs[needs.length - 2].count <= count) needs.pop();
    const last = needs.at(-1);
    if (last !== undefined && last.count <= count) {
      // In its place: most evaluations find what the one before found.
      last.atSeconds = nowSeconds;
      last.count = count;
    } else {
      needs.push({ atSeconds: nowSeconds, count });
    }
    while (needs[0].atSeconds <= nowSeconds - scaleDownWindowSeconds - 1e-9) needs.shift();
    return needs[0].count;
  }

  return {
    periodSeconds,
    standsUntilSeconds: () => Infinity,
    idleUntilSeconds(_nowSeconds, instances) {
      if (keepsLast && instances === 1) return Infinity;
      // The number stands while a need of the window is as great.
      let last = 0;
      while (last + 1 < needs.length && needs[last + 1].count >= instances) last++;
      if (needs[last].count < instances) return -Infinity;
      return safelyBefore(needs[last].atSeconds + scaleDownWindowSeconds);
    },
    settlesWithinSeconds: scaleDownWindowSeconds + keepAliveSeconds,
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
