/** What decides how long a revision without traffic keeps its instances. */
export interface ScaleToZeroRules {
  /** Whether there may be none. */
  readonly enableScaleToZero: boolean;
  /** Time without traffic after which a revision is inactive, seconds. */
  readonly stableWindowSeconds: number;
  /** Time that it takes at most until the network leads to the activator, seconds. */
  readonly scaleToZeroGraceSeconds: number;
  /** Least time for which the last instances stay once it is inactive, seconds. */
  readonly podRetentionSeconds: number;
  /** Time after which a start has failed, seconds. */
  readonly progressDeadlineSeconds: number;
  /** Fewest instances, >= 0: an active revision has as many, and one at least. */
  readonly minInstances: number;
}

/** Time after which a revision behind the activator that has become inactive is looked at again, seconds. */
const REENQUEUE_SECONDS = 3;

/** Time beyond the deadline of a start after which its instances go, seconds. */
const ACTIVATION_BUFFER_SECONDS = 10;

/**
 * What becomes of Knative's decision for no instance. A revision is activating until its fewest
 * instances are ready, then active. Without traffic it is inactive, at the earliest a stable window
 * after it has become active; its instances go when the activator has been in the path for the grace
 * period. A revision whose instances cannot take the burst that is planned for has been behind the
 * activator all the time: then the grace is over, and what is left is that the revision is looked at
 * again three seconds later.
 *
 * @source Knative Serving, pkg/reconciler/autoscaling/kpa/scaler.go (handleScaleToZero: "fast path"),
 *   pkg/reconciler/autoscaling/kpa/kpa.go (proxy mode for want == 0 or a negative excess burst
 *   capacity; computeActiveCondition); issues 2636, 4453
 */
export class KnativeRevision {
  readonly #rules: ScaleToZeroRules;
  #state: "inactive" | "activating" | "active" = "inactive";
  #sinceSeconds = -Infinity;
  /** Since when the activator is in the path, seconds; NaN: it is not. */
  #proxySinceSeconds = -Infinity;
  /** When the instances of an inactive revision go, seconds. */
  #zeroAtSeconds = -Infinity;
  /** Next instant at which the revision is looked at between evaluations, seconds; Infinity: none. */
  #looksAtSeconds = Infinity;
  #replicasBefore: number;

  /** @param ready Instances ready at the begin. */
  constructor(rules: ScaleToZeroRules, ready: number) {
    this.#rules = rules;
    this.#replicasBefore = ready;
    if (ready >= Math.max(1, rules.minInstances)) this.#become("active", 0);
  }

  /** Whether requests go through the activator, which holds them back. */
  get isProxied(): boolean {
    return !Number.isNaN(this.#proxySinceSeconds);
  }

  /** Next instant at which the revision is to be looked at whatever is reported, seconds; or Infinity. */
  get looksAtSeconds(): number {
    return this.#looksAtSeconds;
  }

  /**
   * The number of instances to have.
   *
   * @param wanted What the autoscaler wants.
   * @param ready Instances that are ready.
   * @param replicas Instances that there are to be so far.
   */
  apply(nowSeconds: number, wanted: number, ready: number, replicas: number): number {
    this.#looksAtSeconds = Infinity;
    // Somebody else has started an instance, ahead of the next request: that is an activation.
    if (replicas > 0 && this.#replicasBefore === 0) this.#become("activating", nowSeconds);
    this.#replicasBefore = replicas;
    const { enableScaleToZero, minInstances } = this.#rules;
    const least = enableScaleToZero ? wanted : Math.max(1, wanted);
    const count = least > 0 ? least : this.#withoutTraffic(nowSeconds, replicas);
    if (least > 0 || this.#state === "activating") {
      this.#become(ready >= Math.max(1, minInstances) ? "active" : "activating", nowSeconds);
    }
    return count;
  }

  /** The activator is in the path while the revision has no instance to be, or room for no burst. */
  follow(nowSeconds: number, excessBurstCapacity: number): void {
    const isProxied = this.#state === "inactive" || excessBurstCapacity < 0;
    if (!isProxied) this.#proxySinceSeconds = NaN;
    else if (!this.isProxied) this.#proxySinceSeconds = nowSeconds;
  }

  #withoutTraffic(nowSeconds: number, replicas: number): number {
    // Somebody else has taken away what there was.
    if (replicas === 0) {
      this.#become("inactive", nowSeconds);
      return 0;
    }
    const { stableWindowSeconds, progressDeadlineSeconds } = this.#rules;
    const sinceSeconds = nowSeconds - this.#sinceSeconds;
    switch (this.#state) {
      case "activating":
        if (sinceSeconds < progressDeadlineSeconds + ACTIVATION_BUFFER_SECONDS) return replicas;
        this.#become("inactive", nowSeconds);
        return 0;
      case "active":
        if (sinceSeconds < stableWindowSeconds) {
          this.#looksAtSeconds = this.#sinceSeconds + stableWindowSeconds;
          return 1;
        }
        this.#become("inactive", nowSeconds);
        this.#zeroAtSeconds = this.#zeroAfter(nowSeconds);
        this.#looksAtSeconds = this.#zeroAtSeconds;
        return replicas;
      case "inactive":
        if (nowSeconds >= this.#zeroAtSeconds) return 0;
        this.#looksAtSeconds = this.#zeroAtSeconds;
        return replicas;
    }
  }

  /** When the instances of a revision go that is inactive from now on, seconds. */
  #zeroAfter(nowSeconds: number): number {
    const { scaleToZeroGraceSeconds, podRetentionSeconds } = this.#rules;
    const proxySince = this.isProxied ? this.#proxySinceSeconds : nowSeconds;
    return Math.max(
      this.isProxied ? nowSeconds + REENQUEUE_SECONDS : nowSeconds,
      nowSeconds + podRetentionSeconds,
      proxySince + scaleToZeroGraceSeconds,
    );
  }

  #become(state: "inactive" | "activating" | "active", nowSeconds: number): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#sinceSeconds = nowSeconds;
  }
}
