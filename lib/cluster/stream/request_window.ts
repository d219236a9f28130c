import { type ColumnArray, emptyColumn } from "../../metrics/columns/column.ts";
import { OUTCOME_CODE } from "../../metrics/recorder.ts";
import { KEPT_COLUMNS } from "../../metrics/rows/page_layout.ts";
import type { RequestPages } from "../../metrics/rows/request_pages.ts";
import type { RequestColumns } from "../../metrics/run_tables.ts";
import { plain } from "../../sim/limits.ts";
import type { RequestPieces } from "../../workload/request_pieces.ts";
import type { RequestTable } from "../../workload/request_table.ts";

/**
 * Requests that may be inside at once, those included that a timer still names. Each takes 100 bytes,
 * once there are so many; where more of them wait, latencies have no end.
 */
const MOST_INSIDE = 2 ** 22;

/** What a place of the window holds. */
const PlaceState = { free: 0, inside: 1, ended: 2 } as const;

/** The columns that a workload gives, where it has them. */
const GIVEN = [
  "promptTokens",
  "outputTokens",
  "functionId",
  "classId",
  "tenantId",
  "sessionId",
] as const;

/** How a window is made. */
export interface WindowOptions {
  /** Requests that may be inside at once. */
  readonly capacity?: number;
}

/**
 * The requests that have arrived and not ended, of a workload that is drawn piece by piece. Each has a
 * place in columns of a fixed length, which the whole simulator takes for its number; its row of the
 * workload stands in `ids`. As it ends its columns go to where all rows are kept, and the place is
 * free for another, once no timer names it any more. Columns are as long as the most requests that
 * may be inside; what nobody has touched of them takes no memory.
 */
export class RequestWindow {
  /** The workload as the simulator sees it: a row for each place. */
  readonly table: RequestTable;
  /** Row of the workload of the request in each place. */
  readonly ids: Int32Array;
  /** Requests of the workload. */
  readonly count: number;
  readonly #pieces: Iterator<RequestTable>;
  readonly #closedLoopArrivals: number;
  readonly #whenTaken: ((place: number) => void)[] = [];
  #piece: RequestTable | undefined;
  /** The next row of the piece, and that of the workload. */
  #next = 0;
  #row = 0;
  /** Places that are free again, the latest last; beyond `#used` none has been used. */
  #free = new Int32Array(64);
  #freeCount = 0;
  #used = 0;
  readonly #state: Uint8Array;
  /** Timers that name each place. */
  readonly #pins: Int32Array;
  #columns: Record<string, ColumnArray> = {};
  /** Columns that are empty as a request comes, and what stands there then. */
  #emptied: readonly (readonly [ColumnArray, number])[] = [];
  #outputLimit: Int32Array = new Int32Array(0);
  #generated: Int32Array = new Int32Array(0);
  #limitOf: (functionId: number) => number = () => Infinity;
  #rows: RequestPages | undefined;

  constructor(workload: RequestPieces, options: WindowOptions = {}) {
    const { count } = workload;
    this.count = count;
    const capacity = Math.min(count, options.capacity ?? MOST_INSIDE);
    this.#pieces = workload.pieces()[Symbol.iterator]();
    this.ids = new Int32Array(capacity);
    this.#state = new Uint8Array(capacity);
    this.#pins = new Int32Array(capacity);
    this.#look();
    const { functionId, classId, tenantId, sessionId, closedLoop } = this.#piece ?? {};
    this.#closedLoopArrivals = closedLoop === undefined ? Infinity : closedLoop.concurrency;
    this.table = {
      count: capacity,
      arrivalAtSeconds: new Float64Array(capacity),
      promptTokens: new Int32Array(capacity),
      outputTokens: new Int32Array(capacity),
      ...(functionId && { functionId: new Uint16Array(capacity) }),
      ...(classId && { classId: new Uint8Array(capacity) }),
      ...(tenantId && { tenantId: new Uint16Array(capacity) }),
      ...(sessionId && { sessionId: new Int32Array(capacity) }),
      ...(closedLoop && { closedLoop }),
    };
  }

  /** Has columns of others filled in, such as what a queue order compares, as a request comes. */
  whenTaken(fill: (place: number) => void): void {
    this.#whenTaken.push(fill);
  }

  /** Requests of the workload that have been taken. */
  get taken(): number {
    return this.#row;
  }

  /** Arrival of the next request as the workload has it, seconds; Infinity when there is none. */
  get nextAtSeconds(): number {
    return this.#piece === undefined ? Infinity : this.#piece.arrivalAtSeconds[this.#next];
  }

