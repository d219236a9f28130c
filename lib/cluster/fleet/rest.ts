import { InstanceState } from "../../serverless/lifecycle.ts";
import type { FunctionState } from "../functions/function_state.ts";
import type { Fleet } from "./fleet.ts";

/** A start ahead of the next request that is planned. */
interface Prewarm {
  readonly atSeconds: number;
  /** Arrivals of the function by then: with another one the start is void. */
  readonly arrivals: number;
}

/**
 * From when on a fleet without requests is as small as its timers and policies make it: how long a run
 * goes on that ends when it has scaled down. Told of the timers as they are set.
 */
export class Rest {
  readonly #fleet: Fleet;
  /** Instant until which each instance is kept that was idle last, by its id; none: for ever. */
  readonly #keptUntilSeconds: number[] = [];
  readonly #prewarms = new Map<number, Prewarm>();
  /** The function that was found to be the first not at rest. */
  #restless = 0;

  constructor(fleet: Fleet) {
    this.#fleet = fleet;
  }

  /** An idle instance stops at an instant, seconds, unless a request comes. */
  keeps(id: number, untilSeconds: number): void {
    this.#keptUntilSeconds[id] = untilSeconds;
  }

  /** An instance is to start ahead of the next request. */
  plans({ id, idleTimes }: FunctionState, atSeconds: number): void {
    this.#prewarms.set(id, { atSeconds, arrivals: idleTimes.arrivals });
  }

  /**
   * From when on all functions are at rest, seconds: then nothing idle is left that would stop. In the
   * past if they are by now; Infinity while something is under way, so that nobody can tell.
   *
   * @param sinceSeconds End of the last request.
   * @param nextSeconds Instant of the next event: a function that is not at rest by then is enough.
   */
  atSeconds(sinceSeconds: number, nextSeconds: number): number {
    const { functions } = this.#fleet;
    let latest = -Infinity;
    for (let i = 0; i < functions.length; i++) {
      const id = (this.#restless + i) % functions.length;
      latest = Math.max(latest, this.#functionAt(functions[id], sinceSeconds));
      if (latest < nextSeconds) continue;
      this.#restless = id;
      break;
    }
    return latest;
  }

  #functionAt(fn: FunctionState, sinceSeconds: number): number {
    const { ready, starting, draining, size, idleTimes, parts: { scaling } } = fn;
    const { decider, minInstances, sleep } = scaling;
    let at = -Infinity;
    const planned = this.#prewarms.get(fn.id);
    if (planned !== undefined && planned.arrivals === idleTimes.arrivals && size === 0) {
      at = planned.atSeconds;
    }
    if (sleep !== undefined && sleep.ttlSeconds < Infinity) {
      at = Math.max(at, this.#fleet.sleepers.lastSinceSeconds(fn.id) + sleep.ttlSeconds);
    }
    if (draining > 0) return Infinity;
    if (size <= minInstances) return at;
    const settlesSeconds = decider?.settlesWithinSeconds ?? 0;
    // What a policy asks for though nobody has called for so long it wants for good.
    if (decider !== undefined && decider.raisedAtSeconds > sinceSeconds + settlesSeconds) return at;
    if (starting > 0) return Infinity;
    for (let i = 0; i < ready.count; i++) {
      const id = ready.ids[i];
      if (this.#fleet.instances[id].state !== InstanceState.idle) continue;
      at = Math.max(at, this.#keptUntilSeconds[id] ?? -Infinity);
    }
    if (decider === undefined) return at;
    return Math.max(at, Math.max(sinceSeconds, decider.changedAtSeconds) + settlesSeconds);
  }
}
