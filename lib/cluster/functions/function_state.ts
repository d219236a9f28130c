import type { Clock } from "../../engine/clock.ts";
import { InvariantError } from "../../sim/invariant_error.ts";
import type { FunctionParts } from "../cluster_parts.ts";
import { Demand } from "./demand.ts";
import { IdleTimes } from "./idle_times.ts";
import type { OccupiedFunctions } from "./occupied_functions.ts";
import { ReadyInstances } from "./ready_instances.ts";
import { WaitingRequests } from "./waiting_requests.ts";

/**
 * All that is known of one function during a run: its instances by what they do, the requests inside
 * them, those that wait. Nobody else counts these, and a counter changes only by the method of what
 * happened; none may fall below zero.
 */
export class FunctionState {
  readonly id: number;
  readonly parts: FunctionParts;
  /** Instances that routing may choose from. */
  readonly ready = new ReadyInstances();
  /** Requests that no instance can take now. */
  readonly waiting: WaitingRequests;
  /** Idle times, for the keep-alive policy. */
  readonly idleTimes: IdleTimes;
  /** What the scaling policy is told; absent where the number of instances is fixed. */
  readonly demand: Demand | undefined;
  readonly #clock: Clock;
  readonly #occupied: OccupiedFunctions;
  #starting = 0;
  #draining = 0;
  #waitingForGpus = 0;
  #backingOff = 0;
  #inFlight = 0;
  #askedFor = 0;
  #letGo = 0;
  #starts = 0;
  #coldStarts = 0;
  #startSeconds = 0;

  /**
   * @param promptTokens Prompt tokens by request.
   * @param occupied Where the function is listed while it has something.
   * @param rows Rows of the workload by request, where they are not the same.
   */
  constructor(
    id: number,
    parts: FunctionParts,
    promptTokens: Int32Array,
    clock: Clock,
    occupied: OccupiedFunctions,
    rows?: Int32Array,
  ) {
    this.id = id;
    this.parts = parts;
    this.waiting = new WaitingRequests(parts, promptTokens, rows);
    this.idleTimes = new IdleTimes(parts.scaling);
    this.demand = parts.scaling.decider && new Demand();
    this.#clock = clock;
    this.#occupied = occupied;
  }

  /** Instances on their way up. */
  get starting(): number {
    return this.#starting;
  }

  /** Instances that finish what they have and take nothing new. */
  get draining(): number {
    return this.#draining;
  }

  /** Instances that are wanted and wait for free GPUs. */
  get waitingForGpus(): number {
    return this.#waitingForGpus;
  }

  /** Instances whose start has failed and is tried again later. */
  get backingOff(): number {
    return this.#backingOff;
  }

  /** Instances asked for so far other than by the scaling policy: by requests, or ahead of them. */
  get askedFor(): number {
    return this.#askedFor;
  }

  /** Instances let go so far other than by the scaling policy: their time of being kept was over. */
  get letGo(): number {
    return this.#letGo;
  }

  /** Starts begun so far, those of sleeping instances apart. */
  get coldStarts(): number {
    return this.#coldStarts;
  }

  /** Requests inside instances. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Instances that are there, on their way or waiting for GPUs, draining ones apart. */
  get size(): number {
    return this.ready.count + this.#starting + this.#waitingForGpus + this.#backingOff;
  }

  /** How long a request that begins to wait now may wait, seconds. */
  get waitLimitSeconds(): number {
    const { timeoutSeconds, timeoutStarts = 0, startSeconds = 0 } = this.parts.noCapacity;
    if (timeoutStarts === 0) return timeoutSeconds;
    const mean = this.#starts > 0 ? this.#startSeconds / this.#starts : startSeconds;
    return Math.max(timeoutSeconds, timeoutStarts * mean);
  }

