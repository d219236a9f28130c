/** One line of deno test's output, understood. */
export type OutputLine =
  | {
    readonly kind: "test";
    /** The test's file; undefined where only an earlier line names it. */
    readonly file?: string;
    readonly outcome: "ok" | "FAILED" | "ignored";
    readonly seconds: number;
    /** What the test needs, where its name says "(needs ...)". */
    readonly needs?: string;
  }
  /** The file of the tests that follow. */
  | { readonly kind: "file"; readonly file: string }
  /** What a test has printed begins. */
  | { readonly kind: "output" }
  /** It ends; the test's file where it is said. */
  | { readonly kind: "output end"; readonly file?: string }
  /** The report of the failures, or the closing line, begins. */
  | { readonly kind: "end" }
  | { readonly kind: "other" };

const TEST =
  /^(?:(?:\.\/)?(\S+) => )?(\s*).* \.\.\. (ok|FAILED|ignored)(?: \(due to [^)]*\))?(?: \(([\dhmsµ]+)\))?$/;
const STEP = /^\S+ => .* \.\.\. .* \.\.\. (?:ok|FAILED|ignored) /;

/** Understands one line, colours removed, of the reporter "pretty". */
export function readLine(line: string): OutputLine {
  if (/^ ERRORS $/.test(line) || /^(?:ok|FAILED) \| \d+ passed/.test(line)) return { kind: "end" };
  if (/^-{7} (?:\S+ )?output -{7}$/.test(line)) return { kind: "output" };
  const end = /^(?:(?:\.\/)?(\S+) => .* \.\.\.)?-{5} (?:\S+ )?output end -{5}$/.exec(line);
  if (end) return { kind: "output end", ...(end[1] !== undefined && { file: end[1] }) };
  const running = /^running \d+ tests? from (?:\.\/)?(.+)$/.exec(line);
  if (running) return { kind: "file", file: running[1] };
  const test = TEST.exec(line);
  // A step's time is part of its test's.
  if (test === null || test[2] !== "" || STEP.test(line)) return { kind: "other" };
  const outcome = test[3] as "ok" | "FAILED" | "ignored";
  const needs = /\(needs ([^()]+)\) \.\.\. /.exec(line)?.[1];
  return {
    kind: "test",
    ...(test[1] !== undefined && { file: test[1] }),
    outcome,
    seconds: readSeconds(test[4] ?? ""),
    ...(needs !== undefined && { needs }),
  };
}

const UNITS: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 1e-3, µs: 1e-6 };

/** "1m2s", "350ms" or "12µs" in seconds; 0 for no time. */
function readSeconds(text: string): number {
  let seconds = 0;
  for (const [, count, unit] of text.matchAll(/(\d+)(ms|µs|[hms])/g)) {
    seconds += Number(count) * UNITS[unit];
  }
  return seconds;
}

/** Text without the codes that colour it. */
export function withoutColour(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replace(/\x1b\[[\d;]*m/g, "");
}
