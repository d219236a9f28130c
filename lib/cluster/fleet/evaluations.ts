import type { Clock } from "../../engine/clock.ts";
import { InvariantError } from "../../sim/invariant_error.ts";
import type { PoolParts } from "../cluster_parts.ts";
import { EVENTS } from "../events.ts";
import type { FunctionState } from "../functions/function_state.ts";
import type { Schedule } from "../schedule.ts";
import type { Fleet } from "./fleet.ts";

/**
 * When scaling policies are asked: each every period, in a fixed order at coinciding instants. A
 * function that has nothing, and whose policy says until when its answer stands, is not asked until
 * then; if something happens to the function before, what its policy remembers of the evaluations left
 * out is made up for, so that no answer is another for it.
 */
export class Evaluations {
  readonly #fleet: Fleet;
  readonly #clock: Clock;
  readonly #schedule: Schedule;
  /** Places at coinciding instants of functions, and after them of pools. */
  readonly #orders: readonly number[];
  /** First evaluation of each function that is left out, seconds; NaN while none is. */
  readonly #restsFromSeconds: Float64Array;
  /** Functions whose evaluations are left out. */
  #resting = 0;
  /** How many evaluations of each function have been planned: an earlier plan is void. */
  readonly #plans: Int32Array;

  constructor(fleet: Fleet, pools: readonly PoolParts[], clock: Clock, schedule: Schedule) {
    const { functions } = fleet;
    this.#fleet = fleet;
    this.#clock = clock;
    this.#schedule = schedule;
    this.#restsFromSeconds = new Float64Array(functions.length).fill(NaN);
    this.#plans = new Int32Array(functions.length);
    this.#orders = placesOf([
      ...functions.map(({ parts }) => parts.scaling.decider?.periodSeconds ?? 0),
      ...pools.map(({ size }) => size.periodSeconds),
    ]);
  }

  /** Plans the first evaluations. */
  begin(): void {
    for (const { id, parts: { scaling: { decider } } } of this.#fleet.functions) {
      if (decider !== undefined) this.#plan(id, decider.nextAfter(this.#clock.now));
    }
  }

  /** Plans the next decision on the size of a pool. */
  planPool(pool: number, periodSeconds: number): void {
    const order = this.#orders[this.#fleet.functions.length + pool];
    this.#schedule.atInOrder(EVENTS.poolSize, this.#clock.now + periodSeconds, order, pool);
  }

  #plan(id: number, atSeconds: number): void {
    const plan = ++this.#plans[id];
    this.#schedule.atInOrder(EVENTS.scaling, atSeconds, this.#orders[id], id, plan);
  }

  /** Asks a function's policy, unless the plan is void; the answer, or undefined. */
  ask(fn: FunctionState, plan: number): number | undefined {
    if (plan !== this.#plans[fn.id]) return undefined;
    const { now } = this.#clock;
    if (this.rests(fn.id)) this.#makeUp(fn, (atSeconds) => atSeconds < now);
    return this.#decide(fn, now);
  }

  #decide(fn: FunctionState, now: number): number {
    return fn.parts.scaling.decider!.decide(fn.demand!.evaluate(fn, this.#fleet.instances, now));
  }

  /** A function's policy has been asked: plans when it is next. */
  planNext({ id, parts: { scaling } }: FunctionState): void {
    const decider = scaling.decider!;
    const { standsUntilSeconds } = decider;
    let next = decider.nextAfter(this.#clock.now);
    if (!(standsUntilSeconds > next)) return this.#plan(id, next);
    this.#restsFromSeconds[id] = next;
    this.#resting++;
    if (standsUntilSeconds === Infinity) return void this.#plans[id]++;
    while (next < standsUntilSeconds) next = decider.nextAfter(next);
    this.#plan(id, next);
  }

  /** Whether evaluations of a function are left out. */
  rests(id: number): boolean {
    return !Number.isNaN(this.#restsFromSeconds[id]);
  }

  /** Something is about to happen to a function: its policy is asked again from its next period on. */
  wake(fn: FunctionState): void {
    if (this.#resting > 0 && this.rests(fn.id)) this.#wake(fn);
  }

  #wake(fn: FunctionState): void {
    const { now } = this.#clock;
    const order = this.#orders[fn.id];
    const next = this.#makeUp(
      fn,
      (atSeconds) => this.#schedule.isPast(EVENTS.scaling, atSeconds, order, now),
    );
    this.#plan(fn.id, next);
  }

  /** Makes up for evaluations that were left out and are over; the instant of the next one, seconds. */
  #makeUp(fn: FunctionState, isOver: (atSeconds: number) => boolean): number {
    const { id, parts: { scaling: { decider } } } = fn;
    const from = this.#restsFromSeconds[id];
    this.#restsFromSeconds[id] = NaN;
    this.#resting--;
    const { remembers } = decider!;
    let [count, next, last] = [0, from, NaN];
    for (; isOver(next); next = decider!.nextAfter(next)) [count, last] = [count + 1, next];
    if (count === 0) return next;
    let at = from;
    for (let i = 0; i < count; i++, at = decider!.nextAfter(at)) {
      if (i < count - remembers) continue;
      if (this.#decide(fn, at) === 0) continue;
      throw new InvariantError("an answer of a scaling policy did not stand as long as it said", {
        atSeconds: at,
        functionName: fn.parts.name,
      });
    }
    // The next signals are of the time since the last evaluation, whoever was asked.
    if (remembers === 0) fn.demand!.evaluate(fn, this.#fleet.instances, last);
    return next;
  }
}

/**
 * Places of those that come every so many seconds, all since the same instant, when they coincide:
 * that with the longest period was planned first; equal ones as they are listed.
 */
function placesOf(periods: readonly number[]): number[] {
  const places: number[] = [];
  const listed = periods.map((_, i) => i).sort((a, b) => periods[b] - periods[a] || a - b);
  listed.forEach((i, place) => places[i] = place);
  return places;
}