  /** Until when the function has no instance, whoever asks for one, seconds; in the past: it may. */
  get closedUntilSeconds(): number {
    return this.parts.scaling.decider?.closedUntilSeconds(this.#clock.now) ?? -Infinity;
  }

  /** Whether a request that waits does so in vain: nothing serves it, and no instance comes again. */
  get isClosedForGood(): boolean {
    const { size, parts: { noCapacity } } = this;
    return size === 0 && noCapacity.timeoutSeconds === Infinity &&
      this.closedUntilSeconds === Infinity;
  }

  /** Instances on their way: starting, waiting for GPUs, or to be tried again. */
  get coming(): number {
    return this.size - this.ready.count;
  }

  /** Whether instances on their way will have room for one more request beside those that wait. */
  get hasRoomComing(): boolean {
    const { coming, parts: { concurrencyPerInstance } } = this;
    return coming > 0 && this.waiting.size < coming * concurrencyPerInstance;
  }

  /** Whether a request that arrives goes past the gateway's queue, to an instance that it waits in. */
  get goesDirect(): boolean {
    return (this.parts.scaling.decider?.directLimit ?? 0) > 0;
  }

  /** Most requests that an instance has when one is added that arrives. */
  get arrivalLimit(): number {
    const { scaling: { decider }, concurrencyPerInstance } = this.parts;
    return decider?.directLimit || concurrencyPerInstance;
  }

  /** Whether the function has no request, neither waiting nor in an instance. */
  get isIdle(): boolean {
    return this.#inFlight === 0 && this.waiting.size === 0;
  }

  /** Whether the function has no instance either, nor one that is wanted. */
  get isEmpty(): boolean {
    return this.isIdle && this.size + this.#draining === 0;
  }

  /** The number of requests is about to change: the time with the present one is accounted for. */
  requestsChange(): void {
    this.demand?.accrue(this.#inFlight + this.waiting.size, this.#clock.now);
  }

  /** A request arrives. */
  arrives(): void {
    this.#occupied.add(this);
    if (this.demand === undefined) return;
    this.requestsChange();
    this.demand.arrives();
  }

  /** A request goes into an instance. */
  enters(): void {
    this.#inFlight++;
  }

  /** Requests have left an instance: completed, or lost with it. {@link requestsChange} goes first. */
  leave(count: number): void {
    this.#inFlight = this.#less(this.#inFlight, count, "requests in instances");
  }

  /** An instance is asked for by a request, or ahead of the next one. */
  asksForInstance(): void {
    this.#askedFor++;
  }

  /** An instance is let go whose time of being kept is over. */
  letsInstanceGo(): void {
    this.#letGo++;
  }

  /** An instance begins to start, or stands there when the run begins. */
  startBegins(): void {
    this.#occupied.add(this);
    this.#starting++;
  }

  /** An instance that was starting is ready. */
  becomesReady(id: number): void {
    this.#starting = this.#less(this.#starting, 1, "starting instances");
    this.ready.add(id);
  }

  /** A start begins that is not made of a sleeping instance. */
  beginsFromNothing(): void {
    this.#coldStarts++;
  }

  /** A start from nothing has taken so many seconds. */
  startTook(seconds: number): void {
    this.#starts++;
    this.#startSeconds += seconds;
  }

  /** An instance that was starting is gone. */
  startEnds(): void {
    this.#starting = this.#less(this.#starting, 1, "starting instances");
  }

  /** A ready instance takes no more requests; it drains, or is gone at once. */
  leavesService(id: number, drains: boolean): void {
    if (!this.ready.remove(id)) this.#broken("an instance leaves service that was not ready");
    if (drains) this.#draining++;
  }

  /** A draining instance is gone. */
  drainEnds(): void {
    this.#draining = this.#less(this.#draining, 1, "draining instances");
  }

  /** A wanted instance waits for GPUs. */
  waitsForGpus(): void {
    this.#occupied.add(this);
    this.#waitingForGpus++;
  }

  /** An instance that waited for GPUs begins to start, or is not wanted any more. */
  waitForGpusEnds(): void {
    this.#waitingForGpus = this.#less(this.#waitingForGpus, 1, "instances that wait for GPUs");
  }

  /** A failed start is to be tried again. */
  backsOff(): void {
    this.#occupied.add(this);
    this.#backingOff++;
  }

  /** The wait after a failed start is over, or the instance is not wanted any more. */
  backOffEnds(): void {
    this.#backingOff = this.#less(this.#backingOff, 1, "starts to be tried again");
  }

  #less(count: number, by: number, what: string): number {
    if (count < by) this.#broken(`${what} below zero`);
    return count - by;
  }

  #broken(law: string): never {
    throw new InvariantError(law, {
      atSeconds: this.#clock.now,
      functionName: this.parts.name,
    });
  }
}
