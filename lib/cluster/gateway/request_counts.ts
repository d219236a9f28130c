import type { Clock } from "../../engine/clock.ts";
import { OUTCOME_CODE } from "../../metrics/recorder.ts";
import { OUTCOMES } from "../../metrics/run_tables.ts";
import type { Fleet } from "../fleet/fleet.ts";
import { FunctionSeries } from "../function_series.ts";
import { type ClusterParts, streamOf } from "../cluster_parts.ts";

/** Requests between two progress reports. */
const PROGRESS_STRIDE = 8192;

/** How many requests have arrived and ended in a run, and how; tells whoever asked how far it is. */
export class RequestCounts {
  /** What each function does; absent where nobody asks. */
  readonly series: FunctionSeries | undefined;
  readonly #parts: ClusterParts;
  readonly #clock: Clock;
  readonly #fleet: Fleet;
  readonly #byOutcome = new Int32Array(OUTCOMES.length);
  #nextReport = PROGRESS_STRIDE;
  #arrived = 0;
  #ended = 0;
  /** Integral of the requests that have arrived and not ended, request-seconds, up to an instant. */
  #requestSeconds = 0;
  #accruedAtSeconds = 0;

  constructor(
    parts: ClusterParts,
    clock: Clock,
    fleet: Fleet,
  ) {
    this.series = parts.samplesFunctions === true
      ? new FunctionSeries(fleet.functions, fleet.moving)
      : undefined;
    this.#parts = parts;
    this.#clock = clock;
    this.#fleet = fleet;
  }

  /** Requests that have arrived. */
  get arrived(): number {
    return this.#arrived;
  }

  /** Requests that have ended, one way or another. */
  get ended(): number {
    return this.#ended;
  }

  /** Requests that have completed. */
  get completed(): number {
    return this.#byOutcome[OUTCOME_CODE.completed];
  }

  /** Requests that have ended with an outcome. */
  of(outcome: number): number {
    return this.#byOutcome[outcome];
  }

  /** Integral of the requests that have arrived and not ended, request-seconds, by now. */
  get requestSeconds(): number {
    this.#accrue();
    return this.#requestSeconds;
  }

  #accrue(): void {
    const { now } = this.#clock;
    this.#requestSeconds += (this.#arrived - this.#ended) * (now - this.#accruedAtSeconds);
    this.#accruedAtSeconds = now;
  }

  /** A request of a function arrives. */
  arrives(functionId: number): void {
    this.#accrue();
    this.#arrived++;
    this.series?.arrives(functionId, this.#clock.now);
  }

  /** A request of a function ends. */
  ends(outcome: number, functionId: number): void {
    this.#accrue();
    this.#ended++;
    this.#byOutcome[outcome]++;
    this.series?.ends(functionId, outcome === OUTCOME_CODE.completed, this.#clock.now);
  }

  /** Reports if it is time to. */
  reportIfDue(): void {
    if (this.#ended >= this.#nextReport) this.report();
  }

  /** Tells whoever asked how far the run is. */
  report(): void {
    const { requests, onProgress } = this.#parts;
    const { count } = streamOf(this.#parts)?.window ?? requests;
    this.#nextReport = this.#ended + PROGRESS_STRIDE;
    onProgress?.(this.#ended / count, this.#clock.now, {
      requestsInside: this.#arrived - this.#ended,
      instancesMade: this.#fleet.instances.length,
      instances: this.#fleet.alive.length,
    });
  }
}
