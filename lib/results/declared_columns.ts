import {
  type Column,
  type ColumnFacts,
  floatColumn,
  type IntegerArray,
  integerColumn,
  type Table,
  textColumn,
} from "./table.ts";

/** Rooms that the derived columns of a table share, one slice at a time. */
export interface Scratch {
  /** A room of as many numbers; what it held before is lost. */
  floats(count: number): Float64Array;
  /** The same of whole numbers. */
  integers(count: number): Int32Array;
}

/**
 * A column, declared once: its name, unit and sentence, and the line that computes it. The tables,
 * what files say of their columns and the tables of docs/metrics.md are made from these.
 */
export interface DeclaredColumn<Source> extends Required<ColumnFacts> {
  readonly type: Column["type"];
  /** The column of one run. */
  of(source: Source, scratch: Scratch): Column;
}

/** Facts of a column: name, unit ("" for none) and sentence. */
type Facts = Required<ColumnFacts>;

/** A column of float64 numbers. NaN stands for null. */
export function floats<Source>(
  facts: Facts,
  values: (source: Source) => Float64Array,
): DeclaredColumn<Source> {
  return { ...facts, type: "float64", of: (source) => floatColumn(facts.name, values(source)) };
}

/** A column of whole numbers, of which one may stand for null. */
export function integers<Source>(
  facts: Facts & { readonly nullValue?: number },
  values: (source: Source) => IntegerArray,
): DeclaredColumn<Source> {
  const { nullValue, ...rest } = facts;
  return {
    ...rest,
    type: "int32",
    of: (source) => integerColumn(rest.name, values(source), nullValue),
  };
}

/** A column of codes and the text of each code. */
export function texts<Source>(
  facts: Omit<Facts, "unit">,
  codes: (source: Source) => Uint8Array | Uint16Array,
  names: (source: Source) => readonly string[],
): DeclaredColumn<Source> {
  return {
    ...facts,
    unit: "",
    type: "text",
    of: (source) => textColumn(facts.name, codes(source), names(source)),
  };
}

/** A column of float64 numbers that is computed slice by slice. */
export function derived<Source>(
  facts: Facts,
  fill: (source: Source, out: Float64Array, from: number, to: number) => void,
): DeclaredColumn<Source> {
  return {
    ...facts,
    type: "float64",
    of: (source, scratch) => ({
      name: facts.name,
      type: "float64",
      slice(from, to) {
        const out = scratch.floats(to - from);
        fill(source, out, from, to);
        return out.subarray(0, to - from);
      },
    }),
  };
}

/** A column of the numbers of the rows, from 0. */
export function rowNumbers<Source>(facts: Facts): DeclaredColumn<Source> {
  return {
    ...facts,
    type: "int32",
    of: (_source, scratch) => ({
      name: facts.name,
      type: "int32",
      slice(from, to) {
        const out = scratch.integers(to - from);
        for (let row = from; row < to; row++) out[row - from] = row;
        return out.subarray(0, to - from);
      },
    }),
  };
}

function newScratch(): Scratch {
  let floatRoom = new Float64Array(0);
  let integerRoom = new Int32Array(0);
  return {
    floats(count) {
      if (floatRoom.length < count) floatRoom = new Float64Array(count);
      return floatRoom;
    },
    integers(count) {
      if (integerRoom.length < count) integerRoom = new Int32Array(count);
      return integerRoom;
    },
  };
}

/** The table of one run. */
export function declaredTable<Source>(
  columns: readonly DeclaredColumn<Source>[],
  count: number,
  source: Source,
  metadata?: Readonly<Record<string, string>>,
): Table {
  const scratch = newScratch();
  return {
    count,
    columns: columns.map((column) => ({
      ...column.of(source, scratch),
      unit: column.unit,
      doc: column.doc,
    })),
    ...(metadata && { metadata }),
  };
}
