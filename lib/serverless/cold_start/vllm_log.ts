import { contentKind } from "../../std/content_kind.ts";

/** What a start-up log of vLLM says of one start; times in seconds. */
export interface VllmLog {
  /** Version of vLLM, such as "0.8.5"; null when no line says it. */
  readonly version: string | null;
  /** Model as the log names it; null when no line does. */
  readonly model: string | null;
  /** GPUs of the instance, >= 1. */
  readonly ranks: number;
  /** Memory that the model takes on one GPU, GiB. */
  readonly gibPerRank: number;
  /** Whole starts in the log; the last one is this. */
  readonly starts: number;
  /** From the first line to the one that says that it is ready; NaN when lines have no times. */
  readonly totalSeconds: number;
  /** Whether compiled graphs came from a cache. */
  readonly isCompileCached: boolean;
  /** Time of each stage in order; those that the log does not have are absent. */
  readonly stages: ReadonlyMap<VllmLogStage, number>;
}

/** Stages that a log's lines tell apart. */
export type VllmLogStage =
  | "runtime_import"
  | "collective_init"
  | "weights_fetch"
  | "weights_load"
  | "model_init"
  | "between_lines"
  | "compile"
  | "kv_profile"
  | "graph_capture"
  | "warmup"
  | "register";

/** Lines with the seconds that they say, of the V0 and V1 engines (0.6 to 0.15). */
const TIMES = {
  download: /Time spent downloading weights for .*: ([\d.]+) seconds/,
  load: /Loading weights took ([\d.]+) seconds/,
  model: /Model loading took [\d.]+ Gi?B(?: memory)? and ([\d.]+) s/,
  dynamo: /Dynamo bytecode transform time: ([\d.]+) s/,
  graph: /Compiling a graph for .* takes ([\d.]+) s/,
  cachedGraph: /Directly load the compiled graph.* took ([\d.]+) s/,
  compile: /torch\.compile (?:takes|took) ([\d.]+) s in total/,
  profile: /Memory profiling takes ([\d.]+) seconds/,
  capture: /Graph capturing finished in ([\d.]+) sec/,
  engine: /init engine \(.*\) took ([\d.]+) s/,
} as const;
type TimedLine = keyof typeof TIMES;

const MODEL_SIZE = /(?:Model loading|Loading model weights) took ([\d.]+) Gi?B/;
const BEGINS =
  /Automatically detected platform|vLLM API server version|Initializing an? (?:V\d )?LLM engine/;
const ENGINE_BEGINS = /Initializing an? (?:V\d )?LLM engine \(v([^)]+)\) with config: (.*)/;
const LOAD_BEGINS = /Starting to load model/;
const READY =
  /Starting vLLM (?:API )?server|Available routes are|Uvicorn running|Application startup complete/;
const CACHED = /Directly load the compiled graph/;
const AT = /\b(?:DEBUG|INFO|WARNING|ERROR) (\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)\b/;
const PROCESS = /\([^()]*\bpid=\d+[^()]*\)/g;
// deno-lint-ignore no-control-regex -- colours of a terminal
const COLOURS = /\x1b\[[\d;]*m/g;
const YEAR_SECONDS = 366 * 86_400;

/** What is gathered of one start. */
interface Gathered {
  version: string | null;
  model: string | null;
  ranks: number;
  gibPerRank: number;
  isCompileCached: boolean;
  /** Sum of each kind of line by process, seconds. */
  readonly times: Map<TimedLine, Map<string, number>>;
  /** Instants, seconds; NaN until known. */
  firstAt: number;
  engineBeginsAt: number;
  loadBeginsAt: number;
  loadedAt: number;
  engineEndsAt: number;
  readyAt: number;
}

function nothing(): Gathered {
  return {
    version: null,
    model: null,
    ranks: 1,
    gibPerRank: NaN,
    isCompileCached: false,
    times: new Map(),
    firstAt: NaN,
    engineBeginsAt: NaN,
    loadBeginsAt: NaN,
    loadedAt: NaN,
    engineEndsAt: NaN,
    readyAt: NaN,
  };
}

/**
 * Reads a start-up log of vLLM (V0 or V1 engine, one or several processes, as a file or as a container
 * prints it). Of several starts in it the last whole one counts; what workers say beside each other
 * counts once, by the slowest.
 *
 * @throws {SyntaxError} If it has no line of a start, or no start comes to its end.
 */
export function readVllmLog(text: string): VllmLog {
  let start = nothing();
  let [whole, starts, known, at] = [null as Gathered | null, 0, 0, NaN];
  const finish = () => {
    if (!isWhole(start)) return;
    whole = start;
    starts++;
  };
  for (const raw of text.split(/\r?\n/)) {
    const line = raw.replaceAll(COLOURS, "");
    at = instantOf(line, at);
    if (BEGINS.test(line) && isWhole(start)) {
      finish();
      start = nothing();
    }
    if (gather(start, line, at)) known++;
  }
  finish();
  if (whole === null) {
    const why = known === 0
      ? "no line of a start in it"
      : "no start in it comes to its end: the model loaded, the engine ready";
    throw new SyntaxError(
      `Cannot read the file as a start-up log of vLLM (${why}): current value is ` +
        (text.trim() === "" ? "empty" : contentKind(text)),
    );
  }
  return logOf(whole, starts);
}

/** Instant of a line, seconds; that of the line before where it has none. */
function instantOf(line: string, before: number): number {
  const found = AT.exec(line);
  if (found === null) return before;
  const [month, day, hour, minute, second] = found.slice(1).map(Number);
  const at = Date.UTC(2000, month - 1, day, hour, minute, second) / 1000;
  // Lines have no year: far before the last one is the year after.
  return at < before - YEAR_SECONDS / 2 ? at + YEAR_SECONDS : at;
}

/** Takes over what a line says; false when it says nothing of a start. */
function gather(start: Gathered, line: string, at: number): boolean {
  if (Number.isNaN(start.firstAt)) start.firstAt = at;
  let isKnown = false;
  for (const kind of Object.keys(TIMES) as TimedLine[]) {
    const found = TIMES[kind].exec(line);
    if (found === null) continue;
    isKnown = true;
    const process = (line.match(PROCESS) ?? []).join("");
    const times = start.times.get(kind) ?? new Map<string, number>();
    start.times.set(kind, times.set(process, (times.get(process) ?? 0) + Number(found[1])));
    if (kind === "engine") start.engineEndsAt = at;
  }
  if (CACHED.test(line)) start.isCompileCached = isKnown = true;
  const size = MODEL_SIZE.exec(line);
  if (size !== null) {
    start.gibPerRank = Math.max(Number(size[1]), start.gibPerRank || 0);
    start.loadedAt = at;
    return true;
  }
  const engine = ENGINE_BEGINS.exec(line);
  if (engine !== null) {
    start.version = engine[1];
    start.model = /\bmodel='([^']*)'/.exec(engine[2])?.[1] ?? null;
    const degree = (name: string) => Number(new RegExp(`${name}=(\\d+)`).exec(engine[2])?.[1] ?? 1);
    start.ranks = degree("tensor_parallel_size") * degree("pipeline_parallel_size");
    if (Number.isNaN(start.engineBeginsAt)) start.engineBeginsAt = at;
    return true;
  }
  if (LOAD_BEGINS.test(line)) {
    if (Number.isNaN(start.loadBeginsAt)) start.loadBeginsAt = at;
    return true;
  }
  if (READY.test(line)) {
    if (Number.isNaN(start.readyAt) && !Number.isNaN(start.gibPerRank)) start.readyAt = at;
    return true;
  }
  return isKnown;
}

