import { LIMITS, plain } from "../../sim/limits.ts";
import type { PrefixBlocks, RequestTable } from "../request_table.ts";
import { sortByArrival } from "../sort_by_arrival.ts";
import { BadRow, type Place } from "./bad_row.ts";
import { growFloats, growInts } from "./grow.ts";
import { HashIds } from "./hash_ids.ts";
import { InstantReader } from "./instants.ts";
import { countOf, TOKENS_WANTED, tokensOf } from "./numbers.ts";
import type { ArrivalWindow, FailedRule, Trace, TraceOptions } from "./trace.ts";
import type { UnitRule } from "./units.ts";

/** The optional columns of names, with the greatest number of names that a table's column can tell apart. */
const LIMITS_OF = { function: 65_536, class: 256, tenant: 65_536, session: 2 ** 31 - 1 } as const;

/** A column that holds names. */
export type NameColumn = keyof typeof LIMITS_OF;

/** Names by their number, in the order of first appearance. */
interface Names {
  readonly ids: Map<string, number>;
  readonly rows: ReturnType<typeof growInts>;
}

/** A row that is left out though it is not malformed. */
class LeftOut extends Error {}

/** What a format says of its files. */
export interface BuilderOptions extends TraceOptions {
  /** The format's name in messages: "an Azure LLM trace". */
  readonly format: string;
  /** What is done with failed calls where the user says nothing; absent: they are malformed. */
  readonly failedByDefault?: FailedRule;
}

/** What is known of a trace at its end. */
export interface FinishedTrace {
  readonly hasArrivals?: boolean;
  readonly hasLengths?: boolean;
  /** Whether numeric instants count from the beginning of a run. */
  readonly countsFromRun?: boolean;
  /** Tokens per hashed block, if every row has been given prefix hashes. */
  readonly blockTokens?: number | undefined;
  readonly binSeconds?: number | undefined;
  readonly windows?: readonly ArrivalWindow[];
  readonly hasAnonymousFunctions?: boolean;
}

/** Collects the rows of a trace and makes the table. One per file read; holds the file's state. */
export class TraceBuilder {
  readonly options: BuilderOptions;
  readonly #instants: InstantReader;
  readonly #arrivals = growFloats();
  readonly #prompts = growInts();
  readonly #outputs = growInts();
  readonly #service = growFloats();
  readonly #names = new Map<NameColumn, Names>();
  readonly #offsets = growInts();
  readonly #hashes = new HashIds();
  readonly #notes = new Set<string>();
  #failed = 0;
  #dropped = 0;
  #skipped = 0;

  /** @throws {RangeError} If `onBadRow` is neither of its values. */
  constructor(options: BuilderOptions, unit: UnitRule = { is: "s" }) {
    const { onBadRow } = options;
    if (onBadRow !== undefined && onBadRow !== "error" && onBadRow !== "skip") {
      throw new RangeError(
        `Cannot use onBadRow as "error" or "skip": current value is ${JSON.stringify(onBadRow)}`,
      );
    }
    this.options = options;
    this.#instants = new InstantReader(options.unit, unit);
    this.#offsets.push(0);
  }

  /** Requests so far. */
  get count(): number {
    return this.#arrivals.length;
  }

  /** Runs `read` for one row; a malformed row is counted if such rows are to be left out. */
  row(read: () => void): void {
    try {
      read();
    } catch (error) {
      if (error instanceof LeftOut) this.#dropped++;
      else if (this.options.onBadRow !== "skip" || !(error instanceof BadRow)) throw error;
      else this.#skipped++;
    }
  }

  /** Says once in the trace's notices what was assumed. */
  note(text: string): void {
    this.#notes.add(text);
  }

  /** The instants of a column follow another rule: its name says its unit. */
  unitIs(rule: UnitRule): void {
    this.#instants.rule = rule;
  }

  /** Seconds of an arrival: a number in the file's unit, or a date and time. */
  instant(value: unknown, place: () => Place, what: string): number {
    return this.#instants.read(value, place, what, this.count === 0);
  }

  /** Prompt length of a row. */
  promptTokens(value: unknown, place: () => Place, what: string): number {
    const tokens = tokensOf(value);
    if (tokens === 0) throw new BadRow(place(), what, TOKENS_WANTED, value);
    return tokens;
  }

  /** Output length of a row; a row without output is left out, or is of 1 token, by the rule for those. */
  outputTokens(value: unknown, place: () => Place, what: string): number {
    const tokens = tokensOf(value);
    if (tokens > 0) return tokens;
    const isNone = value !== undefined && value !== null && value !== "" && countOf(value) === 0;
    if (isNone) return this.failedCall(() => new BadRow(place(), what, TOKENS_WANTED, value));
    throw new BadRow(place(), what, TOKENS_WANTED, value);
  }

  /** Output length of a call that has failed, by the rule for those; `refused` where there is none. */
  failedCall(refused: () => BadRow): number {
    const rule = this.options.failed ?? this.options.failedByDefault;
    if (rule === undefined) throw refused();
    this.#failed++;
    if (rule === "drop") throw new LeftOut();
    this.note("failed calls, without output, are replayed with one token of it");
    return 1;
  }

