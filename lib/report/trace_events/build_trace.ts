import type { RunResult } from "../../metrics/run_tables.ts";
import { InvariantError } from "../../sim/invariant_error.ts";
import { InstanceCounters, runCounters } from "./counters.ts";
import {
  inOrder,
  nanoseconds,
  processText,
  slice,
  threadText,
  type TrackItem,
} from "./event_text.ts";
import { type InstanceTrack, instanceTracks } from "./instance_tracks.ts";
import { clipped } from "./lanes.ts";
import { DECODES, PREFILLS, type StepRow } from "./step_rows.ts";
import type { TraceRecorder } from "./trace_recorder.ts";
import { processName, RUN_PID, type Track, TrackNumbers } from "./tracks.ts";
import { transferTracks } from "./transfer_tracks.ts";

/** Name of the file in a directory of results. */
export const TRACE_FILE = "trace.json.gz";

/** What of a run's result a timeline is made from. */
export type TraceSource = Pick<RunResult, "timeSeries" | "functionNames">;

/** A timeline, ready to be written. */
export interface BuiltTrace {
  /** Bytes of the JSON text, at most the recorder's `maxBytes`. */
  readonly bytes: number;
  /** What is left out or coarser than the run was, for its reader. */
  readonly notices: readonly string[];
  /** The JSON text in pieces of plain ASCII; the same ones at each call. */
  text(): Generator<string>;
}

/** Bytes that the name of a track and its place take, about. */
const TRACK_BYTES = 200;

/** Bytes that the counters of an interval of the time series may take. */
const INTERVAL_BYTES = 700;

/**
 * Makes the timeline of a run that a recorder was told of. Equal runs give equal bytes. The text is
 * measured before it is written: as long as it is too long, more steps share a slice or fewer
 * instances are drawn.
 *
 * @throws {RangeError} If no run has ended for the recorder.
 */
export function buildTrace(recorder: TraceRecorder, source: TraceSource): BuiltTrace {
  const { maxBytes, record } = recorder;
  const mostIntervals = Math.max(1, Math.floor(maxBytes / 4 / INTERVAL_BYTES));
  const every = Math.ceil(source.timeSeries.count / mostIntervals);
  for (;;) {
    const drawing = draw(recorder, source, Math.max(1, every));
    let bytes = 0;
    for (const piece of drawing.text()) bytes += piece.length;
    if (bytes <= maxBytes) {
      return { bytes, text: drawing.text, notices: notices(recorder, drawing.leftOut, every) };
    }
    if (drawing.lifeBytes > maxBytes / 2 && recorder.halveInstances()) continue;
    const rowsThatFit = recorder.rows.count * maxBytes / bytes;
    do {
      if (recorder.reduce()) continue;
      throw new InvariantError(`a timeline of one instance takes ${bytes} bytes`, {
        atSeconds: record.endAtSeconds,
      });
    } while (recorder.rows.count > rowsThatFit);
  }
}

/** Compresses a text; equal texts give equal bytes, since no time of writing is in them. */
export async function gzipped(pieces: Iterable<string>): Promise<Uint8Array[]> {
  const encoder = new TextEncoder();
  const iterator = pieces[Symbol.iterator]();
  const text = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      const { done, value } = iterator.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
  });
  return await Array.fromAsync(text.pipeThrough(new CompressionStream("gzip")));
}

interface Drawing {
  readonly text: () => Generator<string>;
  /** Instances and pools' members that are left out. */
  readonly leftOut: number;
  /** Bytes of lives, starts and transfers. */
  readonly lifeBytes: number;
}

function draw(recorder: TraceRecorder, source: TraceSource, every: number): Drawing {
  const numbers = new TrackNumbers();
  const instances = instanceTracks(recorder, source.functionNames, numbers);
  const transfers = transferTracks(recorder, instances, numbers);
  const rows = recorder.rows.byInstance();
  const cuts = Map.groupBy(recorder.cuts, ({ instanceId }) => instanceId);
  function* events(): Generator<string> {
    yield* names([...instances.tracks, ...instances.lanes, ...transfers], recorder);
    yield* runCounters(source.timeSeries, recorder.windowSeconds, every);
    // Arrows begin on tracks of transfers and land on those of starts: readers take both as they come.
    for (const { items } of transfers) yield* texts(items);
    for (const track of instances.tracks) {
      const own = (rows.get(track.instanceId) ?? []).map((row) => recorder.rows.at(row));
      const counters = new InstanceCounters(track.pid, track.instanceId);
      const items: TrackItem[] = [...track.items];
      for (const row of own) {
        const item = stepSlice(track, row, recorder.windowSeconds);
        if (item === undefined) continue;
        items.push(item);
        yield* counters.begin(row, item.atNs, item.endNs!);
      }
      yield* counters.end();
      for (const { startAtSeconds, endAtSeconds } of cuts.get(track.instanceId) ?? []) {
        const part = clipped(startAtSeconds, endAtSeconds, recorder.windowSeconds)!;
        const span = [nanoseconds(part.start), nanoseconds(part.end)] as const;
        items.push(slice([track.pid, track.tid], span, "step", "step that never ends"));
      }
      yield* texts(items);
    }
    for (const { items } of instances.lanes) yield* texts(items);
  }
  const lives = [...instances.tracks, ...instances.lanes, ...transfers];
  const lifeBytes = lives.reduce(
    (sum, { items }) => items.reduce((bytes, { text }) => bytes + text.length, sum + TRACK_BYTES),
    0,
  );
  return { text: () => pieces(recorder, events()), leftOut: instances.leftOut, lifeBytes };
}

