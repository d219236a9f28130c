import { fixedKeepAlive } from "../../serverless/keep_alive/fixed.ts";
import type { KeepAliveDecision, KeepAlivePolicy } from "../../serverless/keep_alive/policy.ts";
import type { ScalingParts } from "../cluster_parts.ts";

/**
 * Keep-alive of one function: tells the policy the function's idle times, and remembers the start
 * ahead of the next request that a decision asks for until a request makes it void.
 */
export class IdleTimes {
  readonly #policy: KeepAlivePolicy;
  #idleSinceSeconds = NaN;
  #arrivals = 0;
  /** Seconds that the instance of the planned start is kept, counted from the start's beginning. */
  #keepSeconds = 0;
  /** Whether a start ahead of the next request is wanted or under way. */
  #isAhead = false;
  #keptUntilSeconds = NaN;

  constructor({ keepAlive, keepAliveSeconds = Infinity }: ScalingParts) {
    this.#policy = keepAlive ?? fixedKeepAlive({ seconds: keepAliveSeconds });
  }

  /** Arrivals so far: a planned start is void once they have changed. */
  get arrivals(): number {
    return this.#arrivals;
  }

  /** A request arrives. */
  arrives(now: number): void {
    this.#arrivals++;
    this.#isAhead = false;
    if (Number.isNaN(this.#idleSinceSeconds)) return;
    this.#policy.observeIdle(now - this.#idleSinceSeconds);
    this.#idleSinceSeconds = NaN;
  }

  /** The function's last request has ended. */
  becomesIdle(now: number): void {
    this.#idleSinceSeconds = now;
  }

  /** The decision for an instance that becomes idle now. */
  decide(): KeepAliveDecision {
    return this.#policy.decide();
  }

  /** An instance is to start later, ahead of the next request, and to be kept for some seconds. */
  plansAhead(keepSeconds: number): void {
    this.#keepSeconds = keepSeconds;
  }

  /** The planned instance is wanted now; where GPUs are scarce its start may begin later. */
  startsAhead(): void {
    this.#isAhead = true;
  }

  /** A start of the function begins. */
  startBegins(now: number): void {
    if (this.#isAhead) this.#keptUntilSeconds = now + this.#keepSeconds;
  }

  /** Instant until which the instance is kept that is ready ahead of a request; undefined for others. */
  takeKeptUntilSeconds(): number | undefined {
    if (!this.#isAhead) return undefined;
    this.#isAhead = false;
    return this.#keptUntilSeconds;
  }
}
