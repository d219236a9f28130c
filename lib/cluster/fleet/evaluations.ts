import type { Clock } from "../../engine/clock.ts";
import { InvariantError } from "../../sim/invariant_error.ts";
import type { PoolParts } from "../cluster_parts.ts";
import { EVENTS } from "../events.ts";
import type { ScalingDecider } from "../../serverless/scaling/scaling_decider.ts";
import type { FunctionState } from "../functions/function_state.ts";
import type { Schedule } from "../schedule.ts";
import type { Instance } from "./instance.ts";

/**
 * When scaling policies are asked: each every period, in a fixed order at coinciding instants. A
 * function that has nothing, or nothing but idle instances, and whose policy says until when its answer
 * stands, is not asked until then; if something happens to the function before, what its policy
 * remembers of the evaluations left out is made up for, so that no answer is another for it.
 */
export class Evaluations {
  readonly #functions: readonly FunctionState[];
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

  constructor(
    functions: readonly FunctionState[],
    pools: readonly PoolParts[],
    clock: Clock,
    schedule: Schedule,
  ) {
    this.#functions = functions;
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
    for (const { id, parts: { scaling: { decider } } } of this.#functions) {
      if (decider !== undefined) this.#plan(id, decider.nextAfter(this.#clock.now));
    }
  }

  /** Plans the next decision on the size of a pool. */
  planPool(pool: number, periodSeconds: number): void {
    const order = this.#orders[this.#functions.length + pool];
    this.#schedule.atInOrder(EVENTS.poolSize, this.#clock.now + periodSeconds, order, pool);
  }

  #plan(id: number, atSeconds: number): void {
    const plan = ++this.#plans[id];
    this.#schedule.atInOrder(EVENTS.scaling, atSeconds, this.#orders[id], id, plan);
  }

  /** Asks a function's policy, unless the plan is void; the answer, or undefined. */
  ask(fn: FunctionState, plan: number, instances: readonly Instance[]): number | undefined {
    if (plan !== this.#plans[fn.id]) return undefined;
    const { now } = this.#clock;
    if (this.rests(fn.id)) this.#makeUp(fn, (atSeconds) => atSeconds < now);
    return fn.parts.scaling.decider!.decide(fn.demand!.evaluate(fn, instances, now));
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
    next += decider.periodSeconds * periodsAtOnce(decider, next, standsUntilSeconds);
    while (next < standsUntilSeconds) next = decider.nextAfter(next);
    this.#plan(id, next);
  }

  /** Whether evaluations of a function are left out. */
  rests(id: number): boolean {
    return !Number.isNaN(this.#restsFromSeconds[id]);
  }

  /** Something is about to happen to a function, or to an idle instance of it: its policy is asked again from its next period on. */
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
    const { periodSeconds, remembers } = decider!;
    let count = periodsAtOnce(decider!, from, this.#clock.now);
    let next = from + count * periodSeconds;
    let last = next - periodSeconds;
    for (; isOver(next); next = decider!.nextAfter(next)) [count, last] = [count + 1, next];
    if (count === 0) return next;
    let first = Math.min(periodsAtOnce(decider!, from, next), Math.max(0, count - remembers));
    let at = from + first * periodSeconds;
    for (; first < count; first++, at = decider!.nextAfter(at)) {
      if (first < count - remembers) continue;
      // Nothing is inside an instance, so that none is looked into.
      if (decider!.decide(fn.demand!.evaluate(fn, NOBODY, at)) === fn.size) continue;
      throw new InvariantError("an answer of a scaling policy did not stand as long as it said", {
        atSeconds: at,
        functionName: fn.parts.name,
      });
    }
    // The next signals are of the time since the last evaluation, whoever was asked.
    if (remembers === 0) fn.demand!.evaluate(fn, NOBODY, last);
    return next;
  }
}

const NOBODY: readonly Instance[] = [];

/** What counts as exact here: multiples of 2^-20 s, and sums of them of up to 136 years. */
const EXACT_PARTS = 2 ** 20, EXACT_SECONDS = 2 ** 32;

/**
 * Periods that may be added to an instant at once and leave it before `untilSeconds`: many where sums
 * are exact, so that it comes to the same as adding them one by one, else none; none either where a
 * policy is asked at instants of its own.
 */
function periodsAtOnce(
  { periodSeconds, isPeriodic }: ScalingDecider,
  fromSeconds: number,
  untilSeconds: number,
): number {
  const isExact = isPeriodic && Number.isInteger(fromSeconds * EXACT_PARTS) &&
    Number.isInteger(periodSeconds * EXACT_PARTS) && untilSeconds < EXACT_SECONDS;
  return isExact ? Math.max(0, Math.floor((untilSeconds - fromSeconds) / periodSeconds) - 1) : 0;
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
