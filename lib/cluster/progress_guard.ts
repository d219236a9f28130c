import type { Clock } from "../engine/clock.ts";
import { LIMITS } from "../sim/limits.ts";
import type { FunctionState } from "./functions/function_state.ts";
import { allGiveUp } from "./gateway/no_capacity.ts";
import type { OccupiedFunctions } from "./functions/occupied_functions.ts";

/**
 * Ends runs that would never end. A run in which requests wait goes on while something can still
 * serve them: a start, a retry, an arrival that starts an instance, a timer that ends the wait, a
 * scaling decision to come. It ends with an error when nothing of the kind is left, when a function's
 * starts go on failing, or when its policy goes on keeping it at no instance.
 */
export class ProgressGuard {
  readonly #functions: readonly FunctionState[];
  readonly #occupied: OccupiedFunctions;
  readonly #clock: Clock;
  /** Whether the run ends at an instant whatever happens. */
  readonly #isTimed: boolean;
  /** Whether every client gives up some time. */
  readonly #clientsGiveUp: boolean;
  /** Scaling evaluations since a request last ended. */
  #idleEvaluations = 0;
  /** Requests that have begun anew since one last ended. */
  #requeues = 0;
  /** Instances of each function that were replaced at the instant of the last such one. */
  readonly #replacedAtOnce = new Map<FunctionState, number>();
  #replacedAtSeconds = NaN;

  /**
   * @param stopAtSeconds Instant at which the run ends whatever is unfinished, or Infinity.
   * @param patienceSeconds How long clients wait, by service class, seconds; none: for ever.
   */
  constructor(
    functions: readonly FunctionState[],
    occupied: OccupiedFunctions,
    clock: Clock,
    stopAtSeconds: number,
    patienceSeconds: readonly number[] = [],
  ) {
    this.#functions = functions;
    this.#occupied = occupied;
    this.#clock = clock;
    this.#clientsGiveUp = allGiveUp(patienceSeconds);
    this.#isTimed = stopAtSeconds < Infinity;
  }

  /** A request has ended. */
  progresses(): void {
    this.#idleEvaluations = 0;
    this.#requeues = 0;
  }

  /** A request that an instance was not left to finish is to begin anew, or to go on elsewhere. */
  requeued(fn: FunctionState): void {
    const { value: most } = LIMITS.requeuesInVain;
    if (this.#isTimed || ++this.#requeues < most) return;
    throw new RangeError(
      `Cannot make progress at ${this.#clock.now} s: requests of function "${fn.parts.name}" have ` +
        `begun anew ${most} times in a row; current value of scaling.drain_limit is ` +
        `${fn.parts.scaling.drain!.limitSeconds} s`,
    );
  }

  /** A function's number of instances, or that of a pool of its, has been decided on. */
  evaluated(fn: FunctionState): void {
    const { ready, starting, waiting, waitingForGpus, id } = fn;
    if (this.#isTimed || waiting.size === 0 || ready.count + starting > 0) return;
    // Who waits for the next entry of a timetable knows when it comes.
    if (fn.closedUntilSeconds > this.#clock.now) return;
    const lacksGpus = waitingForGpus > 0;
    const most = lacksGpus ? LIMITS.evaluationsWithoutGpus : LIMITS.idleEvaluations;
    if (++this.#idleEvaluations < most.value) return;
    this.#refuse(
      id,
      lacksGpus ? "which finds no free GPUs" : "which its scaling policy keeps at 0 instances",
    );
  }

  /**
   * A start begins in place of one that has failed, or of an instance that goes. Those that fail, or
   * are told to go, as they begin would be replaced for ever while time stands still.
   */
  replaces(fn: FunctionState): void {
    const { now } = this.#clock;
    if (!(now <= this.#replacedAtSeconds)) this.#replacedAtOnce.clear();
    this.#replacedAtSeconds = now;
    const count = (this.#replacedAtOnce.get(fn) ?? 0) + 1;
    this.#replacedAtOnce.set(fn, count);
    const { value: most } = LIMITS.replacedAtOnce;
    if (count <= most) return;
    throw new RangeError(
      `Cannot make progress at ${now} s: ${most} instances of function ` +
        `"${fn.parts.name}" have failed, or were told to go, as they began`,
    );
  }

  /** A start has failed or is lost to a fault, and so are `inRow` in a row. */
  startIsInVain(fn: FunctionState, inRow: number): void {
    if (this.#isTimed || inRow < LIMITS.startsInVain.value) return;
    if (fn.waiting.size === 0 || this.#hasTimeout(fn)) return;
    this.#refuse(fn.id, `whose last ${inRow} starts have all failed`);
  }

  /**
   * Looks for a function whose requests wait and that nothing can serve. To be called when events of
   * kinds that go on for ever come: faults, repairs, samples.
   *
   * @param mayArrive Whether a request may still arrive, at whatever function.
   */
  check(mayArrive: boolean): void {
    if (this.#isTimed) return;
    for (const fn of this.#occupied.list) {
      if (fn.waiting.size === 0 || fn.size > 0 || this.#hasTimeout(fn)) continue;
      const { decider, activation, maxInstances } = fn.parts.scaling;
      const mayGrow = decider !== undefined || (mayArrive && activation !== "none");
      if (mayGrow && maxInstances > 0) continue;
      this.#refuseToStall(fn.id);
    }
  }

  /** Nothing happens any more. @throws {RangeError} If a request waits. */
  end(): void {
    if (this.#isTimed) return;
    const stuck = this.#functions.find(({ waiting }) => waiting.size > 0);
    if (stuck !== undefined) this.#refuseToStall(stuck.id);
  }

  #refuseToStall(functionId: number): never {
    this.#refuse(functionId, "and no instance will come");
  }

  #refuse(functionId: number, why: string): never {
    const { waiting, parts: { name } } = this.#functions[functionId];
    const comma = why.startsWith("and") ? " " : ", ";
    throw new RangeError(
      `Cannot make progress at ${this.#clock.now} s: request ${waiting.any} waits for function ` +
        `"${name}"${comma}${why}`,
    );
  }

  /** Whether a timer ends every wait of the function. */
  #hasTimeout({ parts: { noCapacity } }: FunctionState): boolean {
    return this.#clientsGiveUp || noCapacity.timeoutSeconds < Infinity;
  }
}
