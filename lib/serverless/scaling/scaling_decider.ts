import { checkNumber } from "./check.ts";
import type { SpotMix } from "./spot_mix.ts";
import type { ScalingPolicy, ScalingSignals } from "./policy.ts";

/** Time in which a policy settles that does not say, seconds: a look-back of five minutes, four times. */
const SETTLES_WITHIN_SECONDS = 1200;

/** What bounds a scaling policy, whichever it is. */
export interface ScalingLimits {
  /** Fewest instances, >= 0; default 0. */
  readonly minInstances?: number;
  /** Most instances, >= minInstances; default Infinity. */
  readonly maxInstances?: number;
  /** Most instances added by one decision, >= 1; default Infinity. */
  readonly maxStepUp?: number;
  /** Most instances removed by one decision, >= 1; default Infinity. */
  readonly maxStepDown?: number;
  /** Seconds after any change without an increase; default 0. */
  readonly upCooldownSeconds?: number;
  /** Seconds after any change without a decrease; default 0. */
  readonly downCooldownSeconds?: number;
  /** Age of the signals at an evaluation, seconds; default 0. Counts of instances are always fresh. */
  readonly scrapeDelaySeconds?: number;
  /** Time from a decision to its effect, seconds; default 0. The caller waits it. */
  readonly actuationDelaySeconds?: number;
}

/**
 * A scaling policy within limits: delays its signals, then bounds its wish by the step limits, the
 * cooldowns and [minInstances, maxInstances], in this order. The bounds come last and always hold.
 *
 * While a decision has not had its effect yet, the next ones start from it, so that an actuation
 * delay does not repeat the same step; its effect comes after the evaluations of its instant.
 *
 * @example
 * ```ts
 * import { concurrency, ScalingDecider } from "./mod.ts";
 * const decider = new ScalingDecider(concurrency({ target: 8 }), { maxInstances: 4 });
 * console.log(decider.periodSeconds); // 1
 * ```
 */
export class ScalingDecider {
  /** Seconds between evaluations. */
  readonly periodSeconds: number;
  /** Time from a decision to its effect, seconds. */
  readonly actuationDelaySeconds: number;
  /** Which instances are of spot capacity; absent: none. */
  readonly spot: SpotMix | undefined;
  /** Whether the policy wants to be told of each ready instance. */
  readonly readsInstances: boolean;
  /** Fewest instances. */
  readonly minInstances: number;
  /** Most instances. */
  readonly maxInstances: number;
  /** Evaluations left out that have to be made up for: see {@link ScalingPolicy.remembers}. */
  readonly remembers: number;
  /** How long after the last request or change a decision may still be a lower one, seconds. */
  readonly settlesWithinSeconds: number;
  readonly #policy: ScalingPolicy;
  readonly #limits: Required<ScalingLimits>;
  /** Signals that are too young to be seen, oldest first. */
  readonly #pending: ScalingSignals[] = [];
  #seen: ScalingSignals | undefined;
  #changedAtSeconds = -Infinity;
  #raisedAtSeconds = -Infinity;
  #decided = NaN;
  #isChange = false;
  #askedAtSeconds = -Infinity;
  /** Decisions of 0 in a row for a function that had nothing, and the instant of the first, seconds. */
  #idleInRow = 0;
  #idleSinceSeconds = NaN;
  /** Instances of a function that the last decision left as it was, with idle instances alone; else 0. */
  #idleInstances = 0;
  /** Whether answers for idle instances can stand: the policy says how long, and nothing is missed. */
  readonly #standsForIdle: boolean;
  /** Evaluations after which the signals of one have been seen. */
  readonly #ageInPeriods: number;

