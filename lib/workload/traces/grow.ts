/** Typed columns of numbers. */
type Column = Float64Array<ArrayBuffer> | Int32Array<ArrayBuffer>;

/** A typed column that grows: 4 or 8 bytes a row, whatever the values are. */
export class Grow<T extends Column> {
  #values: T;
  length = 0;
  readonly #make: (length: number) => T;

  constructor(make: (length: number) => T) {
    this.#make = make;
    this.#values = make(1024);
  }

  /** Adds a value at the end. */
  push(value: number): void {
    if (this.length === this.#values.length) this.#resize(this.length + (this.length >> 1));
    this.#values[this.length++] = value;
  }

  /** Sets a value that is there or the one after them. */
  set(index: number, value: number): void {
    while (this.length <= index) this.push(0);
    this.#values[index] = value;
  }

  /** The first `length` values; the column is not to be used any more. */
  take(length = this.length): T {
    if (length !== this.#values.length) this.#resize(length);
    return this.#values;
  }

  #resize(length: number): void {
    const values = this.#make(length);
    values.set(this.#values.subarray(0, Math.min(length, this.length)));
    this.#values = values;
  }
}

/** A growing column of numbers with fractions. */
export function growFloats(): Grow<Float64Array<ArrayBuffer>> {
  return new Grow((length) => new Float64Array(length));
}

/** A growing column of whole numbers of 32 bits. */
export function growInts(): Grow<Int32Array<ArrayBuffer>> {
  return new Grow((length) => new Int32Array(length));
}
