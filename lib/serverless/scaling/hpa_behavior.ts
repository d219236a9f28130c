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
  /** Which rate counts: the one that allows the most or the least change, or none; default "max". */
  readonly select?: "max" | "min" | "disabled";
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

/** The least or the greatest of the recommendations of a window. */
class Extreme {
  readonly #windowSeconds: number;
  readonly #exceeds: (one: number, other: number) => boolean;
  /** Recommendations that no later one exceeds, the most extreme first. */
  readonly #counts: { readonly atSeconds: number; readonly count: number }[] = [];

  /** @param exceeds Whether one count is at least as extreme as another. */
  constructor(windowSeconds: number, exceeds: (one: number, other: number) => boolean) {
    this.#windowSeconds = windowSeconds;
    this.#exceeds = exceeds;
  }

  /** Adds a recommendation; the extreme of those in the window, this one included. */
  add(atSeconds: number, count: number): number {
    const counts = this.#counts;
    while (counts.length > 0 && this.#exceeds(count, counts[counts.length - 1].count)) counts.pop();
    counts.push({ atSeconds, count });
    const from = atSeconds - this.#windowSeconds + 1e-9;
    while (counts.length > 1 && counts[0].atSeconds <= from) counts.shift();
    return counts[0].count;
  }
}

/**
 * The second half of a horizontal pod autoscaler: turns recommendations into counts by
 * stabilisation windows and rate limits. The first recommendation is the count that there is.
 *
 * @source Kubernetes, pkg/controller/podautoscaler/horizontal.go (recordInitialRecommendation,
 *   stabilizeRecommendationWithBehaviors, convertDesiredReplicasWithBehaviorRate, storeScaleEvent)
 */
export class HpaBehavior {
  readonly #up: HpaRules;
  readonly #down: HpaRules;
  readonly #least: Extreme;
  readonly #greatest: Extreme;
  /** Changes that this autoscaler has brought about in its longest period, oldest first. */
  readonly #changes: { readonly atSeconds: number; readonly change: number }[] = [];
  readonly #longestSeconds: number;
  #hasBegun = false;
  #currentBefore = NaN;
  #answeredBefore = NaN;
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
    this.#least = new Extreme(up.stabilizationSeconds, (one, other) => one <= other);
    this.#greatest = new Extreme(down.stabilizationSeconds, (one, other) => one >= other);
    const periods = [...up.rates, ...down.rates].map(({ periodSeconds }) => periodSeconds);
    this.#longestSeconds = Math.max(0, ...periods);
  }

  /** Takes the present count as the first recommendation, if there has been none. */
  begin(nowSeconds: number, current: number): void {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    this.#least.add(nowSeconds, current);
    this.#greatest.add(nowSeconds, current);
  }

  /** The count to scale to. */
  next(nowSeconds: number, current: number, recommendation: number): number {
    this.begin(nowSeconds, current);
    this.#noteChange(current);
    const least = this.#least.add(nowSeconds, recommendation);
    const greatest = this.#greatest.add(nowSeconds, recommendation);
    const count = this.#limited(nowSeconds, current, Math.min(Math.max(current, least), greatest));
    this.#currentBefore = current;
    this.#answeredBefore = count;
    this.#beforeSeconds = nowSeconds;
    return count;
  }

  /** As much of the last answer as has come about is a change; what others do is none. */
  #noteChange(current: number): void {
    const asked = this.#answeredBefore - this.#currentBefore;
    const made = current - this.#currentBefore;
    const change = asked > 0 ? Math.min(asked, made) : Math.max(asked, made);
    if (change * asked > 0) this.#changes.push({ atSeconds: this.#beforeSeconds, change });
  }

  #limited(nowSeconds: number, current: number, stable: number): number {
    const changes = this.#changes;
    while (changes.length > 0 && changes[0].atSeconds <= nowSeconds - this.#longestSeconds) {
      changes.shift();
    }
    if (stable > current) {
      return Math.min(stable, Math.max(current, this.#ceiling(nowSeconds, current)));
    }
    if (stable < current) {
      return Math.max(stable, Math.min(current, this.#floor(nowSeconds, current)));
    }
    return current;
  }

  /** Count at the beginning of a rate's period. */
  #countBefore(nowSeconds: number, current: number, periodSeconds: number): number {
    let count = current;
    for (const { atSeconds, change } of this.#changes) {
      if (atSeconds > nowSeconds - periodSeconds + 1e-9) count -= change;
    }
    return count;
  }

  #ceiling(nowSeconds: number, current: number): number {
    const { rates, select } = this.#up;
    if (select === "disabled") return current;
    const limits = rates.map(({ type, value, periodSeconds }) => {
      const before = this.#countBefore(nowSeconds, current, periodSeconds);
      return type === "pods" ? before + value : Math.ceil(before * (1 + value / 100));
    });
    if (limits.length === 0) return Infinity;
    return select === "min" ? Math.min(...limits) : Math.max(...limits);
  }

  #floor(nowSeconds: number, current: number): number {
    const { rates, select } = this.#down;
    if (select === "disabled") return current;
    const limits = rates.map(({ type, value, periodSeconds }) => {
      const before = this.#countBefore(nowSeconds, current, periodSeconds);
      return type === "pods" ? before - value : Math.trunc(before * (1 - value / 100));
    });
    if (limits.length === 0) return -Infinity;
    return select === "min" ? Math.max(...limits) : Math.min(...limits);
  }
}
