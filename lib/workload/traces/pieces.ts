/** A piece of a text that holds one row: where it begins, line and column from 1. */
export type Visit = (text: string, line: number, column: number) => void;

/** Refuses a text that lacks something, or has it, at a place. */
export type Refuse = (wanted: string, line: number, column: number) => void;

/** Cuts a text that comes in parts into pieces, in order. */
export interface PieceReader {
  write(text: string): void;
  /** The text is over. */
  end(): void;
}

/** Longest piece, characters: longer ones are near what the engine holds in one string. */
const MOST_CHARACTERS = 2 ** 28;

/** Refuses a piece that is too long to be held. */
function requireRoom(characters: number, line: number): void {
  if (characters <= MOST_CHARACTERS) return;
  throw new RangeError(
    `Cannot read a trace as one of lines and rows of at most ${MOST_CHARACTERS} characters: ` +
      `current value is a longer one at line ${line}`,
  );
}

/** The lines of a text, without their ends, that hold anything but white space. */
export class LinePieces implements PieceReader {
  readonly #visit: Visit;
  #rest = "";
  #line = 0;

  constructor(visit: Visit) {
    this.#visit = visit;
  }

  write(text: string): void {
    let start = 0;
    for (;;) {
      const end = text.indexOf("\n", start);
      if (end < 0) break;
      const line = text.slice(start, end);
      this.#take(this.#rest === "" ? line : this.#rest + line);
      this.#rest = "";
      start = end + 1;
    }
    this.#rest += text.slice(start);
    requireRoom(this.#rest.length, this.#line + 1);
  }

  end(): void {
    if (this.#rest !== "") this.#take(this.#rest);
    this.#rest = "";
  }

  #take(line: string): void {
    this.#line++;
    const stop = line.charCodeAt(line.length - 1) === 13 ? line.length - 1 : line.length;
    let from = 0;
    while (from < stop && line.charCodeAt(from) <= 32) from++;
    if (from < stop) this.#visit(stop === line.length ? line : line.slice(0, stop), this.#line, 1);
  }
}

/** What white space is before the first character of a piece. */
function spaces(text: string): number {
  let from = 0;
  while (from < text.length && text.charCodeAt(from) <= 32) from++;
  return from;
}

/** The lines of a text, each from its first character on that is no white space. */
export function trimmedLines(visit: Visit): LinePieces {
  return new LinePieces((text, line) => {
    const from = spaces(text);
    visit(text.slice(from), line, from + 1);
  });
}

/**
 * The elements of the first array of a text, each from its first character on. Braces and commas in
 * strings do not count.
 */
export class ElementPieces implements PieceReader {
  readonly #visit: Visit;
  readonly #isBare: boolean;
  readonly #refuse: Refuse;
  /** Characters of the element in progress that came with earlier parts. */
  #parts: string[] = [];
  #held = 0;
  #state: "before" | "between" | "in" | "after" = "before";
  #depth = 0;
  #inString = false;
  #isEscaped = false;
  #line = 1;
  #column = 0;
  #startLine = 1;
  #startColumn = 1;

  /**
   * @param isBare Whether the array is the whole text: then nothing may come after it.
   * @param refuse Called where the text is no such array.
   */
  constructor(visit: Visit, isBare: boolean, refuse: Refuse) {
    this.#visit = visit;
    this.#isBare = isBare;
    this.#refuse = refuse;
  }

  write(text: string): void {
    let start = 0;
    for (let i = 0; i < text.length; i++) {
      const c = text.charCodeAt(i);
      this.#column++;
      if (c === 10) [this.#line, this.#column] = [this.#line + 1, 0];
      if (this.#state === "after") {
        if (this.#isBare && c > 32) {
          this.#refuse("nothing after its array", this.#line, this.#column);
        }
        continue;
      }
      if (this.#state === "before") {
        if (c === 91) this.#state = "between";
      } else if (this.#inString) {
        if (this.#isEscaped) this.#isEscaped = false;
        else if (c === 92) this.#isEscaped = true;
        else if (c === 34) this.#inString = false;
      } else if (c > 32) {
        // A comma or the array's own bracket ends an element.
        if (this.#depth === 0 && (c === 44 || c === 93)) {
          if (this.#state === "in") this.#take(text.slice(start, i));
          this.#state = c === 93 ? "after" : "between";
          continue;
        }
        if (this.#state === "between") {
          [this.#state, start] = ["in", i];
          [this.#startLine, this.#startColumn] = [this.#line, this.#column];
        }
        if (c === 34) this.#inString = true;
        else if (c === 123 || c === 91) this.#depth++;
        else if (c === 125 || c === 93) this.#depth--;
      }
    }
    if (this.#state !== "in") return;
    this.#parts.push(text.slice(start));
    this.#held += text.length - start;
    requireRoom(this.#held, this.#startLine);
  }

  end(): void {
    if (this.#state === "in") this.#take("");
    // A file that was cut off between two elements is not whole.
    if (this.#state !== "after") this.#refuse("the end of its array", this.#line, this.#column + 1);
  }

  #take(last: string): void {
    const text = this.#parts.length === 0 ? last : this.#parts.join("") + last;
    this.#parts = [];
    this.#held = 0;
    this.#depth = 0;
    this.#inString = false;
    this.#visit(text, this.#startLine, this.#startColumn);
  }
}

/** A text as one piece. */
export class WholePiece implements PieceReader {
  readonly #visit: Visit;
  #parts: string[] = [];
  #held = 0;

  constructor(visit: Visit) {
    this.#visit = visit;
  }

  write(text: string): void {
    this.#parts.push(text);
    this.#held += text.length;
    requireRoom(this.#held, 1);
  }

  end(): void {
    const text = this.#parts.join("");
    this.#parts = [];
    const from = spaces(text);
    const before = text.slice(0, from).split("\n");
    if (from < text.length) this.#visit(text.slice(from), before.length, before.at(-1)!.length + 1);
  }
}
