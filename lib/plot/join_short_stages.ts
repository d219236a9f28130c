import type { StageRow } from "./cold_start_stages.ts";

/** What stages are called that are too short to be told apart. */
export const OTHER_STAGES = "other stages";

/** Stages that have a colour of their own; one more is left for the others. */
const MOST_STAGES = 9;

/**
 * Joins the stages that no reader could see: those below `smallestShare` of the longest bar in every
 * bar, and the shortest ones beyond nine.
 *
 * @param smallestShare 0..1.
 * @returns The rows, those of the joined stages last, and the stages in the order of the stack.
 */
export function joinShortStages(
  rows: readonly StageRow[],
  smallestShare = 0.02,
): { readonly rows: StageRow[]; readonly stages: string[] } {
  const bars = new Map<string, number>();
  const longestOf = new Map<string, number>();
  for (const row of rows) {
    const { stage, seconds } = row;
    bars.set(barOf(row), (bars.get(barOf(row)) ?? 0) + seconds);
    longestOf.set(stage, Math.max(longestOf.get(stage) ?? 0, seconds));
  }
  const smallest = smallestShare * Math.max(0, ...bars.values());
  const seen = [...longestOf].filter(([, seconds]) => seconds > 0 && seconds >= smallest);
  const kept = new Set(
    seen.toSorted((a, b) => b[1] - a[1]).slice(0, MOST_STAGES).map(([stage]) => stage),
  );
  const stages = [...longestOf.keys()].filter((stage) => kept.has(stage));
  const joined = new Map<string, StageRow>();
  const drawn = rows.flatMap((row): StageRow[] => {
    if (kept.has(row.stage)) return [row];
    const bar = barOf(row);
    const seconds = (joined.get(bar)?.seconds ?? 0) + row.seconds;
    joined.set(bar, { ...row, stage: OTHER_STAGES, seconds });
    return [];
  });
  return { rows: [...drawn, ...joined.values()], stages: [...stages, OTHER_STAGES] };
}

function barOf({ panel, series }: StageRow): string {
  return `${panel}\n${series}`;
}
