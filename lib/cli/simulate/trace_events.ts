import type { TraceRecorder, TraceRecorderOptions } from "../../report/trace_events/mod.ts";
import type { RunResult } from "../../metrics/run_tables.ts";
import { parseQuantity } from "../../settings/units.ts";
import { showValue } from "../../std/show_value.ts";
import type { CommandArguments } from "../arguments.ts";
import { importLater } from "../import_later.ts";
import { UsageError } from "../usage_error.ts";

/**
 * What `--trace-events` and the options that refine it ask for; undefined if no timeline is wanted.
 *
 * @throws {UsageError} If a window or a length is none.
 */
export function traceEventsOf(given: CommandArguments): TraceRecorderOptions | undefined {
  const window = given.value("trace-events-window");
  const resolution = given.value("trace-events-resolution");
  if (!given.flag("trace-events") && window === undefined && resolution === undefined) {
    return undefined;
  }
  return {
    ...(window !== undefined && { windowSeconds: windowOf(window) }),
    ...(resolution !== undefined && { resolutionSeconds: resolutionOf(resolution) }),
  };
}

function windowOf(text: string): readonly [number, number] {
  const ends = text.split("..").map((end) => parseQuantity(end, "seconds"));
  const [from, to] = ends;
  if (ends.length === 2 && from >= 0 && to > from) return [from, to];
  throw new UsageError(
    `Cannot read --trace-events-window as FROM..TO with 0 <= FROM < TO, in seconds: current ` +
      `value is ${showValue(text)}`,
  );
}

function resolutionOf(text: string): number {
  const seconds = parseQuantity(text, "seconds");
  if (seconds >= 0) return seconds;
  throw new UsageError(
    `Cannot read --trace-events-resolution as 0 seconds or more: current value is ` +
      `${showValue(text)}`,
  );
}

/** A timeline to be written beside a result: its name and its bytes. */
export type TraceFile = readonly [name: string, pieces: readonly Uint8Array[]];

/** Timelines of runs, in a module that a run without one does not read. */
export function loadTraceEvents(): Promise<typeof import("../../report/trace_events/mod.ts")> {
  return importLater(import.meta.resolve("../../report/trace_events/mod.ts"));
}

/** The timeline of a result, and the result with what its reader has to know of that. */
export async function traced(
  recorder: TraceRecorder,
  result: RunResult,
): Promise<{ readonly result: RunResult; readonly trace: TraceFile }> {
  const { buildTrace, gzipped, TRACE_FILE } = await loadTraceEvents();
  const { text, notices } = buildTrace(recorder, result);
  const { engine } = result;
  return {
    result: { ...result, engine: { ...engine, notices: [...engine.notices, ...notices] } },
    trace: [TRACE_FILE, await gzipped(text())],
  };
}
