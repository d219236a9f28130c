/** How a run of tests ended. */
export interface TestRun {
  readonly outcome: "passed" | "failed" | "out of time" | "stopped";
  /** What the tests printed. */
  readonly output: string;
}

/** Bound on the memory of the tests' process: a fault may fill it, megabytes. */
const HEAP_MB = 2048;

/** Name of the module, in the copy of a tree, that imports the tests of a fault. */
const TOGETHER = "mutate_together_test.ts";

/**
 * Runs test files together in a process of its own, one after the other, until the first failure. They
 * share one module graph, which is what most of their time would go into; what fails is not shrunk.
 *
 * @param root Directory of a copy of the tree, ending in "/": a module is written there.
 * @param limits As of {@linkcode runTests}.
 */
export async function runTogether(
  root: string,
  tests: readonly string[],
  limits: { readonly silenceSeconds: number; readonly signal: AbortSignal },
): Promise<TestRun> {
  await Deno.writeTextFile(root + TOGETHER, together(tests));
  return await runTests(root, [TOGETHER], limits);
}

function together(tests: readonly string[]): string {
  const files = JSON.stringify(tests.map((test) => `./${test}`));
  return `try {
  const { default: fc } = await import("fast-check");
  fc.configureGlobal({ endOnFailure: true });
} catch {
  // A tree without it has nothing to shrink.
}
for (const file of ${files}) {
  Deno.test(\`in \${file}\`, () => {});
  await import(file);
}
`;
}

/**
 * Runs test files in a process of its own, one after the other, until the first failure.
 *
 * @param root Directory of the tree that they are run in, ending in "/".
 * @param silenceSeconds Wall time without a word of theirs after which they are stopped.
 * @param signal Stops them.
 */
export async function runTests(
  root: string,
  tests: readonly string[],
  { silenceSeconds, signal, reporter = "pretty" }: {
    readonly silenceSeconds: number;
    readonly signal: AbortSignal;
    readonly reporter?: "pretty" | "junit";
  },
): Promise<TestRun> {
  if (signal.aborted) return { outcome: "stopped", output: "" };
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["test", "-A", "--no-check", "--quiet", `--v8-flags=--max-old-space-size=${HEAP_MB}`],
      ...(reporter === "pretty" ? ["--fail-fast"] : [`--reporter=${reporter}`]),
      ...tests,
    ],
    cwd: root,
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  let isLate = false;
  const kill = () => {
    try {
      child.kill("SIGKILL");
    } catch {
      // It has ended by itself.
    }
  };
  const late = () => {
    isLate = true;
    kill();
  };
  signal.addEventListener("abort", kill);
  let output = "";
  let timer = setTimeout(late, silenceSeconds * 1000);
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    output += text;
    clearTimeout(timer);
    timer = setTimeout(late, silenceSeconds * 1000);
  }
  const { success } = await child.status;
  clearTimeout(timer);
  signal.removeEventListener("abort", kill);
  if (signal.aborted) return { outcome: "stopped", output };
  return { outcome: isLate ? "out of time" : success ? "passed" : "failed", output };
}

/**
 * The first test that failed, and its file, of tests that ran together; empty texts when a file could
 * not be loaded.
 */
export function firstFailure(output: string): { readonly test: string; readonly file: string } {
  const failed = /^(.+) \.\.\. FAILED/m.exec(output);
  if (failed === null) return { test: "", file: "" };
  const files = [...output.slice(0, failed.index).matchAll(/^in (\S+_test\.ts) \.\.\. /gm)];
  return { test: failed[1], file: nameOf(files.at(-1)?.[1] ?? "") };
}

/**
 * Time that each test file takes where nothing is wrong, seconds, by file.
 *
 * @throws {RangeError} If one of them fails.
 */
export async function measureTests(
  root: string,
  tests: readonly string[],
  signal: AbortSignal,
): Promise<Map<string, number>> {
  const { outcome, output } = await runTests(root, tests, {
    // This report comes at the end alone.
    silenceSeconds: 3600,
    signal,
    reporter: "junit",
  });
  const seconds = new Map<string, number>();
  if (outcome === "stopped") return seconds;
  let file = "";
  for (const [, suite, failures, time] of output.matchAll(SUITE_OR_CASE)) {
    if (suite === undefined) {
      seconds.set(file, seconds.get(file)! + Number(time));
      continue;
    }
    file = nameOf(suite);
    seconds.set(file, 0);
    if (failures !== "0") {
      throw new RangeError(`Cannot use ${file} to find faults as a test that passes without any`);
    }
  }
  return seconds;
}

/** A test file with its number of failures, or the time of one of its tests. */
const SUITE_OR_CASE =
  /<testsuite name="([^"]+)" tests="\d+"[^>]*? failures="(\d+)"|<testcase [^>]*? time="([\d.]+)"/g;
const nameOf = (path: string) => path.replace(/^\.\//, "");
