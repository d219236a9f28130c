import { InvariantError } from "../../sim/invariant_error.ts";
import { ARRAYS, type ColumnArray } from "../columns/column.ts";
import { pageArray, type PageColumn, type PageLayout, pageLayout } from "./page_layout.ts";
import type { PageStore } from "./page_store.ts";
import type { RequestPiece, RequestRows } from "./request_rows.ts";

/** Rows of a page: those of a row group of Parquet, 10 MB in all. */
const ROWS_PER_PAGE = 131_072;
/** Pages in memory. Requests end nearly in the order in which they came, so that few are in use. */
const PAGES_IN_MEMORY = 8;

/** How rows are kept. */
export interface PageOptions {
  /** Rows of a page, a multiple of 8. */
  readonly pageRows?: number;
  /** Pages in memory at a time, >= 1. */
  readonly pagesInMemory?: number;
}

/** Memory of a page. */
interface PageRoom {
  readonly buffer: ArrayBuffer;
  /** Its arrays in the order of the layout. */
  readonly arrays: readonly ColumnArray[];
}

/** A page that is being filled. */
interface OpenPage extends PageRoom {
  readonly page: number;
  /** Rows that it has. */
  filled: number;
  /** When it was written to last, in pages opened since. */
  usedAt: number;
}

/**
 * The rows of a run's requests where they are too many for memory. A row is put in its place as its
 * request ends; a page whose rows have all ended goes to the store, as does the one that was longest
 * without a new row when there are too many.
 */
export class RequestPages implements RequestRows {
  readonly count: number;
  readonly #store: PageStore;
  readonly #layout: PageLayout;
  readonly #mostOpen: number;
  readonly #open = new Map<number, OpenPage>();
  /** Memory of pages that have been closed, for others: what they held is overwritten row by row. */
  readonly #spare: PageRoom[] = [];
  /** Rows of pages that were put aside before they had all. */
  readonly #asideFilled = new Map<number, number>();
  /** The page of the last row. */
  #last: OpenPage | undefined;
  #uses = 0;
  #put = 0;
  /** The columns that rows are taken from, in the order of the layout. */
  #from: readonly ColumnArray[] = [];
  #view: PageView | undefined;

  /** @param count Rows in all, each of which is to be put once. */
  constructor(count: number, store: PageStore, options: PageOptions = {}) {
    this.count = count;
    this.#store = store;
    this.#layout = pageLayout(options.pageRows ?? ROWS_PER_PAGE);
    this.#mostOpen = options.pagesInMemory ?? PAGES_IN_MEMORY;
  }

  /** Rows are taken from these columns from now on, by their names in programs. */
  takeFrom(columns: Readonly<Record<string, ColumnArray>>): void {
    this.#from = this.#layout.columns.map(({ key }) => columns[key]);
  }

  /** Puts the values in a place of the columns that rows are taken from as a row. */
  put(row: number, place: number): void {
    const { rows } = this.#layout;
    const page = Math.floor(row / rows);
    const open = this.#last?.page === page ? this.#last : this.#openPage(page);
    const at = row - page * rows;
    const { arrays } = open;
    for (let i = 0; i < arrays.length; i++) arrays[i][at] = this.#from[i][place];
    this.#put++;
    if (++open.filled === this.#rowsOf(page)) this.#close(open);
  }

  /** All rows have been put: what is still in memory goes to the store. */
  finish(): void {
    for (const open of [...this.#open.values()]) this.#close(open);
    this.#spare.length = 0;
    if (this.#put === this.count && this.#asideFilled.size === 0) return;
    throw new InvariantError(`${this.#put} rows of ${this.count} requests have been put`);
  }

  *pieces(): Iterable<RequestPiece> {
    const view = new PageView(this.#layout, this.#store);
    for (let page = 0; page * this.#layout.rows < this.count; page++) {
      yield view.show(page, this.#rowsOf(page));
    }
  }

  at(row: number): RequestPiece {
    const page = Math.floor(row / this.#layout.rows);
    const view = this.#view ??= new PageView(this.#layout, this.#store);
    return view.show(page, this.#rowsOf(page));
  }

  #rowsOf(page: number): number {
    const { rows } = this.#layout;
    return Math.min(rows, this.count - page * rows);
  }

  #openPage(page: number): OpenPage {
    let open = this.#open.get(page);
    if (open === undefined) {
      if (this.#open.size >= this.#mostOpen) this.#close(this.#oldest());
      open = this.#newPage(page);
      this.#open.set(page, open);
    }
    open.usedAt = ++this.#uses;
    this.#last = open;
    return open;
  }

  #newPage(page: number): OpenPage {
    const { buffer, arrays } = this.#spare.pop() ?? this.#newRoom();
    const filled = this.#asideFilled.get(page) ?? 0;
    this.#asideFilled.delete(page);
    if (filled > 0) this.#store.read(page, 0, new Uint8Array(buffer));
    return { page, buffer, arrays, filled, usedAt: 0 };
  }

  #newRoom(): PageRoom {
    const { bytes, rows, columns } = this.#layout;
    const buffer = new ArrayBuffer(bytes);
    return { buffer, arrays: columns.map((column) => pageArray(column, buffer, rows)) };
  }

  #oldest(): OpenPage {
    let oldest: OpenPage | undefined;
    for (const open of this.#open.values()) {
      if (oldest === undefined || open.usedAt < oldest.usedAt) oldest = open;
    }
    return oldest!;
  }

  #close(open: OpenPage): void {
    const { page, buffer, arrays, filled } = open;
    this.#store.write(page, new Uint8Array(buffer));
    this.#spare.push({ buffer, arrays });
    if (filled < this.#rowsOf(page)) this.#asideFilled.set(page, filled);
    this.#open.delete(page);
    if (this.#last === open) this.#last = undefined;
  }
}

/** A page of the store, whose columns are read when somebody asks for them. */
class PageView {
  page = -1;
  first = 0;
  count = 0;
  readonly #layout: PageLayout;
  readonly #store: PageStore;

  constructor(layout: PageLayout, store: PageStore) {
    this.#layout = layout;
    this.#store = store;
    for (const column of layout.columns) {
      let room: Uint8Array | undefined;
      let shown: ColumnArray;
      let shownPage = -1;
      Object.defineProperty(this, column.key, {
        get: () => {
          if (shownPage !== this.page) {
            room ??= new Uint8Array(layout.rows * ARRAYS[column.array].BYTES_PER_ELEMENT);
            shown = this.#read(column, room);
            shownPage = this.page;
          }
          return shown;
        },
      });
    }
  }

  /** Shows another page. */
  show(page: number, rows: number): RequestPiece {
    this.page = page;
    this.first = page * this.#layout.rows;
    this.count = rows;
    return this as unknown as RequestPiece;
  }

  /** A column of the page, as many rows of it as there are. */
  #read({ array, offset }: PageColumn, room: Uint8Array): ColumnArray {
    const bytes = room.subarray(0, this.count * ARRAYS[array].BYTES_PER_ELEMENT);
    this.#store.read(this.page, offset, bytes);
    return new ARRAYS[array](room.buffer as ArrayBuffer, 0, this.count);
  }
}
