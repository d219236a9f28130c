import type { RoutingSignals } from "../scheduling/routing/policy.ts";
import { StaleSignals } from "../scheduling/routing/stale_signals.ts";
import type { RequestTable } from "../workload/request_table.ts";
import type { Fleet } from "./fleet.ts";
import type { FunctionFleet } from "./function_fleet.ts";

/**
 * What routers see of the fleet at an instant, in the middle of leaps too: each signal is computed
 * when it is asked for. Only the columns that scans need are kept up to date.
 */
export class RoutingView implements RoutingSignals {
  candidates = new Int32Array(16);
  candidateCount = 0;
  #tokens = new Float64Array(16);
  readonly #fleet: Fleet;
  readonly #requests: RequestTable;
  /** What the routers see that hear of the instances now and then. */
  readonly #reported = new Map<FunctionFleet, StaleSignals>();
  #now = 0;

  constructor(fleet: Fleet, requests: RequestTable) {
    this.#fleet = fleet;
    this.#requests = requests;
    for (const fn of fleet.functions) {
      const { routingStalenessSeconds = 0 } = fn.parts;
      if (routingStalenessSeconds > 0) {
        this.#reported.set(fn, new StaleSignals(this, routingStalenessSeconds));
      }
    }
  }

  get outstanding(): Int32Array {
    return this.#fleet.outstanding;
  }

  /** Filled in for the candidates whenever a policy reads it. */
  get outstandingTokens(): Float64Array {
    const { engines } = this.#fleet;
    if (this.#tokens.length < engines.length) this.#tokens = new Float64Array(engines.length * 2);
    for (let i = 0; i < this.candidateCount; i++) {
      const id = this.candidates[i];
      this.#tokens[id] = engines[id].outstandingTokens(this.#now);
    }
    return this.#tokens;
  }

  kvUtilization(instance: number): number {
    const { readings } = this.#fleet.engines[instance];
    return readings.usedBlocks(this.#now) / readings.kvBlocks;
  }

  cachedPrefixTokens(instance: number, request: number): number {
    return this.#fleet.engines[instance].readings.cachedPrefixTokens(request, this.#now);
  }

  /** The instance that gets the request; -1 when none of the function's can take it. */
  pick(fleet: FunctionFleet, request: number, now: number): number {
    this.#now = now;
    if (!this.hasRoom(fleet)) return -1;
    const { routing } = fleet.parts;
    if (this.#reported.size > 0) {
      const reported = this.#reported.get(fleet);
      if (reported) {
        reported.refresh(now);
        return routing.pick(request, this.#requests, reported);
      }
    }
    return routing.pick(request, this.#requests, this);
  }

  /** Whether any instance can take a request of the function now. */
  hasRoom(fleet: FunctionFleet): boolean {
    const { parts, readyIds, ready } = fleet;
    if (parts.concurrencyPerInstance === Infinity) {
      this.candidates = readyIds;
      this.candidateCount = ready;
    } else {
      this.#selectWithRoom(fleet);
    }
    return this.candidateCount > 0;
  }

  /** Candidates are the instances below their concurrency limit. */
  #selectWithRoom({ parts, readyIds, ready }: FunctionFleet): void {
    if (this.#scratch.length < ready) this.#scratch = new Int32Array(ready * 2);
    const { outstanding } = this.#fleet;
    let count = 0;
    for (let i = 0; i < ready; i++) {
      if (outstanding[readyIds[i]] < parts.concurrencyPerInstance) {
        this.#scratch[count++] = readyIds[i];
      }
    }
    this.candidates = this.#scratch;
    this.candidateCount = count;
  }
  #scratch = new Int32Array(16);
}
