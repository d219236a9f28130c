import { BadRow } from "./bad_row.ts";
import { FieldRows, namesOf } from "./field_rows.ts";
import type {
  FormatOptions,
  JsonFormat,
  ReadContext,
  RowReader,
  TraceEntry,
  TraceHead,
  TraceNeeds,
} from "./format.ts";
import { isRecord, type JsonRow, jsonRow, parseExactly } from "./json_row.ts";
import { ElementPieces, LinePieces, type PieceReader, trimmedLines, WholePiece } from "./pieces.ts";
import { TraceBuilder } from "./trace_builder.ts";
import type { Trace } from "./trace.ts";

/** What a reader is made with. */
export interface TraceReaderOptions extends FormatOptions {
  /** The format; absent: the one of `formats` that recognises the first row. */
  readonly format?: TraceEntry;
  /** Formats in the order in which they are asked. */
  readonly formats: readonly TraceEntry[];
}

/** The rows of an array under `requests`. */
const REQUESTS = /^\s*\{\s*"requests"\s*:\s*\[/;

/** Characters after which the first line is not waited for to see whether rows are under `requests`. */
const LOOKED_AT = 4096;

/** Names of files of JSON Lines. */
const OF_LINES = /\.(jsonl|ndjson)(\.(gz|zst))?$/i;

/** Reads a whole text of one format. */
export function readAs(format: TraceEntry, { text, options }: TraceNeeds): Trace {
  const reader = new TraceReader({ ...options, format, formats: [format] });
  reader.write(text);
  return reader.end();
}

/**
 * Reads a trace whose text comes in parts: `write` each, then `end`. What the file is shows in its
 * first row; what has been read is not kept but as columns.
 */
export class TraceReader {
  readonly #options: TraceReaderOptions;
  /** The text before it is known how it is cut into rows. */
  #head = "";
  #isFirst = true;
  #isProbe = false;
  #pieces: PieceReader | undefined;
  #format: TraceEntry | undefined;
  #builder: TraceBuilder | undefined;
  #reader: (() => RowReader<never> | undefined) | undefined;

  constructor(options: TraceReaderOptions) {
    this.#options = options;
    this.#format = options.format;
  }

  /** Takes the next part of the text. */
  write(text: string): void {
    if (this.#isFirst && text !== "") {
      this.#isFirst = false;
      if (text.charCodeAt(0) === 0xfeff) text = text.slice(1);
    }
    if (this.#pieces === undefined) {
      this.#head += text;
      this.#begin(false);
    } else this.#pieces.write(text);
  }

  /** The text is over: the trace. */
  end(): Trace {
    this.#end();
    const reader = this.#reader!();
    const trace = this.#builder!.finish(this.#format!.name, reader?.finish?.());
    const unread = reader?.unread?.() ?? [];
    return unread.length > 0 ? { ...trace, unread } : trace;
  }

  /** The format of a text, whose rows are not read. */
  formatOf(text: string): TraceEntry {
    this.#isProbe = true;
    this.write(text);
    this.#end();
    return this.#format!;
  }

  #end(): void {
    if (this.#pieces === undefined) this.#begin(true);
    this.#pieces?.end();
    if (this.#builder !== undefined) return;
    // An array without elements, or a file of nothing.
    if (this.#pieces !== undefined) return this.#open({ isArray: true }, "");
    throw new SyntaxError(
      `${this.#options.fileName}:1:1: Cannot read file as a trace: current value is an empty file`,
    );
  }

  /** Decides how the text is cut, if that shows by now. */
  #begin(isEnd: boolean): void {
    const start = /\S/.exec(this.#head)?.index;
    if (start === undefined) return;
    const end = this.#head.indexOf("\n", start);
    const first = this.#head.slice(start, end < 0 ? undefined : end).trim();
    const isWhole = isEnd || end >= 0;
    const pieces = this.#choose(first, this.#head.slice(start), isWhole);
    if (pieces === undefined) return;
    this.#pieces = pieces;
    const head = this.#head;
    this.#head = "";
    pieces.write(head);
  }

  #choose(first: string, text: string, isWhole: boolean): PieceReader | undefined {
    const { fileName } = this.#options;
    const kind = this.#format?.rows.kind;
    if (kind === "fields") return new LinePieces(this.#line);
    const isLines = this.#format?.name === "jsonl" || OF_LINES.test(fileName);
    if (first.startsWith("[")) return new ElementPieces(this.#element, true, this.#noArray);
    if (REQUESTS.test(text)) return new ElementPieces(this.#element, false, this.#noArray);
    if (!isWhole && text.length < LOOKED_AT) return undefined;
    if (!first.startsWith("{") && kind === undefined) return new LinePieces(this.#line);
    if (isLines) return trimmedLines(this.#row);
    if (!isWhole) return undefined;
    return isObject(first) || !first.startsWith("{")
      ? trimmedLines(this.#row)
      : new WholePiece(this.#row);
  }

  /** The text is not the array that it began as. */
  readonly #noArray = (wanted: string, line: number, column: number): void => {
    if (this.#isProbe) return;
    const { fileName } = this.#options;
    throw new BadRow({ fileName, line, column }, "file", `JSON with ${wanted}`, "", "another text");
  };

  readonly #element = (text: string, line: number, column: number): void =>
    this.#json(text, line, column, true);

  readonly #row = (text: string, line: number, column: number): void =>
    this.#json(text, line, column, false);

  #json(text: string, line: number, column: number, isArray: boolean): void {
    this.#open({ ...firstOf(text), isArray }, text);
    this.#take(text, line, column);
  }

  readonly #line = (text: string, line: number): void => {
    if (this.#builder === undefined) {
      this.#open({ names: namesOf(text, this.#options.delimiter), isArray: false }, text);
    }
    this.#take(text, line, 1);
  };

  /** Takes one piece; set when the format is known. */
  #take: (text: string, line: number, column: number) => void = () => {};

  /** Begins to read rows as those of the format that a first row shows. */
  #open(head: TraceHead, text: string): void {
    if (this.#builder !== undefined) return;
    const { formats, ...options } = this.#options;
    const format = this.#format ??= formats.find((one) => one.recognises(head)) ??
      formats.find((one) => one.name === genericOf(head, text))!;
    const builder = new TraceBuilder({
      ...options,
      format: format.article,
      ...(format.failed && { failedByDefault: format.failed }),
    }, format.unit);
    this.#builder = builder;
    if (this.#isProbe) return;
    const context: ReadContext = { builder, options };
    if (format.rows.kind === "fields") {
      const rows = new FieldRows(format.rows, context);
      this.#reader = () => rows.reader as RowReader<never> | undefined;
      this.#take = (line, number) => rows.line(line, number);
    } else this.#openJson(format.rows, context);
  }

  #openJson(rows: JsonFormat, context: ReadContext): void {
    const reader: RowReader<JsonRow> = rows.open(context);
    this.#reader = () => reader as RowReader<never>;
    let isKnown = false;
    const { fileName } = this.#options;
    this.#take = (text, line, column) =>
      context.builder.row(() => {
        reader.row(jsonRow(text, { fileName, line, column }, isKnown));
        isKnown = true;
      });
  }
}

function isObject(text: string): boolean {
  try {
    return isRecord(JSON.parse(text));
  } catch {
    return false;
  }
}

/** The first object of a JSON file. */
function firstOf(text: string): Pick<TraceHead, "first"> {
  try {
    const first = parseExactly(text);
    return isRecord(first) ? { first } : {};
  } catch {
    return {};
  }
}

/** The format without columns of its own that a file is in. */
function genericOf({ names, isArray }: TraceHead, text: string): string {
  if (names !== undefined) return "csv";
  return isArray || /^\s*\{\s*\n/.test(text) ? "json" : "jsonl";
}
