import type { ObservedSteps, RunObserver } from "../../metrics/run_observer.ts";
import type { RunRecord } from "../../metrics/run_record.ts";
import type { ObservedTransfer } from "../../serverless/cold_start/observed_transfer.ts";
import { StepRows } from "./step_rows.ts";

/** What of a run is kept. */
export interface TraceRecorderOptions {
  /** Start and end of what is drawn, seconds; default: the whole run. */
  readonly windowSeconds?: readonly [from: number, to: number];
  /**
   * Steps of an instance that begin within the same interval of this length are drawn as one, seconds;
   * default 0: each step, or leap of decode steps, is drawn.
   */
  readonly resolutionSeconds?: number;
  /** Most bytes of the JSON text, >= 20,000; default 50 MB. */
  readonly maxBytes?: number;
}

/** Least bytes that a row of steps takes in the text. */
const ROW_BYTES = 160;
/** Least bytes that a transfer takes there. */
const TRANSFER_BYTES = 400;
/** Length of the first interval where steps have to share slices, seconds. */
const FIRST_RESOLUTION = 0.001;
/** Slices of steps that instances have on average before some are left out. */
const LEAST_SLICES = 16;

/** A step that has not ended, seconds. */
export interface CutStep {
  readonly instanceId: number;
  readonly startAtSeconds: number;
  readonly endAtSeconds: number;
}

/**
 * Keeps what a run does for a timeline, in memory that does not grow with the run: where there is
 * more than the text can hold, steps of an instance share slices, in intervals that double; where
 * that does not do, the instances with the greatest numbers are left out.
 */
export class TraceRecorder implements RunObserver {
  readonly windowSeconds: readonly [from: number, to: number];
  readonly maxBytes: number;
  /** Instances from this number on are left out. */
  instanceLimit = Infinity;
  readonly #resolutionSeconds: number;
  #rows: StepRows;
  #cuts: CutStep[] = [];
  #transfers: ObservedTransfer[] = [];
  #transfersLeftOut = 0;
  #greatestInstance = 0;
  #record: RunRecord | undefined;

  /** @throws {RangeError} If a number is out of its range. */
  constructor(options: TraceRecorderOptions = {}) {
    const { windowSeconds = [0, Infinity], resolutionSeconds = 0, maxBytes = 50e6 } = options;
    const [from, to] = windowSeconds;
    if (!(from >= 0 && to > from)) {
      throw new RangeError(
        `Cannot record trace events in a window FROM..TO with 0 <= FROM < TO seconds: current ` +
          `value is ${from}..${to}`,
      );
    }
    if (!(resolutionSeconds >= 0 && resolutionSeconds < Infinity)) {
      throw new RangeError(
        `Cannot draw trace events in intervals of 0 seconds or more: current value is ` +
          `${resolutionSeconds}`,
      );
    }
    this.windowSeconds = windowSeconds;
    this.maxBytes = maxBytes;
    this.#resolutionSeconds = resolutionSeconds;
    this.#rows = new StepRows(resolutionSeconds);
  }

  /** Steps so far. */
  get rows(): StepRows {
    return this.#rows;
  }

  /** Steps that did not end. */
  get cuts(): readonly CutStep[] {
    return this.#cuts;
  }

  /** Transfers of starts, in order of their ends, and how many were not kept. */
  get transfers(): readonly ObservedTransfer[] {
    return this.#transfers;
  }

  /** How many transfers were not kept. */
  get transfersLeftOut(): number {
    return this.#transfersLeftOut;
  }

  /** Whether steps share slices though nobody asked for it. */
  get isCoarser(): boolean {
    return this.#rows.resolutionSeconds > this.#resolutionSeconds;
  }

  /** What the run has left. @throws {RangeError} If no run has ended. */
  get record(): RunRecord {
    if (this.#record === undefined) {
      throw new RangeError(
        "Cannot draw the trace events of a run that is over: current value is a recorder that no " +
          "run has ended for",
      );
    }
    return this.#record;
  }

  begins(): void {
    this.instanceLimit = Infinity;
    this.#rows = new StepRows(this.#resolutionSeconds);
    this.#cuts = [];
    this.#transfers = [];
    this.#transfersLeftOut = 0;
    this.#greatestInstance = 0;
    this.#record = undefined;
  }

  stepsEnd(instanceId: number, steps: ObservedSteps): void {
    if (!this.#isSeen(instanceId, steps)) return;
    this.#greatestInstance = Math.max(this.#greatestInstance, instanceId);
    this.#rows.add(instanceId, steps);
    const most = this.maxBytes / ROW_BYTES;
    while (this.#rows.count > most) if (!this.reduce()) break;
  }

  stepIsCut(instanceId: number, startAtSeconds: number, endAtSeconds: number): void {
    const step = { instanceId, startAtSeconds, endAtSeconds };
    if (this.#isSeen(instanceId, step)) this.#cuts.push(step);
  }

  transferEnds(transfer: ObservedTransfer): void {
    const { waiters, startAtSeconds, endAtSeconds } = transfer;
    // One without bytes takes no time.
    if (!(endAtSeconds > startAtSeconds)) return;
    if (!waiters.some(({ instanceId }) => this.#isSeen(instanceId, transfer))) return;
    if (this.#transfers.length < this.maxBytes / (8 * TRANSFER_BYTES)) {
      this.#transfers.push(transfer);
    } else this.#transfersLeftOut++;
  }

  ends(record: RunRecord): void {
    this.#record = record;
    const members = (record.pools ?? []).reduce((sum, pool) => sum + pool.members.length, 0);
    this.#greatestInstance = Math.max(record.lives.length, members) - 1;
  }

  /** Whether something of an instance, or of a pool's member below 0, is to be drawn. */
  #isSeen(
    instanceId: number,
    { startAtSeconds, endAtSeconds }: Omit<CutStep, "instanceId">,
  ): boolean {
    const [from, to] = this.windowSeconds;
    const number = instanceId < 0 ? -1 - instanceId : instanceId;
    return endAtSeconds > from && startAtSeconds < to && number < this.instanceLimit;
  }

  /** Draws longer intervals, or fewer instances from then on; false if neither can be. */
  reduce(): boolean {
    const { resolutionSeconds: length, count, instances } = this.#rows;
    if (count <= LEAST_SLICES * instances) {
      if (this.halveInstances()) return true;
      if (count <= instances) return false;
    }
    this.#rows.reduce(length === 0 ? FIRST_RESOLUTION : 2 * length, this.instanceLimit);
    return true;
  }

  /** Leaves the half of the instances out that have the greatest numbers; false if there is one. */
  halveInstances(): boolean {
    const instances = Math.min(this.instanceLimit, this.#greatestInstance + 1);
    if (instances <= 1) return false;
    const below = Math.ceil(instances / 2);
    this.instanceLimit = below;
    this.#rows.reduce(this.#rows.resolutionSeconds, below);
    this.#cuts = this.#cuts.filter(({ instanceId }) => instanceId < below);
    this.#transfers = this.#transfers.filter((one) =>
      one.waiters.some(({ instanceId }) => this.#isSeen(instanceId, one))
    );
    return true;
  }
}
