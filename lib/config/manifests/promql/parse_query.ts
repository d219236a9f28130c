import { durationSeconds, NotRead, type Token, tokensOf } from "./tokens.ts";

/** A label that series have to have. */
export interface Matcher {
  readonly label: string;
  readonly sign: "=" | "!=" | "=~" | "!~";
  readonly value: string;
}

/** A query of Prometheus as it is written, without its brackets. */
export type Query =
  | { readonly kind: "number"; readonly value: number }
  | {
    readonly kind: "series";
    readonly name: string;
    readonly matchers: readonly Matcher[];
    /** Time before now, for functions of series over time. */
    readonly rangeSeconds?: number;
  }
  | { readonly kind: "call"; readonly name: string; readonly args: readonly Query[] }
  | {
    readonly kind: "aggregate";
    readonly name: string;
    readonly args: readonly Query[];
    /** Labels of which each value has its own result; absent: there is one. */
    readonly by?: readonly string[];
    readonly isWithout?: boolean;
  }
  | {
    readonly kind: "operation";
    readonly sign: string;
    readonly left: Query;
    readonly right: Query;
  };

/** Functions that make one series of several. */
const AGGREGATES = new Set(
  ("sum avg min max count group stddev stdvar topk bottomk quantile count_values limitk " +
    "limit_ratio").split(" "),
);

/** Operators by how firmly they bind, the loosest first. */
const LEVELS: readonly (readonly string[])[] = [
  ["or"],
  ["and", "unless"],
  ["==", "!=", "<", ">", "<=", ">="],
  ["+", "-"],
  ["*", "/", "%", "atan2"],
];

/** Brackets within brackets that are read. */
const DEEPEST = 64;

/**
 * Reads a query of Prometheus.
 *
 * @throws {NotRead} With the reason, for what is no query, and for what has no place in the result:
 * offsets, instants, queries over the results of queries.
 */
export function parseQuery(text: string): Query {
  return new Parser(tokensOf(text)).whole();
}

/** Reads pieces from left to right. */
class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  whole(): Query {
    const query = this.#operation(0);
    if (this.#now.kind !== "end") throw wrong();
    return query;
  }

  get #now(): Token {
    return this.#tokens[Math.min(this.#at, this.#tokens.length - 1)];
  }

  /** Takes the next piece if it is this one. */
  #takes(text: string): boolean {
    const { kind, text: own } = this.#now;
    const isIt = (kind === "sign" || kind === "name") && own.toLowerCase() === text;
    if (isIt) this.#at++;
    return isIt;
  }

  #needs(text: string): void {
    if (!this.#takes(text)) throw wrong();
  }

  #operation(level: number): Query {
    if (level === LEVELS.length) return this.#signed();
    let left = this.#operation(level + 1);
    for (;;) {
      const sign = LEVELS[level].find((one) => this.#takes(one));
      if (sign === undefined) return left;
      this.#takes("bool");
      this.#matching();
      left = { kind: "operation", sign, left, right: this.#operation(level + 1) };
    }
  }

  /** How the series of both sides find each other: of one on each side there is one way. */
  #matching(): void {
    if (this.#takes("on") || this.#takes("ignoring")) this.#labels();
    if (this.#takes("group_left") || this.#takes("group_right")) {
      if (this.#now.text === "(") this.#labels();
    }
  }

  #signed(): Query {
    if (this.#takes("+")) return this.#signed();
    if (this.#takes("-")) {
      const minusOne = { kind: "number", value: -1 } as const;
      return { kind: "operation", sign: "*", left: minusOne, right: this.#signed() };
    }
    const base = this.#behind(this.#one());
    if (!this.#takes("^")) return base;
    return { kind: "operation", sign: "^", left: base, right: this.#signed() };
  }

  /** What stands behind an expression: the time that it is of. */
  #behind(query: Query): Query {
    if (this.#takes("offset") || this.#takes("@")) {
      throw new NotRead("its query is of another time (offset, @)");
    }
    if (!this.#takes("[")) return query;
    const range = this.#now;
    this.#at++;
    if (this.#takes(":")) {
      throw new NotRead("its query is over the results of another (a subquery)");
    }
    if (range.kind !== "duration" || query.kind !== "series") throw wrong();
    this.#needs("]");
    return this.#behind({ ...query, rangeSeconds: durationSeconds(range.text) });
  }

  #one(): Query {
    const { kind, text } = this.#now;
    if (this.#takes("(")) return this.#inside();
    if (text === "{" && kind === "sign") return this.#series("");
    this.#at++;
    if (kind === "number") return { kind: "number", value: Number(text) };
    if (kind !== "name") throw wrong();
    const isCalled = this.#now.text === "(" && this.#now.kind === "sign";
    if (AGGREGATES.has(text.toLowerCase())) return this.#aggregate(text.toLowerCase());
    if (isCalled) return { kind: "call", name: text.toLowerCase(), args: this.#args() };
    if (/^\+?inf$|^nan$/i.test(text)) throw new NotRead("its query has a number that is none");
    return this.#series(text);
  }

  #inside(): Query {
    if (++this.#depth > DEEPEST) throw wrong();
    const query = this.#operation(0);
    this.#depth--;
    this.#needs(")");
    return query;
  }

  #aggregate(name: string): Query {
    const before = this.#grouping();
    const args = this.#args();
    return { kind: "aggregate", name, args, ...before ?? this.#grouping() };
  }

  #grouping(): { readonly by: readonly string[]; readonly isWithout: boolean } | undefined {
    const isWithout = this.#takes("without");
    return isWithout || this.#takes("by") ? { by: this.#labels(), isWithout } : undefined;
  }

  #args(): Query[] {
    if (++this.#depth > DEEPEST) throw wrong();
    this.#needs("(");
    const args: Query[] = [];
    while (!this.#takes(")")) {
      args.push(this.#operation(0));
      if (!this.#takes(",") && this.#now.text !== ")") throw wrong();
    }
    this.#depth--;
    return args;
  }

  #labels(): string[] {
    this.#needs("(");
    const labels: string[] = [];
    while (!this.#takes(")")) {
      if (this.#now.kind !== "name") throw wrong();
      labels.push(this.#now.text);
      this.#at++;
      if (!this.#takes(",") && this.#now.text !== ")") throw wrong();
    }
    return labels;
  }

  #series(written: string): Query {
    const matchers: Matcher[] = [];
    let name = written;
    if (this.#takes("{")) {
      while (!this.#takes("}")) {
        const matcher = this.#matcher();
        if (matcher.label === "__name__" && matcher.sign === "=") name = matcher.value;
        else matchers.push(matcher);
        if (!this.#takes(",") && this.#now.text !== "}") throw wrong();
      }
    }
    if (name === "") throw new NotRead("its query names no metric");
    return { kind: "series", name, matchers };
  }

  #matcher(): Matcher {
    const { kind, text: label } = this.#now;
    this.#at++;
    const { text: sign } = this.#now;
    // A name in quotes is the metric's own: {"vllm:num_requests_waiting"}.
    if (kind === "string" && (sign === "," || sign === "}")) {
      return { label: "__name__", sign: "=", value: label };
    }
    if ((kind !== "name" && kind !== "string") || !/^(=|!=|=~|!~)$/.test(sign)) throw wrong();
    this.#at++;
    const value = this.#now;
    if (value.kind !== "string") throw wrong();
    this.#at++;
    return { label, sign: sign as Matcher["sign"], value: value.text };
  }
}

function wrong(): NotRead {
  return new NotRead("its query is not one of Prometheus");
}
