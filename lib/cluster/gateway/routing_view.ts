import type { Clock } from "../../engine/clock.ts";
import type { RoutingSignals } from "../../scheduling/routing/policy.ts";
import { StaleSignals } from "../../scheduling/routing/stale_signals.ts";
import type { PrefixHolders, PrefixIndex } from "../../scheduling/kv_cache/prefix_holders.ts";
import type { RequestTable } from "../../workload/request_table.ts";
import type { Fleet } from "../fleet/fleet.ts";
import type { FunctionState } from "../functions/function_state.ts";

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
  readonly #clock: Clock;
  readonly #prefixes: PrefixIndex | undefined;
  /** Who has which prefixes of the function in question. */
  #holders: PrefixHolders | undefined;
  /** What the routers see that hear of the instances now and then. */
  readonly #reported = new Map<FunctionState, StaleSignals>();
  /** Candidates of a function whose instances have a limit. */
  #withRoom = new Int32Array(16);

  constructor(
    fleet: Fleet,
    requests: RequestTable,
    clock: Clock,
    prefixes: PrefixIndex | undefined,
  ) {
    this.#prefixes = prefixes;
    this.#fleet = fleet;
    this.#requests = requests;
    this.#clock = clock;
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
    const { instances } = this.#fleet;
    if (this.#tokens.length < instances.length) {
      this.#tokens = new Float64Array(instances.length * 2);
    }
    for (let i = 0; i < this.candidateCount; i++) {
      const id = this.candidates[i];
      this.#tokens[id] = instances[id].engine.outstandingTokens(this.#clock.now);
    }
    return this.#tokens;
  }

  kvUtilization(instance: number): number {
    const { readings } = this.#fleet.instances[instance].engine;
    return readings.usedBlocks(this.#clock.now) / readings.kvBlocks;
  }

  kvCapacityTokens(instance: number): number {
    const { functionId } = this.#fleet.instances[instance];
    const { kvBlocks, blockTokens } = this.#fleet.functions[functionId].parts.engine;
    return kvBlocks * blockTokens;
  }

  cachedPrefixTokens(instance: number, request: number): number {
    if (this.#holders?.mayHold(request, instance) === false) return 0;
    const { readings } = this.#fleet.instances[instance].engine;
    return readings.cachedPrefixTokens(request, this.#clock.now);
  }

  reachablePrefixTokens(instance: number, request: number): number {
    const cached = this.cachedPrefixTokens(instance, request);
    return this.#fleet.tiers?.reachableTokens(instance, request, cached) ?? cached;
  }

  /**
   * The instance that gets the request; -1 when none of the function's can take it.
   *
   * @param arrives Whether the request arrives, rather than waits at the gateway.
   */
  pick(fn: FunctionState, request: number, arrives = false): number {
    const { routing, engine: { prefix } } = fn.parts;
    this.#holders = prefix && this.#prefixes?.of(prefix);
    const reported = this.#reported.size === 0 ? undefined : this.#reported.get(fn);
    if (reported === undefined) {
      return this.hasRoom(fn, arrives) ? routing.pick(request, this.#requests, this) : -1;
    }
    if (reported.isDue(this.#clock.now)) {
      // A report is of all instances, of those too that are at their limit now.
      this.candidates = fn.ready.ids;
      this.candidateCount = fn.ready.count;
      reported.refresh(this.#clock.now);
    }
    if (!this.hasRoom(fn, arrives)) return -1;
    reported.refresh(this.#clock.now);
    return routing.pick(request, this.#requests, reported);
  }

  /** Whether any instance can take a request of the function now, one that arrives or one that waits. */
  hasRoom(fn: FunctionState, arrives = false): boolean {
    if (fn.parts.concurrencyPerInstance === Infinity) {
      this.candidates = fn.ready.ids;
      this.candidateCount = fn.ready.count;
    } else {
      this.#selectWithRoom(fn, arrives ? fn.arrivalLimit : fn.parts.concurrencyPerInstance);
    }
    return this.candidateCount > 0;
  }

  /** Candidates are the instances that have fewer requests than the limit. */
  #selectWithRoom({ ready: { ids, count } }: FunctionState, limit: number): void {
    if (this.#withRoom.length < count) this.#withRoom = new Int32Array(count * 2);
    const { outstanding } = this.#fleet;
    let found = 0;
    for (let i = 0; i < count; i++) {
      if (outstanding[ids[i]] < limit) this.#withRoom[found++] = ids[i];
    }
    this.candidates = this.#withRoom;
    this.candidateCount = found;
  }
}
