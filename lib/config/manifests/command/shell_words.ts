/**
 * Just enough of a shell to find a server's command in a line or a script: words, quotes, variables,
 * and where one command ends and the next begins. Nothing is run.
 *
 * @module
 */

/** Stands in a word for what only the shell itself could know. */
export const UNKNOWN = "\u{f8ff}";

/** The words of each simple command of a script, in order. */
export type Commands = readonly (readonly string[])[];

/** Variables by name. They may be added to by assignments of the script. */
export type Variables = Map<string, string>;

/**
 * Splits a script into simple commands and these into words, with quotes taken off and variables
 * replaced. What cannot be known (`$(...)`, a variable without a value) is {@linkcode UNKNOWN}.
 * Redirections are passed over.
 */
export function shellCommands(script: string, variables: Variables = new Map()): Commands {
  const scanner = new Scanner(script, variables);
  return scanner.commands();
}

/**
 * The quote that a script opens and does not close, such as `"`; undefined where all are
 * closed. Texts that a script holds as they are (`<<END`) may have any, and are not looked at.
 */
export function openQuote(script: string): string | undefined {
  if (script.includes("<<")) return undefined;
  const scanner = new Scanner(script, new Map());
  scanner.commands();
  return scanner.open;
}

/** Reads a script from left to right. */
class Scanner {
  readonly #text: string;
  readonly #variables: Variables;
  #at = 0;
  readonly #commands: string[][] = [];
  #words: string[] = [];
  #word: string | undefined;
  #skipsNext = false;
  /** What was opened and not closed. */
  open: string | undefined;

  constructor(text: string, variables: Variables) {
    this.#text = text;
    this.#variables = variables;
  }

  commands(): Commands {
    while (this.#at < this.#text.length) this.#step();
    this.#endCommand();
    return this.#commands;
  }

  #step(): void {
    const character = this.#text[this.#at];
    if (character === "\\") this.#escape();
    else if (character === "'") this.#single();
    else if (character === '"') this.#double();
    else if (character === "$") this.#add(this.#dollar());
    else if (character === "`") {
      this.#skipTo("`");
      this.#add(UNKNOWN);
    } else if (character === "#" && this.#word === undefined) this.#skipLine();
    else if (character === "<" || character === ">") this.#redirection();
    else if (/[;&|\n()]/.test(character)) {
      this.#at++;
      this.#endCommand();
    } else if (/\s/.test(character)) {
      this.#at++;
      this.#endWord();
    } else {
      this.#at++;
      this.#add(character);
    }
  }

  #add(text: string): void {
    this.#word = (this.#word ?? "") + text;
  }

  #endWord(): void {
    if (this.#word === undefined) return;
    if (!this.#skipsNext) this.#words.push(this.#word);
    this.#skipsNext = false;
    this.#word = undefined;
  }

  #endCommand(): void {
    this.#endWord();
    this.#skipsNext = false;
    if (this.#words.length > 0) {
      const words = assigned(this.#words, this.#variables);
      if (words.length > 0) this.#commands.push(words);
    }
    this.#words = [];
  }

  #escape(): void {
    const next = this.#text[this.#at + 1];
    // A backslash before the end of a line joins it with the next one.
    const joins = this.#text.slice(this.#at, this.#at + 3).match(/^\\\r?\n/);
    if (joins !== null) this.#at += joins[0].length;
    else {
      this.#add(next ?? "");
      this.#at += 2;
    }
  }

  #single(): void {
    const end = this.#text.indexOf("'", this.#at + 1);
    if (end === -1) this.open ??= "'";
    const to = end === -1 ? this.#text.length : end;
    this.#add(this.#text.slice(this.#at + 1, to));
    this.#at = to + 1;
  }

  #double(): void {
    this.#at++;
    this.#add("");
    while (this.#at < this.#text.length && this.#text[this.#at] !== '"') {
      const character = this.#text[this.#at];
      if (character === "\\" && /["$\\`\n]/.test(this.#text[this.#at + 1] ?? "")) {
        if (this.#text[this.#at + 1] !== "\n") this.#add(this.#text[this.#at + 1]);
        this.#at += 2;
      } else if (character === "$") this.#add(this.#dollar(true));
      else if (character === "`") {
        this.#skipTo("`");
        this.#add(UNKNOWN);
      } else {
        this.#add(character);
        this.#at++;
      }
    }
    if (this.#at >= this.#text.length) this.open ??= '"';
    this.#at++;
  }

  /** What stands for `$NAME`, `${NAME}`, `${NAME:-otherwise}` or `$(...)`. */
  #dollar(isQuoted = false): string {
    const rest = this.#text.slice(this.#at, this.#at + 4096);
    // $'...' has escapes of its own; what they stand for is of no flag that is read.
    const ansi = isQuoted ? null : /^\$'(?:[^'\\]|\\[^])*'/.exec(rest);
    if (ansi !== null) {
      this.#at += ansi[0].length;
      return UNKNOWN;
    }
    const plain = /^\$([A-Za-z_]\w*)/.exec(rest);
    const braced = /^\$\{([A-Za-z_]\w*)(?::?[-=]([^{}]*))?\}/.exec(rest);
    const match = plain ?? braced;
    if (match !== null) {
      this.#at += match[0].length;
      return this.#variables.get(match[1]) ?? braced?.[2] ?? UNKNOWN;
    }
    if (rest.startsWith("$(")) {
      this.#skipParentheses();
      return UNKNOWN;
    }
    this.#at++;
    return rest.startsWith("${") ? UNKNOWN : "$";
  }

  #skipParentheses(): void {
    let depth = 0;
    for (; this.#at < this.#text.length; this.#at++) {
      if (this.#text[this.#at] === "(") depth++;
      if (this.#text[this.#at] === ")" && --depth === 0) break;
    }
    this.#at++;
  }

  #skipTo(end: string): void {
    const found = this.#text.indexOf(end, this.#at + 1);
    if (found === -1) this.open ??= end;
    this.#at = found === -1 ? this.#text.length : found + 1;
  }

  #skipLine(): void {
    const end = this.#text.indexOf("\n", this.#at);
    this.#at = end === -1 ? this.#text.length : end;
  }

  /** `2>&1`, `> file`, `< file`: the number before and the word after are of the redirection. */
  #redirection(): void {
    if (/^\d$/.test(this.#word ?? "")) this.#word = undefined;
    this.#endWord();
    const match = /^[<>]+&?/.exec(this.#text.slice(this.#at, this.#at + 8))!;
    this.#at += match[0].length;
    this.#skipsNext = true;
    while (this.#text[this.#at] === " ") this.#at++;
  }
}

/** Words of a command that lead to another one. */
const LEADING = /^(exec|nohup|time|then|do|else|env|command|sudo|export|if|while)$/;

/** A command without its assignments, which are noted, and without words that lead to it. */
function assigned(words: readonly string[], variables: Variables): string[] {
  let first = 0;
  for (; first < words.length; first++) {
    const match = /^([A-Za-z_]\w*)=([^]*)$/.exec(words[first]);
    if (match !== null) {
      if (!match[2].includes(UNKNOWN)) variables.set(match[1], match[2]);
    } else if (!LEADING.test(words[first])) break;
  }
  return words.slice(first);
}
