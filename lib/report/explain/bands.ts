import { LATENCY_PART_NAMES, TTFT_PART_NAMES } from "../../metrics/latency_parts.ts";
import type { LatencyPart } from "../../metrics/latency_parts.ts";
import type { LatencyPartRow } from "../../plot/mod.ts";
import type { ExplainSource } from "./explain_source.ts";

/** A latency that is split. */
export type SplitLatency = "ttft" | "e2e";

/** Requests of similar latency: name, and the shares of the sorted ones where they begin and end. */
const BANDS = [
  ["p0 to p50", 0, 0.5],
  ["p50 to p90", 0.5, 0.9],
  ["p90 to p99", 0.9, 0.99],
  ["p99 to p100", 0.99, 1],
] as const;

/** The mean split of the requests between two percentiles of a latency. */
export interface LatencyBand {
  /** The latency: time to first token, or end to end. */
  readonly latency: "ttft" | "e2e";
  /** Such as "p90 to p99"; "all" for every request. */
  readonly band: string;
  /** Requests in it, >= 1. */
  readonly requests: number;
  /** Mean of the latency, seconds: the sum of the parts. */
  readonly meanSeconds: number;
  /** Mean of each part above 0 by its name, seconds. */
  readonly parts: Readonly<Record<string, number>>;
}

/** What bands are made from. */
export type BandSource = Pick<
  ExplainSource,
  | "count"
  | "arrivalAtSeconds"
  | "firstTokenAtSeconds"
  | "completedAtSeconds"
  | "parts"
  | "measuredFromSeconds"
>;

/** Parts of each latency. */
const PARTS_OF: Readonly<Record<SplitLatency, readonly LatencyPart[]>> = {
  ttft: TTFT_PART_NAMES,
  e2e: LATENCY_PART_NAMES,
};

/**
 * The split of a latency averaged over the completed requests that arrived after the warm-up, and over
 * those between percentiles of it. A band without a request is left out.
 *
 * @param among Rows of the requests that it is of, and that percentiles are of; default: all.
 */
export function latencyBands(
  source: BandSource,
  latency: SplitLatency,
  among?: readonly number[],
): LatencyBand[] {
  const { arrivalAtSeconds, firstTokenAtSeconds, completedAtSeconds, count } = source;
  const end = latency === "ttft" ? firstTokenAtSeconds : completedAtSeconds;
  const rows: number[] = [];
  for (let i = 0; i < (among?.length ?? count); i++) {
    const row = among === undefined ? i : among[i];
    const isIn = !Number.isNaN(completedAtSeconds[row]) &&
      arrivalAtSeconds[row] >= source.measuredFromSeconds;
    if (isIn) rows.push(row);
  }
  const secondsOf = (row: number) => end[row] - arrivalAtSeconds[row];
  rows.sort((one, other) => secondsOf(one) - secondsOf(other) || one - other);
  const place = (share: number) => Math.round(share * rows.length);
  const groups: [string, number[]][] = [
    ["all", rows],
    ...BANDS.map(([name, from, to]): [string, number[]] => [
      name,
      rows.slice(place(from), place(to)),
    ]),
  ];
  return groups.filter(([, members]) => members.length > 0).map(([band, members]) => {
    const mean = (valueOf: (row: number) => number) =>
      members.reduce((sum, row) => sum + valueOf(row), 0) / members.length;
    const parts: Record<string, number> = {};
    for (const name of PARTS_OF[latency]) {
      const seconds = mean((row) => source.parts[name][row]);
      if (seconds > 0) parts[name] = seconds;
    }
    return { latency, band, requests: members.length, meanSeconds: mean(secondsOf), parts };
  });
}

/** What parts are drawn and printed together, in the order of a request's way. */
const GROUPS: readonly (readonly [name: string, parts: readonly LatencyPart[]])[] = [
  ["gateway queue", ["gateway_queue"]],
  ["start", ["start"]],
  ["engine queue", ["next_step", "budget", "kv_blocks", "sequences"]],
  ["prefill", ["prefill"]],
  ["others' prompts", ["prefill_stall", "decode_stall"]],
  ["preemptions", [
    ...["prefill_preempted", "prefill_recompute"] as const,
    ...["decode_preempted", "decode_recompute"] as const,
  ]],
  ["lost instances", ["lost", "decode_moved"]],
  ["transfers", ["kv_load", "prefill_transfer", "decode_transfer"]],
  ["static batch", ["batch"]],
  ["decode", ["decode"]],
];

/** Names of the groups that parts are drawn in, in the order of a request's way. */
export const PART_GROUPS: readonly string[] = GROUPS.map(([name]) => name);

/** The parts of a split by group, seconds; groups without a part are left out. */
export function groupedParts(
  parts: Readonly<Record<string, number>>,
): { readonly group: string; readonly seconds: number }[] {
  return GROUPS.map(([group, names]) => ({
    group,
    seconds: names.reduce((sum, name) => sum + (parts[name] ?? 0), 0),
  })).filter(({ seconds }) => seconds > 0);
}

/** The bands of the time to first token, then those of the end-to-end latency. */
export function allBands(source: BandSource, among?: readonly number[]): LatencyBand[] {
  return [...latencyBands(source, "ttft", among), ...latencyBands(source, "e2e", among)];
}

/** What a reader calls each latency. */
const TITLES: Readonly<Record<SplitLatency, string>> = {
  ttft: "Time to first token",
  e2e: "End-to-end latency",
};

/** The bars of bands: a panel for each latency, a part for each group of parts. */
export function bandRows(bands: readonly LatencyBand[]): LatencyPartRow[] {
  return bands.flatMap(({ latency, band, parts }) =>
    groupedParts(parts).map(({ group, seconds }) => ({
      panel: TITLES[latency],
      band,
      part: group,
      seconds,
    }))
  );
}
