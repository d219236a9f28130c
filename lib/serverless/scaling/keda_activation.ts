/** What KEDA's activation goes by. */
export interface KedaActivationRules {
  /** Time after the last active look before the instances go, seconds. */
  readonly cooldownSeconds: number;
  /** The same from the begin on, where no look has been active, seconds. */
  readonly initialCooldownSeconds: number;
  /** Fewest instances, >= 0. */
  readonly minInstances: number;
  /** Instances that are there when it begins, >= 0; absent: those that it sees first. */
  readonly initialInstances?: number;
  /** Instances without an active trigger; null: the fewest. */
  readonly idleReplicaCount: number | null;
  /** What there is without metrics; null: what there was. */
  readonly fallback: { readonly replicas: number | null };
}

/**
 * KEDA's own part of scaling: from zero, or the idle number, to the fewest when a trigger is active,
 * and back when none has been for the cooldown. What is between is the autoscaler's.
 *
 * @source KEDA, pkg/scaling/executor/scale_scaledobjects.go (RequestScale, scaleToZeroOrIdle,
 *   scaleFromZeroOrIdle): an active look with replicas and an activation set the last active time; the
 *   cooldown is compared with it, the initial cooldown with the begin where there is none; a failed look
 *   changes nothing, unless there is a fallback to 0; documentation, idleReplicaCount: that many as long
 *   as no trigger is active, then the fewest at once
 */
export class KedaActivation {
  readonly #rules: KedaActivationRules;
  /** Instant of the last active look or activation, seconds; NaN: there has been none. */
  #activeAtSeconds = NaN;
  #replicasBefore: number;
  /** Whether the first instance has been asked for and has not been seen yet. */
  #isActivating = false;
  /** Whether the last look was active, or an activation has come since. */
  #isActive = false;

  constructor(rules: KedaActivationRules) {
    this.#rules = rules;
    this.#replicasBefore = rules.initialInstances ?? NaN;
  }

  /** To be told how many instances there are to be, at each evaluation. */
  sees(nowSeconds: number, replicas: number): void {
    // What a request has started from zero is an activation as well, seen when it is seen.
    if (replicas > 0 && this.#replicasBefore === 0 && !this.#isActivating) {
      this.#activeAtSeconds = nowSeconds;
      this.#isActive = true;
    }
    if (replicas > 0) this.#isActivating = false;
    this.#replicasBefore = replicas;
  }

  /** Whether there is the idle number without an active trigger, which the autoscaler leaves as it is. */
  isIdle(replicas: number): boolean {
    const { idleReplicaCount } = this.#rules;
    return idleReplicaCount !== null && replicas <= idleReplicaCount && !this.#isActive;
  }

  /**
   * What a look at the triggers says: a number of instances, or undefined to leave it to the autoscaler.
   *
   * @param isActive Whether a trigger is active; undefined: they cannot be read.
   */
  poll(nowSeconds: number, replicas: number, isActive: boolean | undefined): number | undefined {
    const { minInstances, idleReplicaCount, fallback } = this.#rules;
    if (isActive !== undefined) this.#isActive = isActive;
    if (isActive === true) {
      this.#activeAtSeconds = nowSeconds;
      const isIdle = idleReplicaCount !== null && replicas < minInstances;
      if (!isIdle && replicas > 0) return undefined;
      this.#isActivating = replicas === 0;
      return Math.max(1, minInstances);
    }
    if (isActive === undefined && fallback.replicas !== 0) return undefined;
    if (
      idleReplicaCount !== null ? replicas > idleReplicaCount : replicas > 0 && minInstances === 0
    ) {
      if (!this.#isCool(nowSeconds)) return undefined;
      // What a request starts before the next evaluation starts from there.
      this.#replicasBefore = idleReplicaCount ?? 0;
      return this.#replicasBefore;
    }
    return idleReplicaCount === null && replicas < minInstances ? minInstances : undefined;
  }

  #isCool(nowSeconds: number): boolean {
    const { cooldownSeconds, initialCooldownSeconds } = this.#rules;
    return Number.isNaN(this.#activeAtSeconds)
      ? nowSeconds > initialCooldownSeconds
      : nowSeconds - this.#activeAtSeconds > cooldownSeconds;
  }
}