/** Whether the model is loaded and what comes after it has ended. */
function isWhole({ gibPerRank, times, readyAt }: Gathered): boolean {
  return gibPerRank > 0 &&
    (times.has("engine") || times.has("capture") || !Number.isNaN(readyAt));
}

/** The longest that any process says, seconds; NaN when none does. */
function longest({ times }: Gathered, ...kinds: readonly TimedLine[]): number {
  const sums = new Map<string, number>();
  for (const kind of kinds) {
    for (const [process, seconds] of times.get(kind) ?? []) {
      sums.set(process, (sums.get(process) ?? 0) + seconds);
    }
  }
  return sums.size === 0 ? NaN : Math.max(...sums.values());
}

function logOf(start: Gathered, starts: number): VllmLog {
  const { version, model, ranks, gibPerRank, isCompileCached, firstAt } = start;
  const { engineBeginsAt, loadBeginsAt, loadedAt, engineEndsAt, readyAt } = start;
  const fetch = longest(start, "download");
  const loading = firstKnown(longest(start, "model"), loadedAt - loadBeginsAt, 0);
  const load = firstKnown(longest(start, "load"), loading - firstKnown(fetch, 0), 0);
  // Some versions leave out of the sum what comes from the cache.
  const compile = firstKnown(
    Math.max(longest(start, "compile") || 0, longest(start, "dynamo", "graph", "cachedGraph") || 0),
    0,
  );
  const [profile, capture] = [longest(start, "profile"), longest(start, "capture")];
  const lastAt = firstKnown(readyAt, engineEndsAt);
  const engine = firstKnown(
    longest(start, "engine"),
    // Old versions do not sum it up.
    compile + firstKnown(profile, 0) + firstKnown(capture, 0),
  );
  const rest = engine - compile - firstKnown(capture, 0);
  const stages = new Map<VllmLogStage, number>();
  const add = (stage: VllmLogStage, seconds: number) => {
    if (seconds > 0) stages.set(stage, seconds);
  };
  add("runtime_import", firstKnown(engineBeginsAt, loadBeginsAt) - firstAt);
  add("collective_init", loadBeginsAt - engineBeginsAt);
  add("weights_fetch", fetch);
  add("weights_load", load);
  add("model_init", loading - firstKnown(fetch, 0) - load);
  const early = sumOf(stages);
  const late = [
    ["compile", compile],
    // V0 says how long the profile took; in V1 it is what is left of the engine.
    ["kv_profile", Number.isNaN(profile) ? rest : Math.min(rest, profile - compile)],
    ["graph_capture", capture],
    ["warmup", Number.isNaN(profile) ? 0 : rest - Math.max(0, profile - compile)],
  ] as const;
  const lateSum = late.reduce((sum, [, seconds]) => sum + Math.max(0, seconds || 0), 0);
  const between = firstKnown(engineEndsAt, lastAt) - firstAt - early - lateSum;
  // Lines have whole seconds: less than that is none.
  if (between >= 1.5) add("between_lines", between);
  for (const [stage, seconds] of late) add(stage, seconds);
  add("register", readyAt - engineEndsAt);
  return {
    version,
    model,
    ranks,
    gibPerRank,
    starts,
    totalSeconds: lastAt - firstAt,
    isCompileCached,
    stages,
  };
}

function firstKnown(...values: readonly number[]): number {
  return values.find((value) => !Number.isNaN(value)) ?? NaN;
}

function sumOf(stages: ReadonlyMap<string, number>): number {
  return [...stages.values()].reduce((sum, seconds) => sum + seconds, 0);
}
