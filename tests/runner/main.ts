/**
 * `deno task test`: deno test over all test files, the slow ones first, with a line of progress now
 * and then in place of one for each of many hundred tests. Files and folders may be named, options
 * are passed on to deno test; `--verbose` shows all that it says, `--update-durations` keeps the
 * times of the files in tests/durations.json, which the order and the forecast come from.
 *
 * @module
 */
import { relative } from "node:path";
import { type Durations, durationsText, slowestFirst, testSeconds } from "./durations.ts";
import { groupFiles, groupModule, hasSnapshots } from "./groups.ts";
import { TestProgress, timeText } from "./progress.ts";
import { type OutputLine, readLine, withoutColour } from "./read_output.ts";
import { testFiles } from "./test_files.ts";

const ROOT = new URL("../../", import.meta.url);
const DURATIONS = new URL("../durations.json", import.meta.url);
/** Options of deno test whose value may be the next argument. */
const WITH_VALUE = ["--filter", "--reporter", "--shard", "--seed", "--retry", "--repeats"];
/** Files beyond one for each core that are under way: as many wait for a process that they started. */
const WAITING_FILES = 1;
/** Time between two lines of progress that stay, milliseconds. */
const LINE_EVERY_MS = 10_000;

interface Arguments {
  readonly paths: string[];
  /** Whether nothing was named: all tests. */
  readonly isWhole: boolean;
  /** For deno test. */
  readonly options: string[];
  readonly isVerbose: boolean;
  readonly updates: boolean;
}

function readArguments(args: readonly string[]): Arguments {
  const paths: string[] = [];
  const options: string[] = [];
  for (let i = 0; i < args.length; i++) {
    if (!args[i].startsWith("-")) paths.push(args[i]);
    else options.push(...WITH_VALUE.includes(args[i]) ? args.slice(i, ++i + 1) : [args[i]]);
  }
  const own = ["--verbose", "--update-durations"];
  return {
    paths: paths.length === 0 ? ["lib", "tests"] : paths,
    isWhole: paths.length === 0,
    options: options.filter((option) => !own.includes(option)),
    isVerbose: options.includes(own[0]) ||
      options.some((option) => /^--(?:reporter|watch)/.test(option)),
    updates: options.includes(own[1]),
  };
}

function readDurations(): Durations {
  try {
    return JSON.parse(Deno.readTextFileSync(DURATIONS));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return {};
    throw error;
  }
}

/** Shows what deno test says as progress, failures as they happen, and all from their report on. */
class Report {
  #hasEnded = false;
  #shownAtMs = performance.now();
  readonly #startedAtMs = performance.now();
  readonly #isTerminal = Deno.stdout.isTerminal();
  /** What a test is just printing; undefined between such blocks. */
  #block: string[] | undefined;
  /** What the running test of each file has printed. */
  readonly #printed = new Map<string, string[]>();

  constructor(readonly progress: TestProgress, readonly isVerbose: boolean) {}

