import {
  ARRAYS,
  type ColumnArray,
  type DeclaredColumns,
  type StoredColumn,
  storedColumns,
} from "./column.ts";

/** Rows for which there is room at first. */
const FIRST_ROWS = 64;

/**
 * The columns of a table whose rows come one by one: no row is kept as an object, so the caller may
 * hand in the same one again and again.
 */
export class GrowingColumns<Row> {
  readonly #declared: readonly (readonly [string, StoredColumn<Row>])[];
  #arrays: ColumnArray[];
  #room = FIRST_ROWS;
  #count = 0;

  /** @param declared Columns that are all computed from a row. */
  constructor(declared: DeclaredColumns<Row>) {
    this.#declared = storedColumns(declared);
    this.#arrays = this.#declared.map(([, { array }]) => new ARRAYS[array](FIRST_ROWS));
  }

  /** Rows so far. */
  get count(): number {
    return this.#count;
  }

  /** Adds a row behind the others. */
  add(row: Row): void {
    if (this.#count === this.#room) this.#grow();
    const place = this.#count++;
    const arrays = this.#arrays;
    for (let i = 0; i < arrays.length; i++) arrays[i][place] = this.#declared[i][1].of!(row);
  }

  /** The columns so far by their names in programs, each as long as there are rows. */
  columns(): Record<string, ColumnArray> {
    return Object.fromEntries(
      this.#declared.map(([key], i) => [key, this.#arrays[i].slice(0, this.#count)]),
    );
  }

  #grow(): void {
    this.#room *= 2;
    this.#arrays = this.#arrays.map((values, i) => {
      const grown = new ARRAYS[this.#declared[i][1].array](this.#room);
      grown.set(values);
      return grown;
    });
  }
}
