import type { ObservedSteps } from "../../metrics/run_observer.ts";

// Places of a row's values. Rows of one array take 96 bytes each.
const INSTANCE = 0, START = 1, END = 2, BUSY = 3, SLICES = 4, STEPS = 5, PREFILL = 6, DECODE = 7;
const BATCH = 8, WAITING = 9, BLOCKS = 10, KINDS = 11;
const WIDTH = 12;

/** Rows for which there is room at first. */
const FIRST_ROWS = 1024;

/** What a row's steps did: bits of its kinds. */
export const PREFILLS = 1, DECODES = 2;

/** Steps of an instance that are drawn as one slice. */
export interface StepRow {
  instanceId: number;
  /** Start of the first step and end of the last one, and time in steps between, seconds. */
  startAtSeconds: number;
  endAtSeconds: number;
  busySeconds: number;
  /** Steps and leaps that the row was made of, and the steps in them. */
  slices: number;
  steps: number;
  prefillTokens: number;
  decodeTokens: number;
  /** The most of its steps: sequences in the batch, requests waiting, KV blocks in use. */
  batch: number;
  waiting: number;
  kvBlocks: number;
  /** `PREFILLS`, `DECODES` or both. */
  kinds: number;
}

/**
 * The steps of a run, a row each, in the order of their ends; steps of an instance that begin within
 * the same interval of `resolutionSeconds` share a row, in which their numbers add up.
 */
export class StepRows {
  /** Rows so far. */
  count = 0;
  /** Length of the intervals, seconds; 0: each step has a row of its own. */
  resolutionSeconds: number;
  #values = new Float64Array(WIDTH * FIRST_ROWS);
  /** The last row of each instance. */
  #last = new Map<number, number>();

  constructor(resolutionSeconds: number) {
    this.resolutionSeconds = resolutionSeconds;
  }

  /** Instances that have rows. */
  get instances(): number {
    return this.#last.size;
  }

  /** Adds steps that follow those of the instance so far. */
  add(instanceId: number, steps: ObservedSteps): void {
    const { startAtSeconds, endAtSeconds } = steps;
    if (WIDTH * this.count === this.#values.length) this.#grow();
    const values = this.#values;
    const row = WIDTH * this.count;
    values[row + INSTANCE] = instanceId;
    values[row + START] = startAtSeconds;
    values[row + END] = endAtSeconds;
    values[row + BUSY] = endAtSeconds - startAtSeconds;
    values[row + SLICES] = 1;
    values[row + STEPS] = steps.steps;
    values[row + PREFILL] = steps.prefillTokens;
    values[row + DECODE] = steps.decodeTokens;
    values[row + BATCH] = steps.running;
    values[row + WAITING] = steps.waiting;
    values[row + BLOCKS] = steps.kvBlocks;
    values[row + KINDS] = (steps.prefillSequences > 0 ? PREFILLS : 0) +
      (steps.decodeSequences > 0 ? DECODES : 0);
    this.#keep(this.count);
  }

  /** Keeps the row, which stands behind the others, or adds it to the instance's last one. */
  #keep(row: number): void {
    const values = this.#values;
    const from = WIDTH * row;
    const instanceId = values[from + INSTANCE];
    const last = this.#last.get(instanceId);
    if (last !== undefined && this.#isSameInterval(WIDTH * last, from)) {
      return this.#merge(WIDTH * last, from);
    }
    this.#last.set(instanceId, this.count);
    values.copyWithin(WIDTH * this.count, from, from + WIDTH);
    this.count++;
  }

  #isSameInterval(one: number, other: number): boolean {
    const { resolutionSeconds: length } = this;
    if (length === 0) return false;
    const values = this.#values;
    return Math.floor(values[one + START] / length) === Math.floor(values[other + START] / length);
  }

  #merge(into: number, from: number): void {
    const values = this.#values;
    values[into + END] = values[from + END];
    for (const place of [BUSY, SLICES, STEPS, PREFILL, DECODE]) {
      values[into + place] += values[from + place];
    }
    for (const place of [BATCH, WAITING, BLOCKS]) {
      values[into + place] = Math.max(values[into + place], values[from + place]);
    }
    values[into + KINDS] |= values[from + KINDS];
  }

  /** Draws intervals of that length, seconds, and forgets instances from the number `below` on. */
  reduce(resolutionSeconds: number, below: number): void {
    this.resolutionSeconds = resolutionSeconds;
    this.#last = new Map();
    const { count } = this;
    this.count = 0;
    for (let row = 0; row < count; row++) {
      if (this.#values[WIDTH * row + INSTANCE] < below) this.#keep(row);
    }
  }

  /** A row as an object. */
  at(row: number): StepRow {
    const values = this.#values;
    const from = WIDTH * row;
    return {
      instanceId: values[from + INSTANCE],
      startAtSeconds: values[from + START],
      endAtSeconds: values[from + END],
      busySeconds: values[from + BUSY],
      slices: values[from + SLICES],
      steps: values[from + STEPS],
      prefillTokens: values[from + PREFILL],
      decodeTokens: values[from + DECODE],
      batch: values[from + BATCH],
      waiting: values[from + WAITING],
      kvBlocks: values[from + BLOCKS],
      kinds: values[from + KINDS],
    };
  }

  /** Rows of each instance, in order. */
  byInstance(): Map<number, number[]> {
    const rows = new Map<number, number[]>();
    for (let row = 0; row < this.count; row++) {
      const instanceId = this.#values[WIDTH * row + INSTANCE];
      const list = rows.get(instanceId);
      if (list === undefined) rows.set(instanceId, [row]);
      else list.push(row);
    }
    return rows;
  }

  #grow(): void {
    const before = this.#values;
    this.#values = new Float64Array(2 * before.length);
    this.#values.set(before);
  }
}
