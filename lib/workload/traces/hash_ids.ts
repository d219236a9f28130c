import { growFloats } from "./grow.ts";

/** Whole numbers that a double holds exactly. */
const isExact = (id: unknown): id is number => Number.isSafeInteger(id) && (id as number) >= 0;

/**
 * Identities of prompt blocks. Small whole numbers stand for themselves; what a double does not hold
 * (64-bit numbers, negative ones, texts) is told apart by its digits, never by a rounded value.
 */
export class HashIds {
  readonly #hashes = growFloats();
  /** Numbers below zero, for those that are known by their texts. */
  readonly #others = new Map<string, number>();

  get length(): number {
    return this.#hashes.length;
  }

  /** Whether a value is an identity. */
  static isIdentity(id: unknown): boolean {
    return isExact(id) || (typeof id === "string" && id !== "") ||
      (Number.isSafeInteger(id) && (id as number) < 0);
  }

  add(id: number | string): void {
    if (isExact(id)) return this.#hashes.push(id);
    const text = String(id);
    // Texts of small numbers are those numbers.
    if (/^\d{1,15}$/.test(text)) return this.#hashes.push(Number(text));
    let known = this.#others.get(text);
    if (known === undefined) this.#others.set(text, known = -1 - this.#others.size);
    this.#hashes.push(known);
  }

  /** All identities as numbers from 0 on that are equal where the identities are. */
  take(): Float64Array<ArrayBuffer> {
    const hashes = this.#hashes.take();
    if (this.#others.size === 0) return hashes;
    const numbers = new Map<number, number>();
    return hashes.map((hash) => {
      const number = numbers.get(hash) ?? numbers.size;
      numbers.set(hash, number);
      return number;
    });
  }
}