  /** Adds a request; all of its values have been checked. */
  push(arrival: number, promptTokens: number, outputTokens: number): void {
    if (this.count >= LIMITS.requests.value) {
      throw new RangeError(
        `Cannot read ${this.options.fileName} as a trace of at most ${
          plain(LIMITS.requests.value)
        } requests: current value is one more (cut the file, or a part of its functions)`,
      );
    }
    this.#arrivals.push(arrival);
    this.#prompts.push(promptTokens);
    this.#outputs.push(outputTokens);
  }

  /** The time that the request pushed last spends in service, seconds. */
  service(seconds: number): void {
    this.#service.push(seconds);
  }

  /** The number of a name in its column; `push` must follow. */
  name(column: NameColumn, value: unknown, place: () => Place): void {
    let names = this.#names.get(column);
    if (names === undefined) this.#names.set(column, names = { ids: new Map(), rows: growInts() });
    const none = value === undefined || value === null || value === "";
    if (column === "session" && none) return names.rows.set(this.count, -1);
    if (none || typeof value === "object") throw new BadRow(place(), column, "a name", value);
    const text = String(value);
    let id = names.ids.get(text);
    if (id === undefined) {
      id = names.ids.size;
      if (id >= LIMITS_OF[column]) {
        throw new BadRow(place(), column, `one of at most ${LIMITS_OF[column]} names`, value);
      }
      names.ids.set(text, id);
    }
    // By index: a row that fails after this leaves its number to be overwritten by the next.
    names.rows.set(this.count, id);
  }

  /** Adds the prefix hashes of the request pushed last. */
  prefix(hashes: ArrayLike<number | string>, count: number): void {
    for (let i = 0; i < count; i++) this.#hashes.add(hashes[i]);
    this.#offsets.push(this.#hashes.length);
  }

  /** Sorts the rows and makes the table. */
  finish(format: string, finished: FinishedTrace = {}): Trace {
    const { hasArrivals = true, hasLengths = true, countsFromRun = false } = finished;
    const { blockTokens, binSeconds, windows, hasAnonymousFunctions = false } = finished;
    const { count } = this;
    if (count === 0 && windows === undefined) this.#refuseEmpty();
    const texts = (name: NameColumn) => [...this.#names.get(name)?.ids.keys() ?? []];
    const notices = [...this.#instants.notices(), ...this.#notes];
    if (this.#dropped > 0) {
      notices.push(
        `${plain(this.#dropped)} failed calls, without output, were left out ` +
          `(workload.trace.failed: prefill-only replays them)`,
      );
    }
    const table = sortByArrival(this.#table(count, blockTokens));
    const { beginSeconds } = this.#instants;
    return {
      table,
      ...(beginSeconds !== undefined && { beginSeconds }),
      format,
      skippedRows: this.#skipped,
      failedRows: this.#failed,
      hasArrivals,
      hasLengths,
      countsFromRun: countsFromRun || this.#instants.isRebased,
      ...(binSeconds !== undefined && { binSeconds }),
      ...(windows !== undefined && { windows }),
      hasAnonymousFunctions,
      functionNames: texts("function"),
      classNames: texts("class"),
      tenantNames: texts("tenant"),
      notices: notices.map((notice) => `${this.options.fileName}: ${notice}`),
    };
  }

  #refuseEmpty(): never {
    throw new BadRow(
      { fileName: this.options.fileName, line: 1, column: 1 },
      "file",
      `${this.options.format} with at least one request`,
      this.#skipped > 0
        ? `${this.#skipped} malformed rows`
        : this.#dropped > 0
        ? `${this.#dropped} failed calls`
        : "",
    );
  }

  #table(count: number, blockTokens: number | undefined): RequestTable {
    const arrivalAtSeconds = this.#arrivals.take(count);
    this.#instants.rebase(arrivalAtSeconds);
    const column = (name: NameColumn) => this.#names.get(name)?.rows.take(count);
    const [functions, classes, tenants, sessions] = [
      column("function"),
      column("class"),
      column("tenant"),
      column("session"),
    ];
    const prefix: PrefixBlocks | undefined = blockTokens === undefined ? undefined : {
      blockTokens,
      offsets: Uint32Array.from(this.#offsets.take()),
      hashes: this.#hashes.take(),
    };
    return {
      count,
      arrivalAtSeconds,
      promptTokens: this.#prompts.take(count),
      outputTokens: this.#outputs.take(count),
      ...(functions && { functionId: Uint16Array.from(functions) }),
      ...(classes && { classId: Uint8Array.from(classes) }),
      ...(tenants && { tenantId: Uint16Array.from(tenants) }),
      ...(sessions && { sessionId: sessions }),
      ...(this.#service.length > 0 && { serviceSeconds: this.#service.take(count) }),
      ...(prefix && { prefix }),
    };
  }
}
