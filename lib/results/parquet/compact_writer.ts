/** Types of fields and list elements in Thrift's compact protocol. */
export const CompactType = { i32: 5, i64: 6, binary: 8, list: 9, struct: 12 } as const;

/**
 * Writes Thrift structures in the compact protocol, the form of all metadata in a Parquet file.
 *
 * @source Apache Thrift, doc/specs/thrift-compact-protocol.md
 */
export class CompactWriter {
  readonly #bytes: number[] = [];
  readonly #outerFields: number[] = [];
  #lastField = 0;

  /** Field of a whole number (i32 and i64 have one form; both below 2^53 in size). */
  integer(field: number, value: number, type: "i32" | "i64" = "i32"): void {
    this.#header(field, CompactType[type]);
    this.#zigzag(value);
  }

  /** Field of a text, in UTF-8. */
  text(field: number, value: string): void {
    this.#header(field, CompactType.binary);
    this.#binary(value);
  }

  /** Field of a structure, whose fields `write` writes. */
  struct(field: number, write: () => void): void {
    this.#header(field, CompactType.struct);
    this.#structure(write);
  }

  /** Field of a list of structures. */
  structs<T>(field: number, items: readonly T[], write: (item: T) => void): void {
    this.#listHeader(field, items.length, CompactType.struct);
    for (const item of items) this.#structure(() => write(item));
  }

  /** Field of a list of whole numbers. */
  integers(field: number, items: readonly number[]): void {
    this.#listHeader(field, items.length, CompactType.i32);
    for (const item of items) this.#zigzag(item);
  }

  /** Field of a list of texts. */
  texts(field: number, items: readonly string[]): void {
    this.#listHeader(field, items.length, CompactType.binary);
    for (const item of items) this.#binary(item);
  }

  /** Ends the outermost structure and returns its bytes. */
  finish(): Uint8Array<ArrayBuffer> {
    this.#bytes.push(0);
    return Uint8Array.from(this.#bytes);
  }

  #structure(write: () => void): void {
    this.#outerFields.push(this.#lastField);
    this.#lastField = 0;
    write();
    this.#bytes.push(0);
    this.#lastField = this.#outerFields.pop() as number;
  }

  #header(field: number, type: number): void {
    const step = field - this.#lastField;
    if (step < 1 || step > 15) {
      throw new RangeError(
        `Cannot write field ${field} as one of the next 15: current value is ${step} further`,
      );
    }
    this.#bytes.push(step << 4 | type);
    this.#lastField = field;
  }

  #listHeader(field: number, length: number, type: number): void {
    this.#header(field, CompactType.list);
    if (length < 15) this.#bytes.push(length << 4 | type);
    else {
      this.#bytes.push(0xf0 | type);
      pushVarint(this.#bytes, length);
    }
  }

  #zigzag(value: number): void {
    pushVarint(this.#bytes, value < 0 ? -2 * value - 1 : 2 * value);
  }

  #binary(value: string): void {
    const encoded = new TextEncoder().encode(value);
    pushVarint(this.#bytes, encoded.length);
    for (const byte of encoded) this.#bytes.push(byte);
  }
}

/** Appends an unsigned whole number below 2^53, seven bits to a byte, low ones first. */
export function pushVarint(bytes: number[], value: number): void {
  while (value > 127) {
    bytes.push(value % 128 + 128);
    value = Math.floor(value / 128);
  }
  bytes.push(value);
}