  add(raw: string): void {
    const line = readLine(withoutColour(raw));
    this.progress.add(line);
    if (line.kind === "end") this.#end();
    if (this.isVerbose || this.#hasEnded) console.log(raw);
    else if (!this.#keep(line, raw)) this.#show(line, raw);
  }

  /** Keeps what a test prints until it is known whether the test fails. */
  #keep(line: OutputLine, raw: string): boolean {
    if (line.kind === "output") this.#block = [];
    else if (line.kind === "output end") {
      const file = line.file ?? "";
      this.#printed.set(file, [...this.#printed.get(file) ?? [], ...this.#block ?? []]);
      this.#block = undefined;
    } else if (this.#block !== undefined && line.kind === "other") this.#block.push(raw);
    else return false;
    return true;
  }

  #end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    if (!this.isVerbose) this.#clear();
    const needs = [...this.progress.needs].map(([what, tests]) => `${tests} need ${what}`);
    if (needs.length > 0) console.log(`Left out: ${needs.join(", ")}`);
  }

  #show(line: OutputLine, raw: string): void {
    const printed = line.kind === "test" ? this.#printed.get(line.file ?? "") ?? [] : [];
    if (line.kind === "test") this.#printed.delete(line.file ?? "");
    // Beside tests there are errors outside of them.
    const isAside = line.kind === "other" && raw.trim() !== "" && !/ \.\.\.(?: |$)/.test(raw);
    if (isAside || (line.kind === "test" && line.outcome === "FAILED")) {
      this.#clear();
      for (const text of [...printed, raw]) console.log(text);
    }
    const nowMs = performance.now();
    if (nowMs - this.#shownAtMs < (this.#isTerminal ? 200 : LINE_EVERY_MS)) return;
    this.#shownAtMs = nowMs;
    const { tests, doneShare, failed } = this.progress;
    const left = timeText(this.progress.leftSeconds((nowMs - this.#startedAtMs) / 1000));
    const percent = Math.floor(100 * doneShare).toString().padStart(3);
    const text = `${percent} %  ${tests} tests${failed > 0 ? `, ${failed} failed` : ""}` +
      `, about ${left} left`;
    if (this.#isTerminal) Deno.stdout.writeSync(new TextEncoder().encode(`\r${text}\x1b[K`));
    else console.log(text);
  }

  #clear(): void {
    if (this.#isTerminal) Deno.stdout.writeSync(new TextEncoder().encode("\r\x1b[K"));
  }
}

/** Calls `take` with each line of a stream. */
async function eachLine(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  take: (line: string) => void,
): Promise<void> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    lines.forEach(take);
  }
  if (rest !== "") take(rest);
}

/** Passes signals on to a process until it has ended; gives its exit code. */
async function endOf(child: Deno.ChildProcess): Promise<number> {
  const signals = ["SIGINT", "SIGTERM"] as const;
  const listeners = signals.map((signal) => () => {
    // Ctrl-C reaches the child from the terminal; a second signal in that moment does no harm.
    try {
      child.kill(signal);
    } catch {
      // It has ended.
    }
  });
  signals.forEach((signal, i) => Deno.addSignalListener(signal, listeners[i]));
  const { code } = await child.status;
  signals.forEach((signal, i) => Deno.removeSignalListener(signal, listeners[i]));
  return code;
}

/** What deno test is given, and the time that each of it will take, by the name that it prints. */
interface Plan {
  readonly modules: readonly string[];
  readonly durations: Durations;
}

/**
 * Modules of the files' groups below a folder, the slow ones first. Where something is asked of deno
 * test, or the times of the files are kept, each file stands for itself.
 */
function planOf(found: readonly string[], known: Durations, folder: string | undefined): Plan {
  if (folder === undefined) return { modules: slowestFirst(found, known), durations: known };
  const durations: Record<string, number> = {};
  const modules = groupFiles(found, known, (file) => hasSnapshots(file, ROOT)).map((group) => {
    const isAlone = group.files.length === 1;
    // As deno test prints it.
    const path = decodeURIComponent(ROOT.pathname);
    const module = isAlone ? group.name : relative(path, `${folder}/${group.name}_test.ts`);
    if (!isAlone) Deno.writeTextFileSync(new URL(module, ROOT), groupModule(group, ROOT));
    durations[module] = testSeconds(group.files, known).reduce((sum, each) => sum + each);
    return module;
  });
  return { modules: slowestFirst(modules, durations), durations };
}

async function main(args: readonly string[]): Promise<number> {
  const { isWhole, options, updates } = readArguments(args);
  if (!isWhole || options.length > 0 || updates) return await runTests(args);
  const folder = await Deno.makeTempDir({ prefix: "simfaas-tests-" });
  try {
    return await runTests(args, folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** @param folder For modules of groups; absent: each file stands for itself. */
async function runTests(args: readonly string[], folder?: string): Promise<number> {
  const { paths, options, isVerbose, updates } = readArguments(args);
  let found: string[];
  try {
    found = testFiles(ROOT, paths);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    console.error(`Cannot find tests in ${paths.join(" ")}: ${error.message}`);
    return 2;
  }
  const known = readDurations();
  const { modules: files, durations } = planOf(found, known, folder);
  const cores = Number(Deno.env.get("DENO_JOBS")) || navigator.hardwareConcurrency;
  const progress = new TestProgress(files, durations, cores);
  const isPart = options.some((option) => /^--(?:filter|shard|changed|related)/.test(option));
  console.log(
    `${found.length} test files on ${cores} cores` +
      (isPart ? "" : `, about ${timeText(progress.wholeSeconds)}`) +
      "; deno task check checks the types",
  );
  const child = new Deno.Command(Deno.execPath(), {
    args: ["test", "--lock=deno.lock", "-A", "--parallel", "--no-check", ...options, ...files],
    cwd: ROOT,
    env: {
      ...Deno.stdout.isTerminal() && !Deno.noColor ? { FORCE_COLOR: "1" } : { NO_COLOR: "1" },
      DENO_JOBS: Deno.env.get("DENO_JOBS") ?? String(cores + WAITING_FILES),
    },
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const report = new Report(progress, isVerbose);
  const [code] = await Promise.all([endOf(child), eachLine(child.stdout, (l) => report.add(l))]);
  if (updates && code === 0) {
    const measured = Object.fromEntries(
      files.map((file) => [file, progress.seconds.get(file) ?? 0]),
    );
    const isWhole = args.every((argument) => argument.startsWith("-"));
    Deno.writeTextFileSync(
      DURATIONS,
      durationsText({ ...(isWhole ? {} : known), ...measured }),
    );
  }
  return code;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
