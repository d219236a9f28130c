import { readParquetColumns } from "../results/read_parquet.ts";
import { InputError } from "../std/input_error.ts";
import { showValue } from "../std/show_value.ts";

/** Largest number that is drawn; beyond it an axis has no ticks. */
const MOST = 1e15;

/** Columns of a table that was read, which know its file. */
export class TableColumns {
  constructor(
    private readonly path: string,
    private readonly values: Readonly<Record<string, readonly unknown[]>>,
  ) {}

  /** Whether a column was read. */
  has(name: string): boolean {
    return name in this.values;
  }

  /** Numbers of a column; null reads as NaN. */
  floats(name: string): Float64Array {
    return Float64Array.from(
      this.values[name],
      (value) => value === null ? NaN : this.number(value, name),
    );
  }

  /** Numbers of a column in the rows that are asked for; null reads as NaN. */
  floatsOf(name: string, isAsked: (row: number) => boolean): Float64Array {
    return this.floats(name).filter((_, row) => isAsked(row));
  }

  integers(name: string): Int32Array {
    return Int32Array.from(this.values[name], (value) => this.number(value, name));
  }

  texts(name: string): string[] {
    return this.values[name].map((value) =>
      typeof value === "string" ? value : this.refuse(name, "texts", value)
    );
  }

  private number(value: unknown, name: string): number {
    const number = typeof value === "bigint" ? Number(value) : value;
    if (typeof number === "number" && Math.abs(number) <= MOST) return number;
    return this.refuse(name, `numbers up to ${MOST}`, value);
  }

  private refuse(name: string, wanted: string, value: unknown): never {
    throw new InputError(
      this.path,
      `Cannot read the column ${name} as ${wanted}: current value is ${showValue(value)}`,
    );
  }
}

/** Reads columns of a table of a directory of results. @throws {InputError} If it is damaged. */
export async function readTable(
  directory: string,
  table: string,
  columns: readonly string[],
): Promise<TableColumns> {
  const path = `${directory}/${table}.parquet`;
  const what = `a table of results (${table})`;
  return new TableColumns(path, await readParquetColumns(path, { what, columns }));
}