  /** Puts limits, delays and a period around a policy. */
  constructor(policy: ScalingPolicy, limits: ScalingLimits = {}) {
    const {
      minInstances = 0,
      maxInstances = Infinity,
      maxStepUp = Infinity,
      maxStepDown = Infinity,
      upCooldownSeconds = 0,
      downCooldownSeconds = 0,
      scrapeDelaySeconds = 0,
      actuationDelaySeconds = 0,
    } = limits;
    checkNumber(minInstances, "minInstances", { min: 0 });
    checkNumber(maxInstances, "maxInstances", { min: minInstances });
    checkNumber(maxStepUp, "maxStepUp", { min: 1 });
    checkNumber(maxStepDown, "maxStepDown", { min: 1 });
    checkNumber(upCooldownSeconds, "upCooldownSeconds", { min: 0 });
    checkNumber(downCooldownSeconds, "downCooldownSeconds", { min: 0 });
    checkNumber(scrapeDelaySeconds, "scrapeDelaySeconds", { min: 0 });
    checkNumber(actuationDelaySeconds, "actuationDelaySeconds", { min: 0 });
    this.#policy = policy;
    this.periodSeconds = policy.periodSeconds;
    this.spot = policy.spot;
    this.readsInstances = policy.readsInstances ?? false;
    this.minInstances = minInstances;
    this.maxInstances = maxInstances;
    this.actuationDelaySeconds = actuationDelaySeconds;
    this.#ageInPeriods = scrapeDelaySeconds > 0
      ? 1 + Math.ceil(scrapeDelaySeconds / this.periodSeconds)
      : 0;
    // Signals of some age may be of a time with requests; instances are looked at, and zones asked, each
    // time.
    this.#standsForIdle = policy.idleUntilSeconds !== undefined && this.#ageInPeriods === 0 &&
      !this.readsInstances && this.spot === undefined;
    // Nobody knows how many evaluations of a policy with instants of its own an age is.
    const hasOwnInstants = policy.nextAfter !== undefined && scrapeDelaySeconds > 0;
    this.remembers = hasOwnInstants ? Infinity : (policy.remembers ?? 0) + this.#ageInPeriods;
    const settles = policy.settlesWithinSeconds ?? SETTLES_WITHIN_SECONDS;
    this.settlesWithinSeconds = settles === 0
      ? 0
      : settles + scrapeDelaySeconds + actuationDelaySeconds + downCooldownSeconds +
        2 * this.periodSeconds;
    this.#limits = {
      minInstances,
      maxInstances,
      maxStepUp,
      maxStepDown,
      upCooldownSeconds,
      downCooldownSeconds,
      scrapeDelaySeconds,
      actuationDelaySeconds,
    };
  }

  /** Instant of the last decision for another number, seconds; -Infinity: none. */
  get changedAtSeconds(): number {
    return this.#changedAtSeconds;
  }

  /** Instant of the last decision for more, seconds; -Infinity: none. */
  get raisedAtSeconds(): number {
    return this.#raisedAtSeconds;
  }

  /**
   * Whether the last decision was for another number than the one before it, if that has not had its
   * effect yet, or than there are. One that was not has nothing to do, now or later.
   */
  get isChange(): boolean {
    return this.#isChange;
  }

  /**
   * Until when the last decision is all that comes, seconds, for a function that has no request and no
   * arrival, and no instance but idle ones, and goes on so; -Infinity when nothing is said of that.
   */
  get standsUntilSeconds(): number {
    if (this.#idleInstances > 0) {
      return this.#policy.idleUntilSeconds!(this.#askedAtSeconds, this.#idleInstances);
    }
    const { standsUntilSeconds } = this.#policy;
    if (standsUntilSeconds === undefined || this.#idleInRow <= this.#ageInPeriods) return -Infinity;
    const idleSeconds = this.#askedAtSeconds - this.#idleSinceSeconds;
    if (idleSeconds < this.#limits.scrapeDelaySeconds) return -Infinity;
    const isOnItsWay = this.#askedAtSeconds <= this.#changedAtSeconds + this.actuationDelaySeconds;
    if (isOnItsWay || this.minInstances > 0) return -Infinity;
    return standsUntilSeconds.call(this.#policy, this.#askedAtSeconds);
  }

  /** Most requests that an instance takes past the gateway's queue; 0: none goes past it. */
  get directLimit(): number {
    return this.#policy.directLimit ?? 0;
  }

  /** Whether evaluations come every period, rather than at instants of the policy's own. */
  get isPeriodic(): boolean {
    return this.#policy.nextAfter === undefined;
  }

  /** Instant of the evaluation that comes next after one, seconds. */
  nextAfter(atSeconds: number): number {
    return this.#policy.nextAfter?.(atSeconds) ?? atSeconds + this.periodSeconds;
  }

  /** How many instances a keep-alive is to leave by the last answer, within the bounds. */
  get keepsAtLeast(): number {
    const { minInstances, maxInstances } = this.#limits;
    const wanted = this.#policy.keepsAtLeast?.() ?? 0;
    return Math.min(maxInstances, Math.max(minInstances, wanted));
  }

  /**
   * Until when there is no instance whatever is asked for, seconds; in the past: there may be one.
   *
   * @see ScalingPolicy.closedUntilSeconds
   */
  closedUntilSeconds(nowSeconds: number): number {
    if (this.minInstances > 0) return -Infinity;
    return this.#policy.closedUntilSeconds?.(nowSeconds) ?? -Infinity;
  }

  /** The number of instances to have `actuationDelaySeconds` from now. */
  decide(signals: ScalingSignals): number {
    const { nowSeconds, ready, starting } = signals;
    const { minInstances, maxInstances, maxStepUp, maxStepDown } = this.#limits;
    this.#askedAtSeconds = nowSeconds;
    const isPending = nowSeconds <= this.#changedAtSeconds + this.actuationDelaySeconds;
    // A mix has instances beyond those that are wanted.
    const isMixed = this.spot !== undefined && !Number.isNaN(this.#decided);
    const current = isPending || isMixed ? this.#decided : ready + starting;
    let desired = current;
    let wish = NaN;
    const seen = this.#delayed(signals);
    if (seen !== undefined) {
      wish = Math.ceil(this.#policy.desired(isPending ? { ...seen, decided: current } : seen));
      desired = Math.min(current + maxStepUp, Math.max(current - maxStepDown, wish));
      if (this.#isCooling(nowSeconds, desired - current)) desired = current;
    }
    desired = Math.min(maxInstances, Math.max(minInstances, desired));
    this.#isChange = desired !== current;
    if (this.#isChange) {
      this.#changedAtSeconds = nowSeconds;
      if (desired > current) this.#raisedAtSeconds = nowSeconds;
    }
    this.#decided = desired;
    const isIdle = wish === desired && !this.#isChange && !isPending && hasNobody(signals);
    this.#idleInstances = isIdle && this.#standsForIdle ? ready : 0;
    this.#idleInRow = wish === 0 && desired === 0 && ready === 0 && hasNobody(signals)
      ? this.#idleInRow + 1
      : 0;
    if (this.#idleInRow === 1) this.#idleSinceSeconds = nowSeconds;
    return desired;
  }

  #isCooling(nowSeconds: number, change: number): boolean {
    const { upCooldownSeconds, downCooldownSeconds } = this.#limits;
    const since = nowSeconds - this.#changedAtSeconds;
    return (change > 0 && since < upCooldownSeconds) || (change < 0 && since < downCooldownSeconds);
  }

  /** The youngest signals that are old enough, with fresh counts; undefined when there are none yet. */
  #delayed(signals: ScalingSignals): ScalingSignals | undefined {
    const { scrapeDelaySeconds } = this.#limits;
    if (scrapeDelaySeconds === 0) return signals;
    const { nowSeconds, ready, starting } = signals;
    this.#pending.push({ ...signals });
    while (
      this.#pending.length > 0 &&
      this.#pending[0].nowSeconds <= nowSeconds - scrapeDelaySeconds + 1e-9
    ) {
      this.#seen = this.#pending.shift();
    }
    return this.#seen && { ...this.#seen, nowSeconds, ready, starting };
  }
}

/** Whether a function has no request and starts nothing, and has had none since the evaluation before. */
function hasNobody(signals: ScalingSignals): boolean {
  return signals.starting + signals.queued + signals.inFlight === 0 &&
    signals.arrivals + signals.completions === 0 && signals.concurrency === 0 &&
    signals.ttftP95Seconds === 0 && signals.tbtMeanSeconds === 0;
}
