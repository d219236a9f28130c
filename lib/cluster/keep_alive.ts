import { fixedKeepAlive } from "../serverless/keep_alive/fixed.ts";
import type { KeepAliveDecision, KeepAlivePolicy } from "../serverless/keep_alive/policy.ts";
import type { ScalingParts } from "./cluster_parts.ts";

/**
 * Keep-alive of one function: tells the policy the function's idle times, and remembers the start
 * ahead of the next request that a decision asks for until a request makes it void.
 */
export class KeepAlive {
  readonly #policy: KeepAlivePolicy;
  #idleSinceSeconds = NaN;
  /** Arrivals so far: a planned start is void once they have changed. */
  arrivals = 0;
  /** Seconds that the instance of the planned start is kept, counted from its start. */
  prewarmKeepSeconds = 0;
  /** Instants until which instances started ahead are kept, seconds. */
  readonly #keptUntilSeconds = new Map<number, number>();

  constructor({ keepAlive, keepAliveSeconds = Infinity }: ScalingParts) {
    this.#policy = keepAlive ?? fixedKeepAlive({ seconds: keepAliveSeconds });
  }

  /** A request arrives. */
  arrives(now: number): void {
    this.arrivals++;
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

  /** An instance is started ahead of the next request. */
  prewarms(instanceId: number, now: number): void {
    this.#keptUntilSeconds.set(instanceId, now + this.prewarmKeepSeconds);
  }

  /** Instant until which a ready instance is kept that was started ahead; undefined for others. */
  keptUntilSeconds(instanceId: number): number | undefined {
    if (this.#keptUntilSeconds.size === 0) return undefined;
    const until = this.#keptUntilSeconds.get(instanceId);
    this.#keptUntilSeconds.delete(instanceId);
    return until;
  }
}