function* texts(items: readonly TrackItem[]): Generator<string> {
  for (const { text } of inOrder(items)) yield text;
}

/** Names of all processes and tracks. */
function* names(tracks: readonly Track[], { record }: TraceRecorder): Generator<string> {
  const hasMachines = record.lives.some(({ ranks }) => ranks !== undefined);
  const pids = [...new Set([RUN_PID, ...tracks.map(({ pid }) => pid)])];
  for (const pid of pids.sort((one, other) => one - other)) {
    yield* processText(pid, processName(pid, hasMachines));
  }
  for (const { pid, tid, name } of tracks) yield* threadText([pid, tid], name);
}

/** The slice of a row of steps. */
function stepSlice(
  { pid, tid }: InstanceTrack,
  row: StepRow,
  window: readonly [number, number],
): TrackItem | undefined {
  const part = clipped(row.startAtSeconds, row.endAtSeconds, window);
  if (part === undefined) return undefined;
  const span = [nanoseconds(part.start), nanoseconds(part.end)] as const;
  return slice([pid, tid], span, "step", stepName(row), {
    steps: row.steps,
    batch: row.batch,
    prefill_tokens: row.prefillTokens,
    decode_tokens: row.decodeTokens,
    waiting: row.waiting,
    kv_blocks: row.kvBlocks,
    ...(row.slices > 1 && { slices: row.slices, busy_s: Number(row.busySeconds.toPrecision(9)) }),
    ...(part.isClipped && { cut_by_window: true, whole_start_s: row.startAtSeconds }),
  });
}

/** Few names, so that a viewer gives each a colour of its own. */
function stepName({ kinds, slices }: StepRow): string {
  if (slices > 1) return "steps";
  if (kinds === PREFILLS) return "prefill";
  return kinds === DECODES ? "decode" : "prefill and decode";
}

/** The whole text, in pieces of some length. */
function* pieces({ rows, windowSeconds }: TraceRecorder, events: Iterable<string>) {
  const [from, to] = windowSeconds;
  const about = {
    format: "simfaasinfer-trace/1",
    resolution_s: rows.resolutionSeconds,
    ...(to < Infinity || from > 0 ? { window_s: `${from}..${to}` } : {}),
  };
  let piece = `{"displayTimeUnit":"ms","otherData":${JSON.stringify(about)},"traceEvents":[\n`;
  let isFirst = true;
  for (const event of events) {
    piece += isFirst ? event : `,\n${event}`;
    isFirst = false;
    if (piece.length < PIECE) continue;
    yield piece;
    piece = "";
  }
  yield `${piece}\n]}\n`;
}

/** Characters of a piece. */
const PIECE = 65_536;

/** What a reader of the drawing has to know. */
function notices(recorder: TraceRecorder, leftOut: number, every: number): string[] {
  const { rows, isCoarser, transfersLeftOut, maxBytes, record, windowSeconds: [from] } = recorder;
  const size = `so that it stays below ${Math.round(maxBytes / 1e4) / 100} MB before compression`;
  const shorter = "--trace-events-window FROM..TO draws a shorter time in full";
  return [
    ...(from > 0 && from >= record.endAtSeconds
      ? [
        `${TRACE_FILE} is empty: --trace-events-window begins at ${from} s, the run ended at ` +
        `${Number(record.endAtSeconds.toPrecision(6))} s`,
      ]
      : []),
    ...(isCoarser
      ? [
        `${TRACE_FILE} draws steps of an instance that begin within the same ` +
        `${rows.resolutionSeconds} s as one slice, ${size}; ${shorter}`,
      ]
      : []),
    ...(leftOut > 0
      ? [
        `${TRACE_FILE} leaves out ${leftOut} of the ${record.lives.length} instances and pools' ` +
        `members, those with the greatest numbers, ${size}; ${shorter}`,
      ]
      : []),
    ...(transfersLeftOut > 0
      ? [
        `${TRACE_FILE} leaves out ${transfersLeftOut} transfers, the last ones, ${size}; ${shorter}`,
      ]
      : []),
    ...(every > 1
      ? [`${TRACE_FILE} has counters over ${every} intervals of the time series each, ${size}`]
      : []),
  ];
}