  /**
   * Makes the columns of a run.
   *
   * @param limitOf Longest sequence of a function's model, tokens.
   */
  columnsOf(limitOf: (functionId: number) => number, rows: RequestPages): {
    readonly columns: RequestColumns;
    readonly generated: Int32Array;
    readonly outputLimit: Int32Array;
    readonly waitedFor: Int32Array;
  } {
    const { count: capacity, outputTokens: _, ...given } = this.table;
    this.#limitOf = limitOf;
    this.#rows = rows;
    this.#generated = new Int32Array(capacity);
    this.#outputLimit = new Int32Array(capacity);
    const emptied: [ColumnArray, number][] = [];
    for (const [key, column] of KEPT_COLUMNS) {
      if (key === "outputTokens") continue;
      // Nothing is written into what no request has been in.
      const own = (given as Readonly<Record<string, unknown>>)[key] as ColumnArray | undefined;
      this.#columns[key] = own ?? emptyColumn({ ...column, empty: 0 }, capacity);
      if (own === undefined) emptied.push([this.#columns[key], column.empty]);
    }
    this.#columns.outputTokens = this.#outputLimit;
    // Closed loops decide on arrivals during the run.
    if (given.closedLoop) this.#columns.arrivalAtSeconds = new Float64Array(capacity);
    this.#emptied = emptied;
    rows.takeFrom(this.#columns);
    return {
      columns: { ...this.#columns, count: capacity } as unknown as RequestColumns,
      generated: this.#generated,
      outputLimit: this.#outputLimit,
      waitedFor: this.#columns.waitedFor as Int32Array,
    };
  }

  /**
   * Takes the next request of the workload and returns its place.
   *
   * @throws {RangeError} If there are as many inside as there may be.
   */
  take(): number {
    const place = this.#freeCount > 0 ? this.#free[--this.#freeCount] : this.#newPlace();
    const piece = this.#piece!;
    const { table } = this;
    const row = this.#row++;
    const from = this.#next++;
    this.ids[place] = row;
    this.#state[place] = PlaceState.inside;
    table.arrivalAtSeconds[place] = piece.arrivalAtSeconds[from];
    for (const key of GIVEN) {
      const column = table[key];
      if (column !== undefined) column[place] = piece[key]![from];
    }
    for (const [values, empty] of this.#emptied) values[place] = empty;
    if (table.closedLoop !== undefined) {
      this.#columns.arrivalAtSeconds[place] = row < this.#closedLoopArrivals
        ? table.arrivalAtSeconds[place]
        : NaN;
    }
    const asked = table.outputTokens[place];
    const room = this.#limitOf(table.functionId?.[place] ?? 0) - table.promptTokens[place];
    // A prompt without room for any output is turned away, with its length as it was asked for.
    this.#outputLimit[place] = room > 0 ? Math.min(asked, room) : asked;
    this.#generated[place] = 0;
    for (const fill of this.#whenTaken) fill(place);
    this.#look();
    return place;
  }

  /** A timer names a request. */
  pin(place: number): void {
    this.#pins[place]++;
  }

  /** A timer that named a request is over. */
  unpin(place: number): void {
    if (--this.#pins[place] === 0 && this.#state[place] === PlaceState.ended) this.#release(place);
  }

  /** A request has ended: its row is kept, and its place is free once no timer names it. */
  ended(place: number): void {
    this.#keep(place);
    this.#state[place] = PlaceState.ended;
    if (this.#pins[place] === 0) this.#release(place);
  }

  /** The run is over: keeps the rows of those that are inside, and of those that have not come. */
  finish(): void {
    for (let place = 0; place < this.#used; place++) {
      if (this.#state[place] === PlaceState.inside) this.#keep(place);
    }
    // All places are free again: nobody asks for what they held.
    this.#state.fill(PlaceState.free, 0, this.#used);
    this.#freeCount = this.#used = 0;
    while (this.#row < this.count) {
      const place = this.take();
      this.#keep(place);
      this.#release(place);
    }
    this.#rows!.finish();
  }

  #keep(place: number): void {
    const columns = this.#columns;
    if (columns.outcome[place] !== OUTCOME_CODE.completed) {
      // What engines keep there of a request that has not completed.
      columns.completedAtSeconds[place] = NaN;
      columns.maxTbtSeconds[place] = NaN;
    }
    this.#rows!.put(this.ids[place], place);
  }

  #release(place: number): void {
    this.#state[place] = PlaceState.free;
    if (this.#freeCount === this.#free.length) {
      const larger = new Int32Array(2 * this.#free.length);
      larger.set(this.#free);
      this.#free = larger;
    }
    this.#free[this.#freeCount++] = place;
  }

  #newPlace(): number {
    const capacity = this.ids.length;
    if (this.#used < capacity) return this.#used++;
    throw new RangeError(
      `Cannot stream a run as one with at most ${
        plain(capacity)
      } requests that have arrived and not ` +
        `ended: current value is more, at row ${
          plain(this.#row)
        } of the workload (without --stream ` +
        `there is no such limit)`,
    );
  }

  /** Looks for the next row of the workload. */
  #look(): void {
    while (this.#piece === undefined || this.#next >= this.#piece.count) {
      const { done, value } = this.#pieces.next();
      if (done) {
        this.#piece = undefined;
        return;
      }
      this.#piece = value;
      this.#next = 0;
    }
  }
}
