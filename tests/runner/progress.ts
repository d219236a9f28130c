import { type Durations, expectedSeconds, wholeSeconds } from "./durations.ts";
import type { OutputLine } from "./read_output.ts";

/** How far the tests are, from what deno test has said so far. */
export class TestProgress {
  /** Time that the tests of each file have taken so far, by path, seconds. */
  readonly seconds = new Map<string, number>();
  /** Tests that have ended. */
  tests = 0;
  /** Those of them that failed. */
  failed = 0;
  /** Tests left out, by what they need. */
  readonly needs = new Map<string, number>();
  #file = "";
  readonly #expected: Map<string, number>;
  readonly #cores: number;

  /** Of files in the order in which they start, on so many cores. */
  constructor(files: readonly string[], durations: Durations, cores: number) {
    const expected = expectedSeconds(files, durations);
    this.#expected = new Map(files.map((file, i) => [file, expected[i]]));
    this.#cores = cores;
  }

  /** Expected time of all files, seconds. */
  get wholeSeconds(): number {
    return wholeSeconds([...this.#expected.values()], this.#cores);
  }

  /** Takes notice of a line. */
  add(line: OutputLine): void {
    if (line.kind === "file") this.#file = line.file;
    if (line.kind !== "test") return;
    if (line.file !== undefined) this.#file = line.file;
    this.tests++;
    if (line.outcome === "FAILED") this.failed++;
    if (line.outcome === "ignored" && line.needs !== undefined) {
      this.needs.set(line.needs, (this.needs.get(line.needs) ?? 0) + 1);
    }
    this.seconds.set(this.#file, (this.seconds.get(this.#file) ?? 0) + line.seconds);
  }

  /**
   * Share of the work that is done, 0 to 1. A file counts by what its tests have taken, as whole once
   * as many files as there are cores have begun after it and it is not one that takes long.
   */
  get doneShare(): number {
    const begun = [...this.seconds.keys()];
    let done = 0;
    let all = 0;
    for (const [file, expected] of this.#expected) {
      all += expected;
      const seconds = this.seconds.get(file);
      if (seconds === undefined) continue;
      const later = begun.length - 1 - begun.indexOf(file);
      const hasEnded = later >= 2 * this.#cores && expected < 3;
      done += hasEnded ? expected : Math.min(expected, seconds + 0.2);
    }
    return all === 0 ? 1 : done / all;
  }

  /** Expected time until the end after so much time, seconds: at the speed of this run so far. */
  leftSeconds(elapsedSeconds: number): number {
    const share = this.doneShare;
    const planned = this.wholeSeconds * (1 - share);
    if (share < 0.05) return planned;
    return elapsedSeconds / share * (1 - share);
  }
}

/** A time for people: "40 s", "3 min 20 s"; tens of seconds above a minute. */
export function timeText(seconds: number): string {
  if (seconds < 60) return `${Math.max(1, Math.round(seconds))} s`;
  const tens = Math.round(seconds / 10) * 10;
  const rest = tens % 60;
  return `${Math.floor(tens / 60)} min${rest === 0 ? "" : ` ${rest} s`}`;
}
