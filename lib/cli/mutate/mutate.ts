import { type CommandOption, describeOptions, readArguments } from "../arguments.ts";
import type { Command } from "../command.ts";
import { concernedTests } from "./concerned_tests.ts";
import { describeFault, type Fault } from "./fault.ts";
import { findFaults, sampleFaults } from "./find_faults.ts";
import { describeShares, describeSurvivors, MutationLog, type Trial } from "./mutation_log.ts";
import { testTimes } from "./test_times.ts";
import { filesOfTree } from "./tree_copy.ts";
import { type TrialPlan, tryFaults } from "./try_faults.ts";
import { UsageError } from "../usage_error.ts";

const ROOT = decodeURIComponent(new URL("../../../", import.meta.url).pathname);

/** Most faults tried at once: each one's tests take a core of their own. */
const MOST_JOBS = 2;

const OPTIONS: readonly CommandOption[] = [
  { name: "count", value: "N", describe: "Faults to plant (default 50)" },
  { name: "seed", value: "S", describe: "Which of all possible ones (default 1)" },
  {
    name: "file",
    value: "FILE",
    repeats: true,
    describe: "Faults of this source alone; may stand several times",
  },
  { name: "list", describe: "Show the faults and plant none" },
  { name: "again", describe: "Try those again that have survived before" },
  { name: "jobs", value: "N", describe: `Faults tried at once, 1 to ${MOST_JOBS} (default 1)` },
  {
    name: "budget",
    value: "SECONDS",
    describe: "Time of the tests that are run for a fault, the most telling first (default 90)",
  },
  { name: "out", value: "DIR", describe: "Where to keep the trials (default results/mutation)" },
  {
    name: "at-least",
    value: "SHARE",
    describe: "Exit with 1 when a smaller share than this is caught, 0 to 1",
  },
];

/** The command "mutate". */
export const mutateCommand: Command = {
  name: "mutate",
  summary: "Plant faults in a room's sources and see whether the tests catch them",
  help:
    `Plants faults in the sources of rooms, one at a time, in a copy of the tree, and runs the tests that
import the changed file, until one fails. A fault that no test catches shows what the tests do not see.

Usage: deno task mutate ROOM... [OPTION...]

A ROOM is a folder of lib/, such as cluster or serverless/scaling, with the folders below it. Equal rooms,
seeds and sources give the same faults, and a run that was stopped goes on where it was.

${describeOptions(OPTIONS)}

Exit code: 0, or 1 with --at-least; 130 after Ctrl-C.`,
  async run(args, print) {
    const given = readArguments("mutate", args, OPTIONS);
    const number = (name: string, fallback: number, least: number, most = Infinity) =>
      readNumber(`--${name}`, given.value(name), { fallback, least, most });
    const count = number("count", 50, 1);
    const seed = number("seed", 1, 0);
    const jobs = number("jobs", 1, 1, MOST_JOBS);
    const budgetSeconds = number("budget", 90, 0);
    const atLeast = number("at-least", 0, 0, 1);
    const files = await filesOfTree(ROOT);
    const sources = sourcesOf(files, given.positional, given.values("file"));
    const faults = sampleFaults(await findFaults(ROOT, sources), count, seed);
    if (given.flag("list")) {
      for (const fault of faults) {
        print(describeFault(Deno.readTextFileSync(ROOT + fault.file), fault));
      }
      return 0;
    }
    const directory = given.value("out") ?? `${ROOT}results/mutation`;
    await Deno.mkdir(directory, { recursive: true });
    const log = new MutationLog(`${directory}/trials.jsonl`);
    const todo = faults.filter((fault) => {
      const before = log.find(fault);
      return before === undefined || (given.flag("again") && before.outcome === "survived");
    });
    const signal = untilStopped();
    await tryAll(todo, { files, jobs, budgetSeconds, signal: signal.signal, log, directory });
    signal.release();
    const trials = faults.flatMap((fault) => log.find(fault) ?? []);
    await Deno.writeTextFile(
      `${directory}/survivors.txt`,
      describeSurvivors(trials, (file) => Deno.readTextFileSync(ROOT + file)),
    );
    return report(trials, directory, print, signal.code(), atLeast);
  },
};

