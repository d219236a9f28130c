import type { PrefixBlocks, RequestTable } from "../request_table.ts";
import { sortByArrival } from "../sort_by_arrival.ts";
import { BadRow, type Place } from "./bad_row.ts";
import { dateTimeOf, decimalOf, INSTANT_WANTED } from "./numbers.ts";
import type { Trace, TraceOptions } from "./trace.ts";

/** The optional columns of names, with the greatest number of names that a table's column can tell apart. */
const LIMITS = { function: 65_536, class: 256, tenant: 65_536, session: 2 ** 31 - 1 } as const;

/** A column that holds names. */
export type NameColumn = keyof typeof LIMITS;

/** Names by their number, in the order of first appearance. */
interface Names {
  readonly ids: Map<string, number>;
  readonly rows: number[];
}

/** Collects the rows of a trace and makes the table. One per file read; holds the file's state. */
export class TraceBuilder {
  private readonly arrivals: number[] = [];
  private readonly prompts: number[] = [];
  private readonly outputs: number[] = [];
  private readonly names = new Map<NameColumn, Names>();
  private readonly offsets: number[] = [0];
  private readonly hashes: number[] = [];
  private firstDay: number | undefined;
  private firstSeconds = Infinity;
  private skipped = 0;

  /**
   * @param format The format's name, for messages.
   * @param unitsPerSecond The file's units of time in a second: 1000 for milliseconds.
   */
  constructor(
    private readonly format: string,
    private readonly options: TraceOptions,
    private readonly unitsPerSecond = 1,
  ) {
    const { onBadRow } = options;
    if (onBadRow !== undefined && onBadRow !== "error" && onBadRow !== "skip") {
      throw new RangeError(
        `Cannot use onBadRow as "error" or "skip": current value is ${JSON.stringify(onBadRow)}`,
      );
    }
  }

  /** Runs `read` for one row; a malformed row is counted if such rows are to be left out. */
  row(read: () => void): void {
    try {
      read();
    } catch (error) {
      if (this.options.onBadRow !== "skip" || !(error instanceof BadRow)) throw error;
      this.skipped++;
    }
  }

  /** Seconds of an arrival: a number in the file's unit, or a date and time. */
  instant(value: unknown, place: () => Place, what: string): number {
    const text = typeof value === "string" ? value : undefined;
    const number = typeof value === "number" ? value : text === undefined ? NaN : decimalOf(text);
    const time = Number.isNaN(number) && text !== undefined ? dateTimeOf(text) : undefined;
    // Dates may lie before the day of the first row; numbers may not be negative. A number in a file
    // of dates is malformed, and so is a date in a file of numbers.
    if (time !== undefined && (this.firstDay !== undefined || this.arrivals.length === 0)) {
      this.firstDay ??= time.day;
      return (time.day - this.firstDay) * 86_400 + time.second;
    }
    if (!(number >= 0) || number === Infinity || this.firstDay !== undefined) {
      throw new BadRow(place(), what, INSTANT_WANTED, value);
    }
    return number / this.unitsPerSecond;
  }

  /** Adds a request; all of its values have been checked. */
  push(arrival: number, promptTokens: number, outputTokens: number): void {
    this.arrivals.push(arrival);
    this.prompts.push(promptTokens);
    this.outputs.push(outputTokens);
    if (arrival < this.firstSeconds) this.firstSeconds = arrival;
  }

  /** The number of a name in its column; `push` must follow. */
  name(column: NameColumn, value: unknown, place: () => Place): void {
    let names = this.names.get(column);
    if (names === undefined) this.names.set(column, names = { ids: new Map(), rows: [] });
    const none = value === undefined || value === null || value === "";
    if (column === "session" && none) {
      names.rows[this.arrivals.length] = -1;
      return;
    }
    if (none || typeof value === "object") throw new BadRow(place(), column, "a name", value);
    const text = String(value);
    let id = names.ids.get(text);
    if (id === undefined) {
      id = names.ids.size;
      if (id >= LIMITS[column]) {
        throw new BadRow(place(), column, `one of at most ${LIMITS[column]} names`, value);
      }
      names.ids.set(text, id);
    }
    // By index: a row that fails after this leaves its number to be overwritten by the next.
    names.rows[this.arrivals.length] = id;
  }

  /** Adds the prefix hashes of the request pushed last. */
  prefix(hashes: ArrayLike<number>, count: number): void {
    for (let i = 0; i < count; i++) this.hashes.push(hashes[i]);
    this.offsets.push(this.hashes.length);
  }

  /**
   * Sorts the rows and makes the table.
   *
   * @param blockTokens Tokens per hashed block, if every row has been given prefix hashes.
   */
  finish(hasArrivals: boolean, blockTokens?: number): Trace {
    const count = this.arrivals.length;
    if (count === 0) {
      throw new BadRow(
        { fileName: this.options.fileName, line: 1, column: 1 },
        "file",
        `${this.format} with at least one request`,
        this.skipped === 0 ? "" : `${this.skipped} malformed rows`,
      );
    }
    const arrivalAtSeconds = Float64Array.from(this.arrivals);
    if (this.firstDay !== undefined) {
      for (let i = 0; i < count; i++) arrivalAtSeconds[i] -= this.firstSeconds;
    }
    const column = (name: NameColumn) => this.names.get(name)?.rows.slice(0, count);
    const texts = (name: NameColumn) => [...this.names.get(name)?.ids.keys() ?? []];
    const functions = column("function");
    const classes = column("class");
    const tenants = column("tenant");
    const sessions = column("session");
    const prefix: PrefixBlocks | undefined = blockTokens === undefined ? undefined : {
      blockTokens,
      offsets: Uint32Array.from(this.offsets),
      hashes: Float64Array.from(this.hashes),
    };
    const table: RequestTable = {
      count,
      arrivalAtSeconds,
      promptTokens: Int32Array.from(this.prompts),
      outputTokens: Int32Array.from(this.outputs),
      ...(functions && { functionId: Uint16Array.from(functions) }),
      ...(classes && { classId: Uint8Array.from(classes) }),
      ...(tenants && { tenantId: Uint16Array.from(tenants) }),
      ...(sessions && { sessionId: Int32Array.from(sessions) }),
      ...(prefix && { prefix }),
    };
    return {
      table: sortByArrival(table),
      skippedRows: this.skipped,
      hasArrivals,
      functionNames: texts("function"),
      classNames: texts("class"),
      tenantNames: texts("tenant"),
    };
  }
}
