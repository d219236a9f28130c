import type { ConcernedTests } from "./concerned_tests.ts";
import { firstFailure, measureTests, runTogether } from "./run_tests.ts";
import { copyTree } from "./tree_copy.ts";

/** Time of a test file, seconds, and a digest of all that it runs. */
interface MeasuredTime {
  readonly seconds: number;
  readonly digest: string;
}

/**
 * Time that each test file takes where nothing is wrong, seconds. Those measured before are read from
 * `path` as long as nothing has changed that they run; the others are measured in a copy of the tree.
 *
 * @param root Directory of the repository, ending in "/".
 * @param files Its files.
 * @throws {RangeError} If one of them fails without any fault.
 */
export async function testTimes(
  path: string,
  wanted: readonly string[],
  { root, files, tests, signal }: {
    readonly root: string;
    readonly files: readonly string[];
    readonly tests: ConcernedTests;
    readonly signal: AbortSignal;
  },
): Promise<ReadonlyMap<string, number>> {
  const known = readTimes(path);
  const digests = new Map<string, string>();
  for (const test of wanted) digests.set(test, await digestOf(root, tests.filesOf(test)));
  const missing = wanted.filter((test) => known.get(test)?.digest !== digests.get(test));
  if (missing.length > 0) {
    console.error(`measuring ${missing.length} test files without faults`);
    const copy = await copyTree(root, files);
    try {
      for (const [test, seconds] of await measureTests(copy.root, missing, signal)) {
        known.set(test, { seconds, digest: digests.get(test)! });
      }
      await checkTogether(copy.root, wanted, signal);
    } finally {
      await copy.remove();
    }
    await Deno.writeTextFile(path, JSON.stringify(Object.fromEntries(known), null, 1) + "\n");
  }
  return new Map(
    wanted.filter((test) => known.has(test)).map((test) => [test, known.get(test)!.seconds]),
  );
}

/** @throws {RangeError} If a test that passes alone fails beside others, without any fault. */
async function checkTogether(
  root: string,
  tests: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const { outcome, output } = await runTogether(root, tests, { silenceSeconds: 600, signal });
  if (outcome !== "failed") return;
  const { test, file } = firstFailure(output);
  throw new RangeError(`Cannot run "${test}" of ${file} as a test beside others: it fails`);
}

function readTimes(path: string): Map<string, MeasuredTime> {
  try {
    return new Map(Object.entries(JSON.parse(Deno.readTextFileSync(path))));
  } catch (error) {
    // None yet, or a file that was cut: everything is measured anew.
    if (error instanceof Deno.errors.NotFound || error instanceof SyntaxError) return new Map();
    throw error;
  }
}

async function digestOf(root: string, files: readonly string[]): Promise<string> {
  const texts = files.map((file) => `${file}\n${Deno.readTextFileSync(root + file)}`);
  const bytes = new TextEncoder().encode(texts.join("\n"));
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}
