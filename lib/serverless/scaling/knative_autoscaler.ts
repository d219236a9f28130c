import { ReportedMean } from "./reported_mean.ts";

/** What Knative's autoscaler goes by. */
export interface KnativeRules {
  /** Value of the metric that an instance can take. */
  readonly total: number;
  /** Value of the metric that an instance is to have: a share of `total`. */
  readonly target: number;
  readonly stableWindowSeconds: number;
  readonly panicWindowFraction: number;
  readonly panicThreshold: number;
  readonly maxScaleUpRate: number;
  readonly maxScaleDownRate: number;
  readonly activationScale: number;
  readonly scaleDownDelaySeconds: number;
  /** Requests of a burst that instances are to have room for; -1: without bound. */
  readonly targetBurstCapacity: number;
}

/** What the windows ask for. */
export interface KnativeDecision {
  /** Instances, >= 0. */
  readonly desired: number;
  /** Room of the instances beyond the load and the burst that is planned for; < 0: there is none. */
  readonly excessBurstCapacity: number;
}

/** Length of the panic window, seconds: whole seconds, one or more. */
function panicWindow({ stableWindowSeconds, panicWindowFraction }: KnativeRules): number {
  return Math.max(1, Math.round(stableWindowSeconds * panicWindowFraction));
}

/**
 * The arithmetic of Knative's autoscaler: a stable and a panic window over what is reported, rate
 * limits, panic without scale-down, a delay of scale-down, and the capacity for bursts.
 *
 * @source Knative Serving, pkg/autoscaler/scaling/autoscaler.go (Scale, newAutoscaler);
 *   pkg/reconciler/autoscaling/resources/metric.go (the panic window is rounded to whole seconds)
 */
export class KnativeAutoscaler {
  readonly #rules: KnativeRules;
  readonly #stable: ReportedMean;
  readonly #panic: ReportedMean;
  /** Decisions of the scale-down delay that no later one exceeds, the greatest first. */
  readonly #decisions: { readonly atSeconds: number; readonly count: number }[] = [];
  /** Instant of the last evaluation over the panic threshold, seconds; NaN: there is no panic. */
  #panicAtSeconds: number;
  #maxPanic: number;

  /** @param ready Instances ready at the begin: with more than one it begins in panic. */
  constructor(rules: KnativeRules, ready: number) {
    this.#rules = rules;
    this.#stable = new ReportedMean(rules.stableWindowSeconds);
    this.#panic = new ReportedMean(panicWindow(rules));
    this.#panicAtSeconds = ready > 1 ? 0 : NaN;
    this.#maxPanic = ready;
  }

  /** Adds what was reported of an interval: its mean. */
  report(fromSeconds: number, toSeconds: number, value: number): void {
    this.#stable.add(fromSeconds, toSeconds, value);
    this.#panic.add(fromSeconds, toSeconds, value);
  }

  /** What the windows ask for; undefined when nothing was reported in the stable window. */
  decide(nowSeconds: number, readyNow: number): KnativeDecision | undefined {
    if (this.#stable.isEmpty(nowSeconds)) return undefined;
    const { target, total, panicThreshold, stableWindowSeconds, targetBurstCapacity } = this.#rules;
    const ready = Math.max(1, readyNow);
    const stableAsks = Math.ceil(this.#stable.mean(nowSeconds) / target);
    const panicValue = this.#panic.mean(nowSeconds);
    const panicAsks = Math.ceil(panicValue / target);
    let desired = this.#limited(stableAsks, ready);
    if (panicAsks / ready >= panicThreshold) {
      this.#panicAtSeconds = nowSeconds;
    } else if (this.#panicAtSeconds + stableWindowSeconds < nowSeconds) {
      this.#panicAtSeconds = NaN;
      this.#maxPanic = 0;
    }
    if (!Number.isNaN(this.#panicAtSeconds)) {
      desired = Math.max(this.#maxPanic, desired, this.#limited(panicAsks, ready));
      this.#maxPanic = desired;
    }
    const room = Math.floor(readyNow * total - targetBurstCapacity - panicValue);
    return {
      desired: this.#delayed(nowSeconds, desired),
      excessBurstCapacity: targetBurstCapacity === 0 ? 0 : targetBurstCapacity < 0 ? -1 : room,
    };
  }

  /** What a window asks for, within the rate limits, and at least the activation scale. */
  #limited(asked: number, ready: number): number {
    const { maxScaleUpRate, maxScaleDownRate, activationScale } = this.#rules;
    const most = Math.ceil(maxScaleUpRate * ready);
    const limited = Math.min(Math.max(asked, Math.floor(ready / maxScaleDownRate)), most);
    return activationScale > 1 && asked > 0 ? Math.max(limited, activationScale) : limited;
  }

  /** The greatest decision of the scale-down delay. */
  #delayed(nowSeconds: number, count: number): number {
    const { scaleDownDelaySeconds } = this.#rules;
    if (scaleDownDelaySeconds === 0) return count;
    const decisions = this.#decisions;
    while (decisions.length > 0 && decisions[decisions.length - 1].count <= count) decisions.pop();
    decisions.push({ atSeconds: nowSeconds, count });
    // The present one stays, however short the delay.
    const from = nowSeconds - scaleDownDelaySeconds;
    while (decisions.length > 1 && decisions[0].atSeconds <= from) decisions.shift();
    return decisions[0].count;
  }
}
