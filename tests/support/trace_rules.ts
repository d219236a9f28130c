import { deepEqual, equal, ok } from "#assert";

/** An event of a trace, as the format's description has its fields. */
export interface TraceEvent {
  readonly name: string;
  readonly cat?: string;
  readonly ph: string;
  readonly ts?: number;
  readonly dur?: number;
  readonly pid: number;
  readonly tid?: number;
  readonly id?: number;
  readonly bp?: string;
  readonly s?: string;
  readonly args?: Readonly<Record<string, unknown>>;
}

/** A slice with whole nanoseconds. */
interface Slice {
  readonly start: number;
  readonly end: number;
  readonly event: TraceEvent;
}

/**
 * Nanoseconds of a time in microseconds, as Perfetto's importer of JSON has them: it multiplies by 1,000
 * and cuts off the rest, which must be nothing or half a nanosecond.
 */
function whole(microseconds: number | undefined, event: TraceEvent): number {
  ok(typeof microseconds === "number" && microseconds >= 0, JSON.stringify(event));
  const ns = Math.trunc(microseconds * 1000.0);
  const rest = microseconds * 1000 - ns;
  const rounding = 1e-3 + 1e-15 * ns;
  ok(rest < rounding || Math.abs(rest - 0.5) < rounding, JSON.stringify(event));
  return ns;
}

/**
 * Checks a text against what the description of Chrome's trace events and Perfetto's importer ask for,
 * and returns its events: processes and tracks with one name each; on each track times that never go
 * back, and slices that lie inside one another or apart; flows that begin and land in slices of
 * different tracks, once each and forwards; counters of numbers.
 */
export function checkTrace(text: string): TraceEvent[] {
  const { traceEvents, displayTimeUnit } = JSON.parse(text) as {
    traceEvents: TraceEvent[];
    displayTimeUnit: string;
  };
  equal(displayTimeUnit, "ms");
  ok(/^[\n -~]*$/.test(text), "plain ASCII");
  const tracks = namedTracks(traceEvents);
  const slices = new Map<string, Slice[]>();
  const open = new Map<string, Slice[]>();
  const last = new Map<string, number>();
  for (const event of traceEvents) {
    const { ph, pid, tid, name } = event;
    if (ph === "M") continue;
    ok(["X", "i", "s", "f", "C"].includes(ph), `phase ${ph}`);
    const at = whole(event.ts, event);
    const place = ph === "C" ? `counter ${name} of ${pid}` : `${pid} ${tid}`;
    ok(at >= (last.get(place) ?? 0), `time goes back: ${JSON.stringify(event)}`);
    last.set(place, at);
    ok(tracks.has(ph === "C" ? `${pid}` : place), `no name: ${JSON.stringify(event)}`);
    if (ph === "C") counts(event);
    if (ph === "i") equal(event.s, "t");
    if (ph !== "X") continue;
    const slice = { start: at, end: at + whole(event.dur, event), event };
    const around = open.get(place) ?? [];
    while (around.length > 0 && around.at(-1)!.end <= at) around.pop();
    const outer = around.at(-1);
    ok(outer === undefined || slice.end <= outer.end, `overlaps: ${JSON.stringify(event)}`);
    open.set(place, [...around, slice]);
    slices.set(place, [...(slices.get(place) ?? []), slice]);
  }
  checkFlows(traceEvents, slices);
  return traceEvents;
}

/** Processes and tracks that have a name and a place in the order, each once. */
function namedTracks(events: readonly TraceEvent[]): Set<string> {
  const named = { process_name: new Set<string>(), thread_name: new Set<string>() };
  const sorted = { process_sort_index: new Set<string>(), thread_sort_index: new Set<string>() };
  const tids = new Set<number>();
  for (const { ph, name, pid, tid, args } of events) {
    if (ph !== "M") continue;
    ok(Number.isInteger(pid) && pid > 0);
    const isProcess = name.startsWith("process");
    const place = isProcess ? `${pid}` : `${pid} ${tid}`;
    const seen = { ...named, ...sorted }[name as keyof (typeof named & typeof sorted)];
    ok(seen !== undefined && !seen.has(place), `${name} of ${place}`);
    seen.add(place);
    if (name.endsWith("_name")) ok(typeof args?.name === "string" && args.name !== "");
    else ok(Number.isInteger(args?.sort_index));
    if (name !== "thread_name") continue;
    ok(Number.isInteger(tid) && !tids.has(tid!), `number ${tid} of two tracks`);
    tids.add(tid!);
  }
  deepEqual(named.process_name, sorted.process_sort_index);
  deepEqual(named.thread_name, sorted.thread_sort_index);
  for (const track of named.thread_name) ok(named.process_name.has(track.split(" ")[0]));
  return new Set([...named.process_name, ...named.thread_name]);
}

function counts({ args }: TraceEvent): void {
  const values = Object.values(args ?? {});
  ok(values.length > 0 && values.every((value) => Number.isFinite(value) && value as number >= 0));
}

function checkFlows(events: readonly TraceEvent[], slices: ReadonlyMap<string, Slice[]>): void {
  checkBinding(events);
  const ends = Map.groupBy(events.filter(({ ph }) => ph === "s" || ph === "f"), ({ id }) => id);
  for (const [id, both] of ends) {
    const [start, landing] = both;
    // In this order in the file: who reads it from front to back knows the start when it lands.
    deepEqual(both.map(({ ph }) => ph), ["s", "f"], `flow ${id}`);
    equal(landing.bp, "e");
    ok(start.ts! <= landing.ts!, `flow ${id} goes back`);
    ok(start.tid !== landing.tid, `flow ${id} stays where it is`);
    for (const event of both) {
      const at = whole(event.ts, event);
      const under = slices.get(`${event.pid} ${event.tid}`) ?? [];
      ok(
        under.some((slice) => slice.start <= at && at < slice.end),
        `flow ${id} is in no slice: ${JSON.stringify(event)}`,
      );
    }
  }
}

/**
 * Walks through the events as Perfetto's importer does, by time and then by their order in the file: an
 * end of a flow binds to the slice that began last on its track, which has to be the one around it, and
 * a landing finds its start.
 */
function checkBinding(events: readonly TraceEvent[]): void {
  const inTime = events.filter(({ ts }) => ts !== undefined)
    .toSorted((one, other) => whole(one.ts, one) - whole(other.ts, other));
  const newest = new Map<number, TraceEvent>();
  const begun = new Set<number>();
  for (const event of inTime) {
    const { ph, tid, id } = event;
    if (ph === "X") newest.set(tid!, event);
    if (ph !== "s" && ph !== "f") continue;
    const slice = newest.get(tid!);
    ok(slice !== undefined, `no slice has begun: ${JSON.stringify(event)}`);
    const end = whole(slice.ts, slice) + whole(slice.dur, slice);
    ok(whole(event.ts, event) < end, `the slice is over: ${JSON.stringify(event)}`);
    if (ph === "s") begun.add(id!);
    else ok(begun.has(id!), `lands before it begins: ${JSON.stringify(event)}`);
  }
}