/** Measures the tests that concern the faults, and tries all. */
async function tryAll(
  faults: readonly Fault[],
  { files, directory, log, ...plan }:
    & Pick<TrialPlan, "files" | "jobs" | "budgetSeconds" | "signal">
    & { readonly directory: string; readonly log: MutationLog },
): Promise<void> {
  if (faults.length === 0) return;
  const { signal } = plan;
  const tests = await concernedTests(ROOT, files.filter((file) => file.endsWith("_test.ts")));
  const concerned = [...new Set(faults.flatMap(({ file }) => tests.of(file)))];
  const sources = { root: ROOT, files, tests, signal };
  const secondsOf = await testTimes(`${directory}/times.json`, concerned, sources);
  let done = 0;
  await tryFaults(faults, {
    ...plan,
    ...sources,
    secondsOf,
    earlier: log.trials,
    onTrial: (trial) => {
      log.add(trial);
      const { fault: { file, line, kind }, outcome, by } = trial;
      const place = `${file}:${line} ${kind}`;
      console.error(`${++done}/${faults.length} ${place}: ${outcome}${by && ` by "${by}"`}`);
    },
  });
}

function report(
  trials: readonly Trial[],
  directory: string,
  print: (line: string) => void,
  stopCode: number,
  atLeast: number,
): number {
  for (const line of describeShares(trials)) print(line);
  const survived = trials.filter(({ outcome }) => outcome === "survived").length;
  if (survived > 0) print(`${survived} survived: ${directory}/survivors.txt`);
  if (stopCode > 0) return stopCode;
  return trials.length > 0 && 1 - survived / trials.length < atLeast ? 1 : 0;
}

/** Stops the work at Ctrl-C, or at a request to end, so that copies of the tree are removed. */
function untilStopped() {
  const controller = new AbortController();
  let code = 0;
  const stops = [["SIGINT", 130], ["SIGTERM", 143]] as const;
  const listeners = stops.map(([name, value]) => {
    const listener = () => {
      code = value;
      controller.abort();
    };
    Deno.addSignalListener(name, listener);
    return () => Deno.removeSignalListener(name, listener);
  });
  return {
    signal: controller.signal,
    code: () => code,
    release: () => listeners.forEach((remove) => remove()),
  };
}

/** Sources of the rooms, and of the files that are named. */
function sourcesOf(
  files: readonly string[],
  rooms: readonly string[],
  named: readonly string[],
): string[] {
  if (rooms.length === 0 && named.length === 0) {
    throw new UsageError('Cannot plant faults without a ROOM: "mutate --help" shows how');
  }
  const all = files.filter((file) =>
    /^lib\/.*\.ts$/.test(file) && !/_(test|bench)\.ts$|\/mod\.ts$/.test(file)
  );
  const folders = rooms.map((room) => `lib/${room.replace(/^lib\/|\/$/g, "")}/`);
  for (const folder of folders) {
    if (!all.some((file) => file.startsWith(folder))) {
      throw new UsageError(`Cannot find a source in ${folder}`);
    }
  }
  const wanted = named.map((file) => file.replace(ROOT, "").replace(/^\.\//, ""));
  for (const file of wanted) {
    if (!all.includes(file)) throw new UsageError(`Cannot find ${file} among the sources of lib/`);
  }
  return all.filter((file) =>
    wanted.length > 0 ? wanted.includes(file) : folders.some((folder) => file.startsWith(folder))
  );
}

function readNumber(
  name: string,
  text: string | undefined,
  { fallback, least, most }: {
    readonly fallback: number;
    readonly least: number;
    readonly most: number;
  },
): number {
  if (text === undefined) return fallback;
  const value = Number(text);
  const isWhole = most === 1 && least === 0 ? true : Number.isInteger(value);
  if (text.trim() !== "" && isWhole && value >= least && value <= most) return value;
  const range = most === Infinity ? `from ${least}` : `from ${least} to ${most}`;
  throw new UsageError(`Cannot read ${name} as a number ${range}: current value is "${text}"`);
}
