import type { ConcernedTests } from "./concerned_tests.ts";
import { type Fault, plant } from "./fault.ts";
import type { Trial } from "./mutation_log.ts";
import { firstFailure, runTogether } from "./run_tests.ts";
import { copyTree } from "./tree_copy.ts";

/**
 * Wall time without a word of the tests after which a fault counts as a hang: this, seconds, and so many
 * times what the slowest of them takes in all.
 */
const PATIENCE = { seconds: 15, times: 6 };

/** What trying faults needs. */
export interface TrialPlan {
  /** Directory of the repository, ending in "/". */
  readonly root: string;
  /** Its files. */
  readonly files: readonly string[];
  readonly tests: ConcernedTests;
  /** Time of each test file, seconds; tests that are not in it are not run. */
  readonly secondsOf: ReadonlyMap<string, number>;
  /** Tests are run for each fault until they take so long together, seconds. */
  readonly budgetSeconds: number;
  /** Copies of the tree in which faults are tried at once. */
  readonly jobs: number;
  readonly signal: AbortSignal;
  /** Trials of before, which show what tests catch faults of a folder. */
  readonly earlier: Iterable<Trial>;
  /** Told of each trial. */
  readonly onTrial: (trial: Trial) => void;
}

/** Plants one fault after the other in copies of the tree, and runs the tests that concern each. */
export async function tryFaults(faults: readonly Fault[], plan: TrialPlan): Promise<void> {
  const left = [...faults];
  const catchers = new Catchers();
  for (const trial of plan.earlier) catchers.learn(trial);
  const work = async () => {
    const copy = await copyTree(plan.root, plan.files);
    try {
      while (left.length > 0 && !plan.signal.aborted) {
        const trial = await tryFault(copy.root, left.shift()!, plan, catchers);
        if (trial === undefined) break;
        catchers.learn(trial);
        plan.onTrial(trial);
      }
    } finally {
      await copy.remove();
    }
  };
  await Promise.all(Array.from({ length: Math.min(plan.jobs, faults.length) }, work));
}

/** Plants a fault, runs the tests, and takes it out again; undefined when it was stopped. */
async function tryFault(
  root: string,
  fault: Fault,
  plan: TrialPlan,
  catchers: Catchers,
): Promise<Trial | undefined> {
  const path = root + fault.file;
  const source = await Deno.readTextFile(path);
  const tests = orderedTests(fault.file, plan, catchers);
  const uncaught = { fault, by: "", byFile: "" };
  if (tests.length === 0) return { ...uncaught, outcome: "survived" };
  const slowest = Math.max(...tests.map((test) => plan.secondsOf.get(test)!));
  try {
    await Deno.writeTextFile(path, plant(source, fault));
    const { outcome, output } = await runTogether(root, tests, {
      silenceSeconds: PATIENCE.seconds + PATIENCE.times * slowest,
      signal: plan.signal,
    });
    switch (outcome) {
      case "stopped":
        return undefined;
      case "passed":
        return { ...uncaught, outcome: "survived" };
      case "failed": {
        const { test, file } = firstFailure(output);
        return { fault, outcome: "caught", by: test, byFile: file };
      }
      case "out of time":
        return { ...uncaught, outcome };
    }
  } finally {
    await Deno.writeTextFile(path, source);
  }
}

/**
 * The tests that concern a source: a test beside it that has its name, then those that have caught most
 * faults of its folder in their time, or can be expected to, as far as the budget goes.
 */
function orderedTests(file: string, plan: TrialPlan, catchers: Catchers): string[] {
  const { tests, secondsOf, budgetSeconds } = plan;
  const own = file.replace(/\.ts$/, "_test.ts");
  const folder = file.slice(0, file.lastIndexOf("/") + 1);
  const rank = (test: string) => {
    if (test === own) return Infinity;
    const prior = test.startsWith("tests/property/")
      ? PRIOR.law
      : test.startsWith(folder)
      ? PRIOR.near
      : PRIOR.far;
    const catches = catchers.count(file, test) + prior;
    return catches / (START_SECONDS + secondsOf.get(test)!);
  };
  let left = budgetSeconds;
  const fits = (test: string) => {
    const seconds = secondsOf.get(test)!;
    if (seconds > left) return false;
    left -= seconds;
    return true;
  };
  return tests.of(file).filter((test) => secondsOf.has(test))
    .sort((a, b) => rank(a) === rank(b) ? (a < b ? -1 : 1) : rank(b) - rank(a))
    .filter(fits);
}

/** What a test file takes beside its tests, seconds. */
const START_SECONDS = 0.2;

/** What is expected of a test before anything is known: laws and neighbours catch more than others. */
const PRIOR = { law: 1, near: 0.5, far: 0.05 };

/** How many faults of each folder each test file has caught so far. */
class Catchers {
  readonly #counts = new Map<string, number>();

  learn({ fault, byFile }: Trial): void {
    if (byFile === "") return;
    this.#counts.set(keyOf(fault.file, byFile), this.count(fault.file, byFile) + 1);
  }

  count(file: string, test: string): number {
    return this.#counts.get(keyOf(file, test)) ?? 0;
  }
}

const keyOf = (file: string, test: string) => `${file.slice(0, file.lastIndexOf("/"))} ${test}`;
