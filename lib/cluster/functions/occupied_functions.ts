import type { FunctionState } from "./function_state.ts";

/**
 * The functions that have an instance or a request, or have had one since the last look: what is
 * looked at time and again is looked at there, so that functions without anything cost nothing.
 */
export class OccupiedFunctions {
  #list: FunctionState[] = [];
  #isSorted = true;
  readonly #isListed: Uint8Array;

  /** @param count Functions of the run. */
  constructor(count: number) {
    this.#isListed = new Uint8Array(count);
  }

  /** Something happens to a function. */
  add(fn: FunctionState): void {
    if (this.#isListed[fn.id] === 1) return;
    this.#isListed[fn.id] = 1;
    this.#isSorted = false;
    this.#list.push(fn);
  }

  /** The functions by ascending numbers. */
  get list(): readonly FunctionState[] {
    if (!this.#isSorted) this.#list.sort((one, other) => one.id - other.id);
    this.#isSorted = true;
    return this.#list;
  }

  /** Forgets the functions that have nothing. */
  forgetEmpty(): void {
    const kept = this.#list.filter((fn) => !fn.isEmpty);
    for (const { id } of this.#list) this.#isListed[id] = 0;
    for (const { id } of kept) this.#isListed[id] = 1;
    this.#list = kept;
  }
}
