/** How a run of tests ended. */
export interface TestRun {
  readonly outcome: "passed" | "failed" | "out of time" | "stopped";
  /** What the tests printed. */
  readonly output: string;
}

/** Bound on the memory of the tests' process: a fault may fill it, megabytes. */
const HEAP_MB = 2048;

/**
 * Runs test files in a process of its own, one after the other, until the first failure.
 *
 * @param root Directory of the tree that they are run in, ending in "/".
 * @param limitSeconds Wall time after which they are stopped.
 * @param signal Stops them.
 */
export async function runTests(
  root: string,
  tests: readonly string[],
  { limitSeconds, signal, reporter = "pretty" }: {
    readonly limitSeconds: number;
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
    stderr: "piped",
  }).spawn();
  let isLate = false;
  const kill = () => {
    try {
      child.kill("SIGKILL");
    } catch {
      // It has ended by itself.
    }
  };
  const timer = setTimeout(() => {
    isLate = true;
    kill();
  }, limitSeconds * 1000);
  signal.addEventListener("abort", kill);
  const { success, stdout } = await child.output();
  clearTimeout(timer);
  signal.removeEventListener("abort", kill);
  const output = new TextDecoder().decode(stdout);
  if (signal.aborted) return { outcome: "stopped", output };
  return { outcome: isLate ? "out of time" : success ? "passed" : "failed", output };
}

/** Name of the first test that failed; "" when a file could not be loaded. */
export function firstFailure(output: string): string {
  return /^(.+) \.\.\. FAILED/m.exec(output)?.[1] ?? "";
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
    limitSeconds: 1800,
    signal,
    reporter: "junit",
  });
  const seconds = new Map<string, number>();
  if (outcome === "stopped") return seconds;
  for (const [, file, failures] of output.matchAll(SUITE)) {
    if (failures !== "0") {
      throw new RangeError(`Cannot use ${file} to find faults as a test that passes without any`);
    }
    seconds.set(nameOf(file), 0);
  }
  for (const [, file, time] of output.matchAll(CASE)) {
    seconds.set(nameOf(file), (seconds.get(nameOf(file)) ?? 0) + Number(time));
  }
  return seconds;
}
const SUITE = /<testsuite name="([^"]+)" tests="\d+"[^>]*? failures="(\d+)"/g;
const CASE = /<testcase name="[^"]*" classname="([^"]+)" time="([\d.]+)"/g;
const nameOf = (path: string) => path.replace(/^\.\//, "");
