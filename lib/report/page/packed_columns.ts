/** A column of numbers as a page holds it. */
export interface PackedColumn {
  readonly name: string;
  /** How its numbers are stored: whole ones, or 32-bit floating-point numbers in planes of bytes. */
  readonly kind: "uint8" | "uint16" | "uint32" | "float32";
  /** What a stored whole number is multiplied with; 1 for counts. */
  readonly quantum: number;
  /** Where its bytes begin. */
  readonly offset: number;
  /** Texts that its numbers are indices of; none for numbers. */
  readonly texts?: readonly string[];
}

/** Columns of one table as a page holds them. */
export interface PackedColumns {
  readonly rows: number;
  readonly columns: readonly PackedColumn[];
  /** Bytes of all columns, packed by gzip, in base64. */
  readonly bytes: string;
}

/** A column to pack. */
export interface ColumnToPack {
  readonly name: string;
  readonly values: ArrayLike<number>;
  /**
   * "instant": from 0 on, ascending or not, to a billionth of the longest. "latency": to 1 part in
   * 4096, NaN for none. "count": whole, from 0 on.
   */
  readonly kind: "instant" | "latency" | "count";
  readonly texts?: readonly string[];
}

/** Bits of a floating-point number that are left out: 11 of 23 stay, and the rest packs to nothing. */
const LEFT_OUT_BITS = 12;
const MOST_UINT32 = 2 ** 32 - 1;
/** Finest instant, seconds. */
const FINEST_SECONDS = 1e-4;

/**
 * Packs the columns of a table: whole numbers in as few bytes as they need, others in planes of bytes,
 * all by gzip.
 *
 * @throws {RangeError} If the columns are not equally long, or a count is no whole number from 0 on.
 */
export async function packColumns(columns: readonly ColumnToPack[]): Promise<PackedColumns> {
  const rows = columns[0]?.values.length ?? 0;
  const parts: Uint8Array[] = [];
  let offset = 0;
  const packed = columns.map((column): PackedColumn => {
    if (column.values.length !== rows) {
      throw new RangeError(
        `Cannot pack a column of ${rows} rows: current value is ${column.values.length}`,
      );
    }
    const { kind, quantum, bytes } = storedColumn(column);
    parts.push(bytes);
    const entry = { name: column.name, kind, quantum, offset };
    offset += bytes.length;
    return column.texts === undefined ? entry : { ...entry, texts: column.texts };
  });
  const stream = new Blob(parts as Uint8Array<ArrayBuffer>[]).stream()
    .pipeThrough(new CompressionStream("gzip"));
  const zipped = new Uint8Array(await new Response(stream).arrayBuffer());
  return { rows, columns: packed, bytes: zipped.toBase64() };
}

function storedColumn(
  { name, values, kind }: ColumnToPack,
): Pick<PackedColumn, "kind" | "quantum"> & { readonly bytes: Uint8Array } {
  if (kind === "latency") {
    return { kind: "float32", quantum: 1, bytes: bytePlanes(rounded(values)) };
  }
  let quantum = 1;
  if (kind === "instant") {
    const last = greatest(values);
    while (last / (FINEST_SECONDS * quantum) > MOST_UINT32) quantum *= 10;
    quantum *= FINEST_SECONDS;
  }
  const whole = Float64Array.from(values, (value) => Math.round(value / quantum));
  const most = greatest(whole);
  if (!whole.every((value) => value >= 0 && value <= MOST_UINT32)) {
    throw new RangeError(`Cannot pack ${name} as ${kind}s from 0 on`);
  }
  const [width, type] = most < 2 ** 8
    ? [1, "uint8"] as const
    : most < 2 ** 16
    ? [2, "uint16"] as const
    : [4, "uint32"] as const;
  return { kind: type, quantum, bytes: bytePlanes(Uint32Array.from(whole), width) };
}

function greatest(values: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, values[i]);
  return most;
}

/** Floating-point numbers without the digits that nobody reads, as their bits. */
function rounded(values: ArrayLike<number>): Uint32Array {
  const bits = new Uint32Array(Float32Array.from(values).buffer);
  const half = 1 << (LEFT_OUT_BITS - 1);
  return bits.map((one) => ((one + half) >>> LEFT_OUT_BITS << LEFT_OUT_BITS) >>> 0);
}

/** The lowest byte of all numbers, then the next one: like bytes stand together. */
function bytePlanes(numbers: Uint32Array, width = 4): Uint8Array {
  const bytes = new Uint8Array(numbers.length * width);
  for (let plane = 0; plane < width; plane++) {
    for (let i = 0; i < numbers.length; i++) {
      bytes[plane * numbers.length + i] = numbers[i] >>> (8 * plane);
    }
  }
  return bytes;
}
