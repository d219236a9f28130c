import { checkNumber } from "./check.ts";

/** How fast an HPA may change the number of instances in one direction. */
export interface HpaRate {
  /** "pods": `value` instances per period; "percent": `value` per cent of the period's first count. */
  readonly type: "pods" | "percent";
  /** Instances, or per cent. */
  readonly value: number;
  /** Length of the period, seconds, > 0. */
  readonly periodSeconds: number;
}

/** Rules of one direction. */
export interface HpaRules {
  /** Time over which the least (up) or greatest (down) recommendation counts, seconds. */
  readonly stabilizationSeconds: number;
  /** Rates that hold at once. */
  readonly rates: readonly HpaRate[];
  /** Which rate counts: the one that allows the most or the least change; default "max". */
  readonly select?: "max" | "min";
}

/** Kubernetes' default for scale-up: the greater of 4 instances and 100 % per 15 s, at once. */
export const HPA_SCALE_UP: HpaRules = {
  stabilizationSeconds: 0,
  rates: [
    { type: "pods", value: 4, periodSeconds: 15 },
    { type: "percent", value: 100, periodSeconds: 15 },
  ],
};

/** Kubernetes' default for scale-down: anything per 15 s, after 300 s of stabilisation. */
export const HPA_SCALE_DOWN: HpaRules = {
  stabilizationSeconds: 300,
  rates: [{ type: "percent", value: 100, periodSeconds: 15 }],
};

/** How long rules may hold an answer back that asks for fewer, seconds. */
export function settlesWithin({ stabilizationSeconds, rates }: HpaRules): number {
  return stabilizationSeconds + Math.max(0, ...rates.map(({ periodSeconds }) => periodSeconds));
}

/**
 * The second half of a horizontal pod autoscaler: turns recommendations into counts by
 * stabilisation windows and rate limits.
 *
 * @source Kubernetes, pkg/controller/podautoscaler/horizontal.go (stabilizeRecommendationWithBehaviors,
 *   convertDesiredReplicasWithBehaviorRate)
 */
export class HpaBehavior {
  readonly #up: HpaRules;
  readonly #down: HpaRules;
  readonly #recommendations: { atSeconds: number; count: number }[] = [];
  readonly #changes: { atSeconds: number; change: number }[] = [];
  #currentBefore = NaN;
  #beforeSeconds = 0;

  /** Makes rules that have seen no decision. */
  constructor(up: HpaRules = HPA_SCALE_UP, down: HpaRules = HPA_SCALE_DOWN) {
    for (const rules of [up, down]) {
      checkNumber(rules.stabilizationSeconds, "stabilizationSeconds", { min: 0 });
      for (const rate of rules.rates) {
        checkNumber(rate.value, "rate value", { min: 0 });
        checkNumber(rate.periodSeconds, "rate periodSeconds", { min: 0, above: true });
      }
    }
    this.#up = up;
    this.#down = down;
  }

  /**
   * The count to scale to.
   *
   * @param current Instances now. A difference from the last call is what that call brought about.
   */
  next(nowSeconds: number, current: number, recommendation: number): number {
    if (current !== this.#currentBefore && !Number.isNaN(this.#currentBefore)) {
      this.#changes.push({
        atSeconds: this.#beforeSeconds,
        change: current - this.#currentBefore,
      });
    }
    this.#currentBefore = current;
    this.#beforeSeconds = nowSeconds;
    const stable = this.#stabilize(nowSeconds, current, recommendation);
    if (stable > current) {
      return Math.min(stable, Math.max(current, this.#ceiling(nowSeconds, current)));
    }
    if (stable < current) {
      return Math.max(stable, Math.min(current, this.#floor(nowSeconds, current)));
    }
    return current;
  }

  /** Within [least recommendation of the up window, greatest of the down window]. */
  #stabilize(nowSeconds: number, current: number, recommendation: number): number {
    const upFrom = nowSeconds - this.#up.stabilizationSeconds;
    const downFrom = nowSeconds - this.#down.stabilizationSeconds;
    let least = recommendation;
    let greatest = recommendation;
    const past = this.#recommendations;
    while (past.length > 0 && past[0].atSeconds <= Math.min(upFrom, downFrom)) past.shift();
    for (const { atSeconds, count } of past) {
      if (atSeconds > upFrom) least = Math.min(least, count);
      if (atSeconds > downFrom) greatest = Math.max(greatest, count);
    }
    past.push({ atSeconds: nowSeconds, count: recommendation });
    return Math.min(Math.max(current, least), greatest);
  }

  /** Count at the beginning of a rate's period. */
  #countBefore(nowSeconds: number, current: number, periodSeconds: number): number {
    let count = current;
    for (const { atSeconds, change } of this.#changes) {
      if (atSeconds > nowSeconds - periodSeconds) count -= change;
    }
    return count;
  }

  #ceiling(nowSeconds: number, current: number): number {
    const limits = this.#up.rates.map(({ type, value, periodSeconds }) => {
      const before = this.#countBefore(nowSeconds, current, periodSeconds);
      return type === "pods" ? before + value : Math.ceil(before * (1 + value / 100));
    });
    if (limits.length === 0) return Infinity;
    return this.#up.select === "min" ? Math.min(...limits) : Math.max(...limits);
  }

  #floor(nowSeconds: number, current: number): number {
    const limits = this.#down.rates.map(({ type, value, periodSeconds }) => {
      const before = this.#countBefore(nowSeconds, current, periodSeconds);
      return type === "pods" ? before - value : Math.trunc(before * (1 - value / 100));
    });
    if (limits.length === 0) return -Infinity;
    return this.#down.select === "min" ? Math.max(...limits) : Math.min(...limits);
  }
}
