import type { Remark } from "../../config/manifests/mod.ts";
import { LONGEST_MESSAGE, safeText, shownName } from "../../std/safe_text.ts";

/** What each kind of remark is headed with. */
const HEADS: readonly (readonly [Remark["outcome"], string])[] = [
  ["taken", "Taken over"],
  ["left", "Not taken over"],
  ["assumed", "Assumed"],
];

/** Remarks of one kind on one document that are shown; more are counted. */
const MOST_SHOWN = 200;

/** Remarks as lines: by what became of the keys, and by document. */
export function showRemarks(remarks: readonly Remark[]): string[] {
  return HEADS.flatMap(([outcome, head]) => {
    const own = remarks.filter((remark) => remark.outcome === outcome);
    if (own.length === 0) return [];
    const places = Map.groupBy(own, ({ place }) => place);
    return [
      head,
      ...[...places].flatMap(([place, group]) => [
        `  ${safeText(place)}`,
        ...shown(group).map((line) => `    ${line}`),
      ]),
    ];
  });
}

function shown(remarks: readonly Remark[]): string[] {
  const arrow = (remark: Remark) => remark.outcome === "taken" ? " -> " : ": ";
  const lines = remarks.slice(0, MOST_SHOWN).map((remark) =>
    shownName(
      remark.key === "" ? remark.text : `${remark.key}${arrow(remark)}${remark.text}`,
      LONGEST_MESSAGE,
    )
  );
  const more = remarks.length - MOST_SHOWN;
  return more > 0 ? [...lines, `and ${more} more`] : lines;
}
