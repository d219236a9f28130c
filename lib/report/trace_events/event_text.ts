/** Nanoseconds: the least that a viewer tells apart. Equal instants stay equal, order stays order. */
export function nanoseconds(seconds: number): number {
  return Math.round(seconds * 1e9);
}

/** Something on a track: a slice, or a mark in a slice. */
export interface TrackItem {
  /** Start and end, nanoseconds; a mark has no end. */
  readonly atNs: number;
  readonly endNs?: number;
  readonly text: string;
}

/** Longest name that is written whole, characters. */
const LONGEST_NAME = 60;

/** A name as JSON in plain ASCII, cut where it is too long: as many bytes as characters. */
export function nameText(name: string): string {
  const cut = name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 3)}...` : name;
  return JSON.stringify(cut).replaceAll(
    /[^ -~]/g,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/**
 * A time in microseconds, to the nanosecond. Perfetto multiplies it by 1,000 and cuts off what is behind
 * the point. Where rounding leaves that product below the nanosecond, half of one is added: else one of
 * 170 times would be short by one, slices would overlap, and Perfetto drops what overlaps.
 *
 * @param ns Whole, from 0 on.
 */
export function micros(ns: number): string {
  const rest = ns % 1000;
  if (rest === 0) return String(ns / 1000);
  const text = `${(ns - rest) / 1000}.${String(rest).padStart(3, "0")}`;
  return Math.trunc(ns / 1000 * 1000) === ns ? text : `${text}5`;
}

/** Arguments of an event: numbers, truths and names. */
export type EventArguments = Readonly<Record<string, number | boolean | string | undefined>>;

function argumentText(values: EventArguments): string {
  const parts: string[] = [];
  for (const [key, value] of Object.entries(values)) {
    if (value === undefined) continue;
    parts.push(`"${key}":${typeof value === "string" ? nameText(value) : value}`);
  }
  return `{${parts.join(",")}}`;
}

/** A slice of a track: a complete event. */
export function slice(
  [pid, tid]: readonly [number, number],
  [startNs, endNs]: readonly [number, number],
  category: string,
  name: string,
  values: EventArguments = {},
): TrackItem {
  const text = `{"name":${nameText(name)},"cat":"${category}","ph":"X","ts":${micros(startNs)},` +
    `"dur":${micros(endNs - startNs)},"pid":${pid},"tid":${tid},"args":${argumentText(values)}}`;
  return { atNs: startNs, endNs, text };
}

/** A mark on a track: an instant event. */
export function instant(
  [pid, tid]: readonly [number, number],
  atNs: number,
  name: string,
): TrackItem {
  const text = `{"name":${nameText(name)},"cat":"life","ph":"i","s":"t","ts":${micros(atNs)},` +
    `"pid":${pid},"tid":${tid}}`;
  return { atNs, text };
}

/** One end of an arrow between slices: it starts in one ("s") and lands in another ("f"). */
export function flowEnd(
  [pid, tid]: readonly [number, number],
  atNs: number,
  phase: "s" | "f",
  id: number,
): TrackItem {
  const binds = phase === "f" ? `"bp":"e",` : "";
  const text = `{"name":"transfer","cat":"transfer","ph":"${phase}",${binds}"id":${id},` +
    `"ts":${micros(atNs)},"pid":${pid},"tid":${tid}}`;
  return { atNs, text };
}

/** Values of the counters of one name from an instant on. */
export function counter(pid: number, atNs: number, name: string, values: EventArguments): string {
  return `{"name":${nameText(name)},"ph":"C","ts":${micros(atNs)},"pid":${pid},` +
    `"args":${argumentText(values)}}`;
}

/** The name of a process, and its place among the others. */
export function* processText(pid: number, name: string): Generator<string> {
  yield `{"name":"process_name","ph":"M","pid":${pid},"args":{"name":${nameText(name)}}}`;
  yield `{"name":"process_sort_index","ph":"M","pid":${pid},"args":{"sort_index":${pid}}}`;
}

/** The name of a track, and its place in its process. */
export function* threadText(
  [pid, tid]: readonly [number, number],
  name: string,
): Generator<string> {
  const where = `"ph":"M","pid":${pid},"tid":${tid},`;
  yield `{"name":"thread_name",${where}"args":{"name":${nameText(name)}}}`;
  yield `{"name":"thread_sort_index",${where}"args":{"sort_index":${tid}}}`;
}

/** Slices in order, outer ones first; marks behind the slices that begin with them. */
export function inOrder(items: readonly TrackItem[]): TrackItem[] {
  return items.toSorted((one, other) =>
    one.atNs - other.atNs || (other.endNs ?? -1) - (one.endNs ?? -1)
  );
}
