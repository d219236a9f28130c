/** A piece of a query. */
export interface Token {
  readonly kind: "name" | "number" | "duration" | "string" | "sign" | "end";
  /** As it is written; of a string what it says. */
  readonly text: string;
}

/** Why a query is not read. */
export class NotRead extends Error {
  /** @param reason For the remark on the query. */
  constructor(readonly reason: string) {
    super(reason);
    this.name = "NotRead";
  }
}

/** Longest query that is read. */
const LONGEST = 4096;

const PIECES: readonly (readonly [Token["kind"], RegExp])[] = [
  ["duration", /(?:\d+(?:ms|[smhdwy]))+(?![A-Za-z0-9_:])/y],
  ["number", /0x[0-9a-f]+|(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?(?![A-Za-z0-9_:])/iy],
  ["name", /[A-Za-z_:][A-Za-z0-9_:]*/y],
  ["sign", /=~|!~|!=|==|<=|>=|[-+*/%^<>=(){}[\],@:]/y],
];

const STRING = /"((?:[^"\\\n]|\\.)*)"|'((?:[^'\\\n]|\\.)*)'|`([^`]*)`/y;

/** Blanks and comments between pieces. */
const GAP = /(?:\s|#[^\n]*)*/y;

/**
 * The pieces of a query of Prometheus, with an "end" behind them.
 *
 * @throws {NotRead} For a text that no piece begins with.
 */
export function tokensOf(query: string): Token[] {
  if (query.length > LONGEST) throw new NotRead(`its query has more than ${LONGEST} characters`);
  const tokens: Token[] = [];
  let at = 0;
  const match = (pattern: RegExp) => {
    pattern.lastIndex = at;
    const found = pattern.exec(query);
    if (found !== null) at += found[0].length;
    return found;
  };
  for (;;) {
    match(GAP);
    if (at === query.length) break;
    const string = match(STRING);
    if (string !== null) {
      const text = string[1] ?? string[2] ?? string[3];
      tokens.push({ kind: "string", text: text.replaceAll(/\\(.)/g, "$1") });
      continue;
    }
    const from = at;
    const found = PIECES.find(([, pattern]) => match(pattern) !== null);
    if (found === undefined) throw new NotRead("its query is not one of Prometheus");
    tokens.push({ kind: found[0], text: query.slice(from, at) });
  }
  return [...tokens, { kind: "end", text: "" }];
}

const UNITS: Readonly<Record<string, number>> = {
  ms: 1e-3,
  s: 1,
  m: 60,
  h: 3600,
  d: 86400,
  w: 604800,
  y: 31536000,
};

/** A duration such as "1m30s", in seconds. */
export function durationSeconds(text: string): number {
  let seconds = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+)(ms|[smhdwy])/g)) {
    seconds += Number(amount) * UNITS[unit];
  }
  return seconds;
}
