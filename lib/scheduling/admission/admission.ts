import { type RateLimit, TokenBucket } from "./token_bucket.ts";

/** What becomes of a request at the gateway. */
export const Admission = {
  admitted: 0,
  rateLimited: 1,
  queueFull: 2,
  sloUnreachable: 3,
} as const;

/** One of the values of `Admission`. */
export type AdmissionOutcome = (typeof Admission)[keyof typeof Admission];

/** Rules of a gateway. Absent rules do not limit. */
export interface AdmissionRules {
  /** Rate limit by class. */
  readonly rateLimits?: ReadonlyMap<number, RateLimit>;
  /** What a request costs of its rate limit: 1, or its prompt tokens; default "requests". */
  readonly rateUnit?: "requests" | "prompt-tokens";
  /** Most requests that wait at the gateway, >= 0. */
  readonly queueLimit?: number;
  /**
   * Limit of the TTFT by class, seconds: a request whose predicted TTFT is above is turned away at
   * once instead of missing its limit later.
   */
  readonly ttftLimitSeconds?: ReadonlyMap<number, number>;
}

/** The state of the gateway when a request arrives. */
export interface AdmissionSignals {
  /** Instant of the arrival, seconds. */
  readonly nowSeconds: number;
  /** Service class of the request. */
  readonly classId: number;
  /** Its prompt, tokens. */
  readonly promptTokens: number;
  /** Whether the request would have to wait at the gateway. */
  readonly mustWait: boolean;
  /** Requests that wait at the gateway. */
  readonly queued: number;
  /** Predicted TTFT if it is admitted, seconds; read only when a TTFT limit holds for its class. */
  predictedTtftSeconds(): number;
}

/**
 * Decides on requests at the gateway: queue limit first, then the TTFT limit, then the rate limit, so
 * that a request that is turned away for another reason does not use up its class's rate.
 *
 * @source early rejection: R. Qin et al., "Mooncake", FAST 2025
 */
export class AdmissionControl {
  readonly #rules: AdmissionRules;
  readonly #buckets = new Map<number, TokenBucket>();

  /**
   * Makes the control of one function.
   *
   * @throws {RangeError} If a limit is out of its range.
   */
  constructor(rules: AdmissionRules = {}) {
    const { queueLimit = Infinity } = rules;
    if (!(queueLimit >= 0)) {
      throw new RangeError(
        `Cannot use queueLimit as requests >= 0: current value is ${queueLimit}`,
      );
    }
    for (const [classId, seconds] of rules.ttftLimitSeconds ?? []) {
      if (!(seconds > 0)) {
        throw new RangeError(
          `Cannot use the TTFT limit of class ${classId} as seconds > 0: current value is ${seconds}`,
        );
      }
    }
    this.#rules = rules;
    for (const [classId, limit] of rules.rateLimits ?? []) {
      this.#buckets.set(classId, new TokenBucket(limit));
    }
  }

  /** What becomes of the request. */
  decide(signals: AdmissionSignals): AdmissionOutcome {
    const { queueLimit = Infinity, ttftLimitSeconds, rateUnit = "requests" } = this.#rules;
    const { classId, nowSeconds, promptTokens } = signals;
    if (signals.mustWait && signals.queued >= queueLimit) return Admission.queueFull;
    const limit = ttftLimitSeconds?.get(classId);
    if (limit !== undefined && signals.predictedTtftSeconds() > limit) {
      return Admission.sloUnreachable;
    }
    const bucket = this.#buckets.get(classId);
    const cost = rateUnit === "requests" ? 1 : promptTokens;
    if (bucket !== undefined && !bucket.take(nowSeconds, cost)) return Admission.rateLimited;
    return Admission.admitted;
  }
}
