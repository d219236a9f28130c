import { grownTo } from "../sim/grown.ts";

/** Running totals of one engine's work. */
export interface MeterTotals {
  /** Time in steps, seconds. */
  busySeconds: number;
  /** Arithmetic done, FLOP. */
  flops: number;
  /** Weights and KV entries moved, bytes. */
  bytes: number;
  /** Prompt tokens computed and output tokens produced. */
  promptTokens: number;
  /** Output tokens produced. */
  outputTokens: number;
  /** Integral of the KV blocks in use, block-seconds. */
  blockSeconds: number;
  /** Integral of the sequences in the batch, sequence-seconds. */
  sequenceSeconds: number;
  /** Energy of the GPUs while in steps, joules; 0 where nobody asks. */
  stepJoules: number;
  /** Time in steps at the GPUs' power limit, seconds; 0 where nobody asks. */
  limitedSeconds: number;
}

/** All totals zero. */
export function emptyTotals(): MeterTotals {
  return {
    busySeconds: 0,
    flops: 0,
    bytes: 0,
    promptTokens: 0,
    outputTokens: 0,
    blockSeconds: 0,
    sequenceSeconds: 0,
    stepJoules: 0,
    limitedSeconds: 0,
  };
}

/** Names of the totals. */
const TOTALS = Object.keys(emptyTotals()) as readonly (keyof MeterTotals)[];

/** Totals of many engines in columns, by number of the instance; of those left out they are zero. */
export class TotalsColumns {
  /** Engines: one more than the highest number. */
  count = 0;
  #rows = new Float64Array(16 * TOTALS.length);

  /** Notes what an engine has done. */
  set(id: number, totals: Readonly<MeterTotals>): void {
    this.count = Math.max(this.count, id + 1);
    const size = this.count * TOTALS.length;
    if (size > this.#rows.length) this.#rows = grownTo(this.#rows, 2 * size);
    const start = id * TOTALS.length;
    for (let i = 0; i < TOTALS.length; i++) this.#rows[start + i] = totals[TOTALS[i]];
  }

  /** What an engine has done; the object is new, or the one to write into. */
  at(id: number, out: MeterTotals = emptyTotals()): MeterTotals {
    const start = id * TOTALS.length;
    for (let i = 0; i < TOTALS.length; i++) out[TOTALS[i]] = this.#rows[start + i];
    return out;
  }

  /** All of them as objects. */
  list(): MeterTotals[] {
    return Array.from({ length: this.count }, (_, id) => this.at(id));
  }
}
