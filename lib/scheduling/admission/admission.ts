import { type RateLimit, TokenBucket } from "./token_bucket.ts";

/** What becomes of a request at the gateway. */
export const Admission = {
  admitted: 0,
  rateLimited: 1,
  sloUnreachable: 2,
} as const;

/** One of the values of `Admission`. */
export type AdmissionOutcome = (typeof Admission)[keyof typeof Admission];

/** Rules of a gateway. Absent rules do not limit. */
export interface AdmissionRules {
  /** Rate limit of all classes together. */
  readonly rateLimit?: RateLimit;
  /** Rate limit by class, on top of the common one. */
  readonly rateLimits?: ReadonlyMap<number, RateLimit>;
  /** What a request costs of its rate limits: 1, or its prompt tokens; default "requests". */
  readonly rateUnit?: "requests" | "prompt-tokens";
  /**
   * Limit of the TTFT by class, seconds: a request whose predicted TTFT is above is turned away at
   * once instead of missing its limit later.
   */
  readonly ttftLimitSeconds?: ReadonlyMap<number, number>;
}

/** The state of the gateway when a request arrives that has a place to go to. */
export interface AdmissionSignals {
  /** Instant of the arrival, seconds. */
  readonly nowSeconds: number;
  /** Service class of the request. */
  readonly classId: number;
  /** Its prompt, tokens. */
  readonly promptTokens: number;
  /** Predicted TTFT if it is admitted, seconds; read only when a TTFT limit holds for its class. */
  predictedTtftSeconds(): number;
}

/**
 * Decides on requests at the gateway: the TTFT limit first, then the rate limits, so that a request
 * that is turned away for another reason does not use up any rate; nor does one that its class's
 * limit or the common one turns away. Whether there is room in a queue is not asked here.
 *
 * @source early rejection: R. Qin et al., "Mooncake", FAST 2025
 */
export class AdmissionControl {
  readonly #rules: AdmissionRules;
  readonly #common: TokenBucket | undefined;
  readonly #buckets = new Map<number, TokenBucket>();

  /**
   * Makes the control of one gateway.
   *
   * @throws {RangeError} If a limit is out of its range.
   */
  constructor(rules: AdmissionRules = {}) {
    for (const [classId, seconds] of rules.ttftLimitSeconds ?? []) {
      if (!(seconds > 0)) {
        throw new RangeError(
          `Cannot use the TTFT limit of class ${classId} as seconds > 0: current value is ${seconds}`,
        );
      }
    }
    this.#rules = rules;
    this.#common = rules.rateLimit && new TokenBucket(rules.rateLimit);
    for (const [classId, limit] of rules.rateLimits ?? []) {
      this.#buckets.set(classId, new TokenBucket(limit));
    }
  }

  /** What becomes of the request. */
  decide(signals: AdmissionSignals): AdmissionOutcome {
    const { ttftLimitSeconds, rateUnit = "requests" } = this.#rules;
    const { classId, nowSeconds, promptTokens } = signals;
    const limit = ttftLimitSeconds?.get(classId);
    if (limit !== undefined && signals.predictedTtftSeconds() > limit) {
      return Admission.sloUnreachable;
    }
    const own = this.#buckets.get(classId);
    const cost = rateUnit === "requests" ? 1 : promptTokens;
    if (own !== undefined && !own.has(nowSeconds, cost)) return Admission.rateLimited;
    if (this.#common !== undefined && !this.#common.take(nowSeconds, cost)) {
      return Admission.rateLimited;
    }
    own?.take(nowSeconds, cost);
    return Admission.admitted;
  }
}
