import { BEFORE_START } from "../metrics/wait_parts.ts";
import { stageLabel, type StageRow } from "../plot/mod.ts";
import { stagePlace } from "../serverless/cold_start/stages.ts";
import type { StageWaits } from "./figure_source.ts";

/** Waits below which groups by percentile would be anecdotes. */
const FEWEST_FOR_PERCENTILES = 20;
/** Functions that have a bar of their own: those with most time waited. */
const MOST_FUNCTIONS = 8;

/** Groups of waits by percentile: name, and the shares of the sorted waits where each begins and ends. */
const PERCENTILE_GROUPS = [
  ["up to p50", 0, 0.5],
  ["p50 to p90", 0.5, 0.9],
  ["p90 to p99", 0.9, 0.99],
  ["beyond p99", 0.99, 1],
] as const;

/** The wait of one request: its total, and its rows in the table. */
interface Wait {
  readonly functionId: number;
  readonly seconds: number;
  readonly fromRow: number;
  readonly toRow: number;
}

/**
 * Bars of how the waits for starts split, each the mean by stage of a group of n waits: all of them,
 * groups by percentile from 20 waits on, and the functions if there are several. Stages are in the
 * usual order of a start.
 */
export function coldStartRows(waits: StageWaits): StageRow[] {
  const all = waitsByRequest(waits);
  if (all.length === 0) return [];
  const groups: [name: string, members: readonly Wait[]][] = [[`all, n = ${all.length}`, all]];
  if (all.length >= FEWEST_FOR_PERCENTILES) {
    const sorted = all.toSorted((a, b) => a.seconds - b.seconds);
    const place = (share: number) => Math.round(share * sorted.length);
    for (const [name, from, to] of PERCENTILE_GROUPS) {
      groups.push([name, sorted.slice(place(from), place(to))]);
    }
  }
  if (waits.functionNames.length > 1) groups.push(...byFunction(all, waits.functionNames));
  const stages = waits.stageNames.toSorted((a, b) => usualPlace(a) - usualPlace(b));
  return groups.filter(([, members]) => members.length > 0).flatMap(([series, members]) => {
    const sums = new Map(stages.map((stage) => [stage, 0]));
    for (const { fromRow, toRow } of members) {
      for (let row = fromRow; row < toRow; row++) {
        const stage = waits.stageNames[waits.stage[row]];
        sums.set(stage, sums.get(stage)! + waits.waitSeconds[row]);
      }
    }
    return stages.map((stage): StageRow => ({
      panel: "",
      series,
      stage: stageLabel(stage),
      seconds: sums.get(stage)! / members.length,
    }));
  });
}

/** The waits of the functions in which most time was waited, with their names. */
function byFunction(
  all: readonly Wait[],
  names: readonly string[],
): [name: string, members: readonly Wait[]][] {
  const seconds = (waits: readonly Wait[]) => waits.reduce((sum, wait) => sum + wait.seconds, 0);
  const members = Map.groupBy(all, (wait) => wait.functionId);
  return [...members].toSorted((a, b) => seconds(b[1]) - seconds(a[1]) || a[0] - b[0])
    .slice(0, MOST_FUNCTIONS).map(([id, own]) => [`${names[id]}, n = ${own.length}`, own]);
}

function waitsByRequest({ request, functionId, waitSeconds }: StageWaits): Wait[] {
  const waits: Wait[] = [];
  for (let fromRow = 0, toRow = 0; fromRow < request.length; fromRow = toRow) {
    let seconds = 0;
    while (toRow < request.length && request[toRow] === request[fromRow]) {
      seconds += waitSeconds[toRow++];
    }
    waits.push({ functionId: functionId[fromRow], seconds, fromRow, toRow });
  }
  return waits;
}

/** What comes before a start is first. */
function usualPlace(stage: string): number {
  return stage === BEFORE_START ? -1 : stagePlace(stage);
}
