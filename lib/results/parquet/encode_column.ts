import type { Column, FloatColumn, IntegerColumn, TextColumn } from "../table.ts";
import { pushVarint } from "./compact_writer.ts";

/** A column of one row group, ready to be framed as pages. Parts are written one after the other. */
export interface EncodedColumn {
  /** Entries and bytes of the dictionary page; absent where values are stored plainly. */
  readonly dictionary?: { readonly count: number; readonly bytes: Uint8Array };
  readonly parts: readonly Uint8Array[];
  readonly nullCount: number;
}

/** Whether rows of a column may be null. */
export function isOptional(column: Column): boolean {
  return column.type === "float64" || column.type === "int32" && column.nullValue !== undefined;
}

/**
 * Encodes the rows `from` to `to` of a column in the form that is cheapest to write: numbers plainly
 * (the memory of the typed array itself), texts and small ranges of whole numbers as byte codes into
 * a dictionary, columns of one value as one run. `scratch` holds compacted values; the result shares
 * its memory and is valid until the next call.
 */
export function encodeColumn(
  column: Column,
  from: number,
  to: number,
  scratch: ArrayBuffer,
): EncodedColumn {
  switch (column.type) {
    case "float64":
      return encodeFloats(column, from, to, scratch);
    case "int32":
      return encodeIntegers(column, from, to, scratch);
    case "text":
      return encodeTexts(column, from, to);
  }
}

function encodeFloats(
  column: FloatColumn,
  from: number,
  to: number,
  scratch: ArrayBuffer,
): EncodedColumn {
  if (column.constant !== undefined && to > from) return oneFloat(column.constant, to - from);
  const values = column.slice(from, to);
  const rows = values.length;
  let present = values;
  let levels = allPresent(rows);
  let count = rows;
  let firstNull = 0;
  while (firstNull < rows && values[firstNull] === values[firstNull]) firstNull++;
  if (firstNull < rows) {
    const bits = new Uint8Array((rows + 7) >> 3);
    present = new Float64Array(scratch);
    count = 0;
    for (let row = 0; row < rows; row++) {
      const value = values[row];
      // Branchless: a null's value is overwritten by the next one.
      const isPresent = value === value ? 1 : 0;
      present[count] = value;
      count += isPresent;
      bits[row >> 3] |= isPresent << (row & 7);
    }
    present = present.subarray(0, count);
    levels = packedLevels(bits);
  }
  const nullCount = rows - count;
  if (count > 0 && isConstant(present)) {
    const one = bytesOf(present.slice(0, 1));
    return {
      dictionary: { count: 1, bytes: one },
      parts: [levels, constantCodes(count)],
      nullCount,
    };
  }
  return { parts: [levels, bytesOf(present)], nullCount };
}

/** Rows that all hold one number. */
function oneFloat(value: number, rows: number): EncodedColumn {
  const bytes = bytesOf(Float64Array.of(value));
  return {
    dictionary: { count: 1, bytes },
    parts: [allPresent(rows), constantCodes(rows)],
    nullCount: 0,
  };
}

function encodeIntegers(
  column: IntegerColumn,
  from: number,
  to: number,
  scratch: ArrayBuffer,
): EncodedColumn {
  const { nullValue } = column;
  const slice = column.slice(from, to);
  // One kind of array for all loops: they stay fast.
  const values = slice instanceof Int32Array ? slice : new Int32Array(slice);
  const rows = values.length;
  const { lowest, highest, count } = rangeOf(values, nullValue);
  const nullCount = rows - count;
  const parts: Uint8Array[] = [];
  if (nullValue !== undefined) {
    parts.push(nullCount === 0 ? allPresent(rows) : presence(values, nullValue));
  }
  if (count > 0 && highest - lowest < 256) {
    const entries = Int32Array.from({ length: highest - lowest + 1 }, (_, i) => lowest + i);
    const dictionary = { count: entries.length, bytes: bytesOf(entries) };
    if (lowest === highest) {
      return { dictionary, parts: [...parts, constantCodes(count)], nullCount };
    }
    const codes = new Uint8Array(scratch, 0, count);
    fillPresent(codes, values, nullValue, lowest);
    return { dictionary, parts: [...parts, ...packedCodes(codes, 8)], nullCount };
  }
  if (nullCount === 0) return { parts: [...parts, bytesOf(values)], nullCount };
  const present = new Int32Array(scratch, 0, count);
  fillPresent(present, values, nullValue, 0);
  return { parts: [...parts, bytesOf(present)], nullCount };
}

