import type { ConcernedTests } from "./concerned_tests.ts";
import { type Fault, plant } from "./fault.ts";
import type { Trial } from "./mutation_log.ts";
import { firstFailure, runTests } from "./run_tests.ts";
import { copyTree } from "./tree_copy.ts";

/** Wall time that tests may take beyond twenty times their own, seconds: starting a process counts. */
const EXTRA_SECONDS = 30;

/** What trying faults needs. */
export interface TrialPlan {
  /** Directory of the repository, ending in "/". */
  readonly root: string;
  /** Its files. */
  readonly files: readonly string[];
  readonly tests: ConcernedTests;
  /** Time of each test file, seconds; tests that are not in it are not run. */
  readonly secondsOf: ReadonlyMap<string, number>;
  /** Copies of the tree in which faults are tried at once. */
  readonly jobs: number;
  readonly signal: AbortSignal;
  /** Told of each trial. */
  readonly onTrial: (trial: Trial) => void;
}

/** Plants one fault after the other in copies of the tree, and runs the tests that concern each. */
export async function tryFaults(faults: readonly Fault[], plan: TrialPlan): Promise<void> {
  const left = [...faults];
  const work = async () => {
    const copy = await copyTree(plan.root, plan.files);
    try {
      while (left.length > 0 && !plan.signal.aborted) {
        const trial = await tryFault(copy.root, left.shift()!, plan);
        if (trial !== undefined) plan.onTrial(trial);
      }
    } finally {
      await copy.remove();
    }
  };
  await Promise.all(Array.from({ length: Math.min(plan.jobs, faults.length) }, work));
}

/** Plants a fault, runs the tests, and takes it out again; undefined when it was stopped. */
async function tryFault(root: string, fault: Fault, plan: TrialPlan): Promise<Trial | undefined> {
  const path = root + fault.file;
  const source = await Deno.readTextFile(path);
  const tests = orderedTests(fault.file, plan);
  if (tests.length === 0) return { fault, outcome: "survived", by: "" };
  const seconds = tests.reduce((sum, test) => sum + plan.secondsOf.get(test)!, 0);
  try {
    await Deno.writeTextFile(path, plant(source, fault));
    const { outcome, output } = await runTests(root, tests, {
      limitSeconds: EXTRA_SECONDS + 20 * seconds,
      signal: plan.signal,
    });
    switch (outcome) {
      case "stopped":
        return undefined;
      case "passed":
        return { fault, outcome: "survived", by: "" };
      case "failed":
        return { fault, outcome: "caught", by: firstFailure(output) };
      case "out of time":
        return { fault, outcome, by: "" };
    }
  } finally {
    await Deno.writeTextFile(path, source);
  }
}

/** The tests that concern a source: those beside it first, then the quickest ones. */
function orderedTests(file: string, { tests, secondsOf }: TrialPlan): string[] {
  const folder = file.slice(0, file.lastIndexOf("/") + 1);
  const isFar = (test: string) => test.startsWith(folder) ? 0 : 1;
  return tests.of(file).filter((test) => secondsOf.has(test)).sort((a, b) =>
    isFar(a) - isFar(b) || secondsOf.get(a)! - secondsOf.get(b)! || (a < b ? -1 : 1)
  );
}
