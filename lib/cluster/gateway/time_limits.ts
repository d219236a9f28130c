import type { Clock } from "../../engine/clock.ts";
import type { ClusterParts, FunctionParts } from "../cluster_parts.ts";
import { EVENTS } from "../events.ts";
import type { Schedule } from "../schedule.ts";

/** A request whose time is over and that is in the step in progress. */
export interface DueRequest {
  /** How it is to end, a code of the outcome column. */
  readonly outcome: number;
  /** Instance in whose step it is. */
  readonly instanceId: number;
  /** Instant at which its time was over, seconds. */
  readonly atSeconds: number;
}

/**
 * Limits on the time of requests: their timers, and who is to leave when the step in progress ends. An
 * engine changes its batch between two steps, so a request whose time is over during one has its slot
 * until the step ends; whatever comes of the step is not delivered.
 */
export class TimeLimits {
  readonly #functions: readonly FunctionParts[];
  readonly #patienceSeconds: readonly number[];
  readonly #classOf: ArrayLike<number>;
  readonly #clock: Clock;
  readonly #schedule: Schedule;
  /** Which stay in an instance each request is in: a timer of an earlier one is void. */
  readonly #stays = new Map<number, number>();
  #nextStay = 0;
  readonly #due = new Map<number, DueRequest>();

  /** @param classOf Service class by request. */
  constructor(
    { functions, patienceSeconds = [] }: ClusterParts,
    classOf: ArrayLike<number>,
    clock: Clock,
    schedule: Schedule,
  ) {
    this.#functions = functions;
    this.#patienceSeconds = patienceSeconds;
    this.#classOf = classOf;
    this.#clock = clock;
    this.#schedule = schedule;
  }

  /** Whether a run has limits on the time of requests. */
  static has({ functions, patienceSeconds = [] }: ClusterParts): boolean {
    return patienceSeconds.some((seconds) => seconds < Infinity) ||
      functions.some(({ executionLimitSeconds = Infinity }) => executionLimitSeconds < Infinity);
  }

  /** A request has been let in: its client waits from now on. */
  arrives(request: number): void {
    const seconds = this.#patienceSeconds[this.#classOf[request]] ?? Infinity;
    if (seconds === Infinity) return;
    this.#schedule.at(EVENTS.clientDeadline, this.#clock.now + seconds, request);
  }

  /** A request goes into an instance: its execution begins. */
  enters(request: number, functionId: number): void {
    const { executionLimitSeconds = Infinity } = this.#functions[functionId];
    if (executionLimitSeconds === Infinity) return;
    const stay = this.#nextStay++;
    this.#stays.set(request, stay);
    const at = this.#clock.now + executionLimitSeconds;
    this.#schedule.at(EVENTS.executionLimit, at, request, stay);
  }

  /** Whether a request is still in the stay in an instance that a timer names. */
  isIn(request: number, stay: number): boolean {
    return this.#stays.get(request) === stay;
  }

  /** A request is to end with an outcome when the step that it is in has ended. */
  isToLeave(request: number, outcome: number, instanceId: number): void {
    if (this.#due.has(request)) return;
    this.#due.set(request, { outcome, instanceId, atSeconds: this.#clock.now });
  }

  /** Those who are to leave an instance, in the order in which their time was over. */
  dueIn(instanceId: number): number[] {
    if (this.#due.size === 0) return [];
    return [...this.#due].filter(([, due]) => due.instanceId === instanceId)
      .map(([request]) => request);
  }

  /** A request leaves its instance; returns how it is to end if its time was over before. */
  leaves(request: number): DueRequest | undefined {
    this.#stays.delete(request);
    const due = this.#due.get(request);
    if (due !== undefined) this.#due.delete(request);
    return due;
  }
}