/** The least and the greatest value that is not null, and how many such values there are. */
function rangeOf(values: Int32Array, nullValue: number | undefined) {
  let lowest = 0x7fffffff;
  let highest = -0x80000000;
  let count = 0;
  for (let row = 0; row < values.length; row++) {
    const value = values[row];
    if (value === nullValue) continue;
    count++;
    if (value < lowest) lowest = value;
    if (value > highest) highest = value;
  }
  return { lowest, highest, count };
}

/** Writes the values that are not null, less `offset`, into `out`, one after the other. */
function fillPresent(
  out: Int32Array | Uint8Array,
  values: Int32Array,
  nullValue: number | undefined,
  offset: number,
): void {
  let next = 0;
  for (let row = 0; row < values.length; row++) {
    if (values[row] !== nullValue) out[next++] = values[row] - offset;
  }
}

/** Definition levels of values of which some are null. */
function presence(values: Int32Array, nullValue: number): Uint8Array {
  const bits = new Uint8Array((values.length + 7) >> 3);
  for (let row = 0; row < values.length; row++) {
    if (values[row] !== nullValue) bits[row >> 3] |= 1 << (row & 7);
  }
  return packedLevels(bits);
}

function encodeTexts(column: TextColumn, from: number, to: number): EncodedColumn {
  const codes = column.slice(from, to);
  const dictionary = { count: column.names.length, bytes: encodedNames(column.names) };
  // The dictionary may be empty only where there are no rows; readers want no page of codes then.
  if (codes.length > 0 && isConstant(codes)) {
    const bytes = encodedNames([column.names[codes[0]]]);
    return { dictionary: { count: 1, bytes }, parts: [constantCodes(codes.length)], nullCount: 0 };
  }
  const parts = codes instanceof Uint32Array
    ? packedCodes(threeBytes(codes), 24)
    : packedCodes(codes, codes.BYTES_PER_ELEMENT * 8);
  return { dictionary, parts, nullCount: 0 };
}

/** Texts, each after its length in bytes. */
function encodedNames(names: readonly string[]): Uint8Array {
  const bytes: number[] = [];
  for (const name of names) {
    const encoded = new TextEncoder().encode(name);
    for (let shift = 0; shift < 32; shift += 8) bytes.push(encoded.length >>> shift & 255);
    bytes.push(...encoded);
  }
  return Uint8Array.from(bytes);
}

function isConstant(values: Float64Array | Uint8Array | Uint16Array | Uint32Array): boolean {
  const first = values[0];
  // Object.is keeps 0 and -0 apart.
  for (let i = 1; i < values.length; i++) if (!Object.is(values[i], first)) return false;
  return true;
}

/** Definition levels of rows that all have a value: one run of ones after its length in bytes. */
function allPresent(rows: number): Uint8Array {
  const run: number[] = [];
  pushVarint(run, rows * 2);
  run.push(1);
  return Uint8Array.from([run.length, 0, 0, 0, ...run]);
}

/** Definition levels as one bit-packed run after its length in bytes. */
function packedLevels(bits: Uint8Array): Uint8Array {
  const header: number[] = [];
  pushVarint(header, bits.length * 2 + 1);
  const levels = new Uint8Array(4 + header.length + bits.length);
  new DataView(levels.buffer).setUint32(0, header.length + bits.length, true);
  levels.set(header, 4);
  levels.set(bits, 4 + header.length);
  return levels;
}

/** Codes that are all 0, of no bits each: one run. */
function constantCodes(count: number): Uint8Array {
  const run = [0];
  pushVarint(run, count * 2);
  return Uint8Array.from(run);
}

/** Codes of 8, 16 or 24 bits as one bit-packed run: little-endian memory is that form already. */
function packedCodes(codes: Uint8Array | Uint16Array, width: number): Uint8Array[] {
  const bytesOfCode = width / 8;
  const count = codes.byteLength / bytesOfCode;
  const groups = Math.ceil(count / 8);
  const header = [width];
  pushVarint(header, groups * 2 + 1);
  const padding = new Uint8Array((groups * 8 - count) * bytesOfCode);
  return [Uint8Array.from(header), bytesOf(codes), padding];
}

/** Codes below 2^24, three bytes each: readers know no codes of four. */
function threeBytes(codes: Uint32Array): Uint8Array {
  const bytes = new Uint8Array(3 * codes.length);
  codes.forEach((code, i) => {
    bytes[3 * i] = code;
    bytes[3 * i + 1] = code >> 8;
    bytes[3 * i + 2] = code >> 16;
  });
  return bytes;
}

function bytesOf(
  values: Float64Array | Int32Array | Uint32Array | Uint16Array | Uint8Array,
): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
