import type { LatencyParts } from "../../metrics/latency_parts.ts";
import type { RequestColumns } from "../../metrics/run_tables.ts";
import type { Clock } from "../clock.ts";

/** The parts that are added up as things happen; an absent one is 0 for every request. */
export type PartName = Exclude<keyof LatencyParts, "count">;

/** Why the first request of an engine's queue is not in the batch. */
export type BlockName = "budgetSeconds" | "blocksSeconds" | "sequencesSeconds";

/** Parts that are over, whatever becomes of the request, once it has left the gateway. */
const GATEWAY_PARTS: readonly PartName[] = ["gatewaySeconds", "startSeconds"];

/**
 * Where the time of each request goes, as far as that does not follow from its instants: one book of a
 * run, that its gateway and its engines write. A part is a column of seconds, which is there once a
 * request needs it.
 *
 * While a time runs whose end is not known, its part holds what there was before less the instant at
 * which it began; a part below 0 is one that runs. What follows from the instants (the wait for the
 * next step, the prefill, the decodes) is worked out when it is read.
 */
export class LatencyLedger {
  /** Seconds by request. */
  readonly parts: { -readonly [K in PartName]?: Float64Array } = {
    gatewaySeconds: undefined,
    startSeconds: undefined,
    lostSeconds: undefined,
    budgetSeconds: undefined,
    blocksSeconds: undefined,
    sequencesSeconds: undefined,
    loadSeconds: undefined,
    chunkWaitSeconds: undefined,
    prefillStallSeconds: undefined,
    prefillTransferSeconds: undefined,
    prefillPreemptedSeconds: undefined,
    prefillRecomputeSeconds: undefined,
    batchSeconds: undefined,
    decodeStallSeconds: undefined,
    decodeTransferSeconds: undefined,
    decodePreemptedSeconds: undefined,
    decodeRecomputeSeconds: undefined,
    decodeMovedSeconds: undefined,
  };
  readonly #columns: RequestColumns;
  readonly #generated: Int32Array;
  readonly #clock: Clock;
  /** Since when requests wait at the gateway again that have left an instance, seconds. */
  readonly #backSince = new Map<number, number>();

  /** @param generated Output tokens that exist of each request that is not running. */
  constructor(columns: RequestColumns, generated: Int32Array, clock: Clock) {
    this.#columns = columns;
    this.#generated = generated;
    this.#clock = clock;
  }

  /** The column of a part, which is there from now on. */
  column(part: PartName): Float64Array {
    return this.parts[part] ??= new Float64Array(this.#columns.count);
  }

  /** Adds to a part of a request. */
  add(part: PartName, request: number, seconds: number): void {
    this.column(part)[request] += seconds;
  }

  /** Ends a time that runs, at an instant; false if it does not run. */
  ends(part: PartName, request: number, atSeconds: number): boolean {
    const column = this.parts[part];
    if (column === undefined || !(column[request] < 0)) return false;
    column[request] += atSeconds;
    return true;
  }

  /** Whether a request that does not run has output tokens. */
  hasTokens(request: number): boolean {
    return this.#generated[request] > 0;
  }

  /** Whether a request has lost its instance and does not decode again yet. */
  isMoving(request: number): boolean {
    const column = this.parts.decodeMovedSeconds;
    return column !== undefined && column[request] < 0;
  }

  /** Something else has taken a part of a step that computes again what a preemption undid. */
  slowsRecompute(request: number, part: PartName, seconds: number): void {
    if (this.isMoving(request)) return;
    this.add(part, request, seconds);
    this.add("decodeRecomputeSeconds", request, -seconds);
  }

  /** The gateway hands a request to an instance that is ready since an instant. */
  dispatched(request: number, readyAtSeconds: number): void {
    // Who has its first token is on its way from one instance to another.
    if (this.#generated[request] > 0) return;
    const back = this.#backSince.size > 0 ? this.#backSince.get(request) : undefined;
    const since = back ?? this.#columns.arrivalAtSeconds[request];
    const wait = this.#clock.now - since;
    if (!(wait > 0)) return;
    const start = readyAtSeconds > since ? readyAtSeconds - since : 0;
    const { startSeconds } = this.parts;
    if (startSeconds !== undefined) startSeconds[request] += start;
    if (wait > start) this.add("gatewaySeconds", request, wait - start);
  }

  /** A request has left an instance that is lost: it goes on with its tokens, or begins anew. */
  leavesInstance(request: number, restarts: boolean): void {
    if (restarts || this.#generated[request] === 0) this.#beginsAnew(request);
    else this.moves(request);
  }

  /** What was done was in vain. */
  #beginsAnew(request: number): void {
    const { parts } = this;
    const { now } = this.#clock;
    // Until now, what requests have waited for starts is in their own column.
    parts.startSeconds ??= this.#columns.coldStartWaitSeconds.slice();
    for (const [name, column] of Object.entries(parts)) {
      if (column !== undefined && !GATEWAY_PARTS.includes(name as PartName)) column[request] = 0;
    }
    const waited = parts.startSeconds[request] + (parts.gatewaySeconds?.[request] ?? 0);
    this.add("lostSeconds", request, now - this.#columns.arrivalAtSeconds[request] - waited);
    this.#backSince.set(request, now);
  }

  /** A request with tokens leaves its instance and goes on with them on another. */
  moves(request: number): void {
    if (this.isMoving(request)) return;
    const { now } = this.#clock;
    this.ends("decodePreemptedSeconds", request, now);
    this.ends("decodeRecomputeSeconds", request, now);
    this.add("decodeMovedSeconds", request, -now);
  }

  /** A request that has run before runs again. */
  runsAgain(request: number): void {
    const { now } = this.#clock;
    if (this.#generated[request] === 0) this.ends("prefillPreemptedSeconds", request, now);
    else if (!this.isMoving(request)) {
      this.ends("decodePreemptedSeconds", request, now);
      this.add("decodeRecomputeSeconds", request, -now);
    }
  }

  /** A request is preempted; its decodes, if any, have been accounted for. */
  preempted(request: number): void {
    const { now } = this.#clock;
    if (this.#generated[request] > 0) {
      if (this.isMoving(request)) return;
      this.ends("decodeRecomputeSeconds", request, now);
      this.add("decodePreemptedSeconds", request, -now);
      return;
    }
    const { parts } = this;
    const others = (parts.chunkWaitSeconds?.[request] ?? 0) +
      (parts.prefillStallSeconds?.[request] ?? 0) + (parts.prefillTransferSeconds?.[request] ?? 0) +
      (parts.prefillPreemptedSeconds?.[request] ?? 0) +
      (parts.prefillRecomputeSeconds?.[request] ?? 0);
    const ran = now - this.#columns.scheduledAtSeconds[request];
    this.add("prefillRecomputeSeconds", request, ran - others);
    this.add("prefillPreemptedSeconds", request, -now);
  }

  /** A request that had tokens before decodes again from an instant on. */
  decodesAgain(request: number, atSeconds: number): void {
    this.ends("decodeMovedSeconds", request, atSeconds) ||
      this.ends("decodeRecomputeSeconds", request, atSeconds) ||
      this.ends("decodePreemptedSeconds", request, atSeconds);
  }

  /** What stands in the book; to be called once, when the run is over. */
  close(): LatencyParts {
    const there = Object.entries(this.parts).filter(([, column]) => column !== undefined);
    return { count: this.#columns.count, ...Object.fromEntries(there) };
  }
}
