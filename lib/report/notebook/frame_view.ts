import type { MediaBundle } from "../../std/display.ts";
import { tableBundle, type TableView } from "./table_view.ts";
import { unitOfName } from "./units.ts";

/** What of a data frame is shown: any frame of Polars has it. */
export interface FrameLike {
  /** Names of its columns. */
  readonly columns: string[];
  /** Rows. */
  readonly height: number;
  /** Types of the columns, in their order. */
  readonly dtypes: readonly unknown[];
  /** The first rows. */
  head(rows: number): { toRecords(): Record<string, unknown>[] };
  /** All rows. */
  toRecords(): Record<string, unknown>[];
}

/** Rows of a frame that are shown where there are more than {@linkcode ALL_UP_TO}. */
const ROWS_SHOWN = 10;
/** Frames of so many rows are shown whole. */
const ALL_UP_TO = 25;

/** Short names of types, as Polars prints them. */
const TYPES: Readonly<Record<string, string>> = {
  Float64: "f64",
  Float32: "f32",
  Int8: "i8",
  Int16: "i16",
  Int32: "i32",
  Int64: "i64",
  UInt8: "u8",
  UInt16: "u16",
  UInt32: "u32",
  UInt64: "u64",
  String: "str",
  Utf8: "str",
  Categorical: "cat",
  Bool: "bool",
  Date: "date",
  Datetime: "datetime",
  Duration: "duration",
  Null: "null",
};

/** Whether a value is a data frame. */
export function isFrame(value: unknown): value is FrameLike {
  if (typeof value !== "object" || value === null) return false;
  const { columns, height, toRecords, head } = value as Partial<FrameLike>;
  return Array.isArray(columns) && typeof height === "number" &&
    typeof toRecords === "function" && typeof head === "function";
}

/** A frame as a notebook shows it. */
export function frameBundle(frame: FrameLike, rows?: number): MediaBundle {
  return tableBundle(frameView(frame, rows));
}

/**
 * The view of a frame: its first rows.
 *
 * @param rows How many, at most; default all of a small frame, ten of a larger one.
 */
export function frameView(frame: FrameLike, rows?: number): TableView {
  const shown = rows ?? (frame.height <= ALL_UP_TO ? frame.height : ROWS_SHOWN);
  const records = frame.head(shown).toRecords();
  return {
    count: frame.height,
    saysShape: true,
    columns: frame.columns.map((name, i) => {
      const unit = unitOfName(name);
      const type = typeName(frame.dtypes[i]);
      return {
        name,
        note: type + (unit === "" ? "" : `, ${unit}`),
        isNumeric: /^[fiu]\d+$/.test(type),
        values: records.map((record) => record[name]),
      };
    }),
  };
}

/** "f64" of the type of a column. */
function typeName(type: unknown): string {
  const name = /\w+/.exec(String(type).replace(/^DataType\(|^DataType\./, ""))?.[0] ?? String(type);
  return TYPES[name] ?? name.toLowerCase();
}
