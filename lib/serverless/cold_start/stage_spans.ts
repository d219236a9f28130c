import { grown } from "../../sim/grown.ts";
import type { StageSpan } from "./start_service.ts";

/** Rows for which there is room at first. */
const FIRST_ROWS = 64;

/** Stages of starts as they happened, in columns: one row per stage, in the order of {@link add}. */
export interface StageSpanColumns {
  /** Rows; what stands behind them means nothing. */
  readonly count: number;
  /** Instance that starts, or member of a pool (below 0). */
  readonly instanceId: Int32Array;
  /** The stage, an index into `names`. */
  readonly stage: Int32Array;
  /** Names of the stages, in order of first appearance. */
  readonly names: readonly string[];
  /** Start of the stage, seconds. */
  readonly startAtSeconds: Float64Array;
  /** End of the stage, seconds. */
  readonly endAtSeconds: Float64Array;
  /** 0: the stage is beside the critical path; 1: on it, or stages follow one another. */
  readonly critical: Uint8Array;
  /** Transfers on the busiest link of the bytes that the stage waited for; NaN where nothing moved. */
  readonly sharers: Float64Array;
}

/** Collects the stages of all starts of a run: 33 bytes each, where an object would take ten times that. */
export class StageSpans implements StageSpanColumns {
  count = 0;
  readonly names: string[] = [];
  instanceId = new Int32Array(FIRST_ROWS);
  stage = new Int32Array(FIRST_ROWS);
  startAtSeconds = new Float64Array(FIRST_ROWS);
  endAtSeconds = new Float64Array(FIRST_ROWS);
  critical = new Uint8Array(FIRST_ROWS);
  sharers = new Float64Array(FIRST_ROWS);
  readonly #codes = new Map<string, number>();

  /** The stages that are listed. */
  static from(spans: Iterable<StageSpan>): StageSpans {
    const columns = new StageSpans();
    for (const span of spans) columns.add(span);
    return columns;
  }

  /** Adds a stage behind the others. */
  add(span: StageSpan): void {
    const { instanceId, stage, startAtSeconds, endAtSeconds, critical, sharers = NaN } = span;
    if (this.count === this.instanceId.length) this.#grow();
    const row = this.count++;
    this.instanceId[row] = instanceId;
    this.stage[row] = this.#code(stage);
    this.startAtSeconds[row] = startAtSeconds;
    this.endAtSeconds[row] = endAtSeconds;
    this.critical[row] = critical === false ? 0 : 1;
    this.sharers[row] = sharers;
  }

  #code(stage: string): number {
    let code = this.#codes.get(stage);
    if (code === undefined) {
      code = this.names.push(stage) - 1;
      this.#codes.set(stage, code);
    }
    return code;
  }

  #grow(): void {
    this.instanceId = grown(this.instanceId);
    this.stage = grown(this.stage);
    this.startAtSeconds = grown(this.startAtSeconds);
    this.endAtSeconds = grown(this.endAtSeconds);
    this.critical = grown(this.critical);
    this.sharers = grown(this.sharers);
  }
}

/** One row of the columns as an object. */
export function stageSpanAt(spans: StageSpanColumns, row: number): StageSpan {
  return {
    instanceId: spans.instanceId[row],
    stage: spans.names[spans.stage[row]],
    startAtSeconds: spans.startAtSeconds[row],
    endAtSeconds: spans.endAtSeconds[row],
    critical: spans.critical[row] === 1,
    sharers: spans.sharers[row],
  };
}

/** Rows of the stages, instance by instance. */
export class StageSpansByInstance {
  readonly #least: number;
  /** Where the rows of each instance begin in `#rows`, from the least number on. */
  readonly #offsets: Int32Array;
  readonly #rows: Int32Array;

  /** Sorts the rows once: by instance, and those of one instance as they are listed. */
  constructor({ count, instanceId }: StageSpanColumns) {
    let least = Infinity, greatest = -Infinity;
    for (let row = 0; row < count; row++) {
      least = Math.min(least, instanceId[row]);
      greatest = Math.max(greatest, instanceId[row]);
    }
    this.#least = count > 0 ? least : 0;
    const offsets = new Int32Array(count > 0 ? greatest - least + 2 : 1);
    for (let row = 0; row < count; row++) offsets[instanceId[row] - least + 1]++;
    for (let i = 1; i < offsets.length; i++) offsets[i] += offsets[i - 1];
    const next = offsets.slice();
    this.#rows = new Int32Array(count);
    for (let row = 0; row < count; row++) this.#rows[next[instanceId[row] - least]++] = row;
    this.#offsets = offsets;
  }

  /** Rows of an instance's starts, or of those of a pool's member. */
  rowsOf(instanceId: number): Int32Array {
    const place = instanceId - this.#least;
    if (place < 0 || place + 1 >= this.#offsets.length) return this.#rows.subarray(0, 0);
    return this.#rows.subarray(this.#offsets[place], this.#offsets[place + 1]);
  }
}
