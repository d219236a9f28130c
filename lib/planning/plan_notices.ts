import { buildCluster } from "../run/cluster.ts";
import type { Candidate } from "./candidates.ts";
import type { InputsOf } from "./inputs.ts";
import type { PlanRow } from "./plan_result.ts";

/** What a reader of the rows should know. */
export function rowNotices(candidates: readonly Candidate[], rows: readonly PlanRow[]): string[] {
  const unpriced = [
    ...new Set(
      candidates.flatMap(({ facts, index }) =>
        rows[index].status === "unpriced" ? facts?.unpriced ?? "no price is known" : []
      ),
    ),
  ];
  const close = rows.filter(({ status }) => status === "close").length;
  return [
    ...unpriced.map((reason) => `not ranked: ${reason}`),
    ...(close === 0
      ? []
      : [`${close} candidates lie within their intervals of a limit after the most seeds`]),
  ];
}

/**
 * Sentences on factors without effect, and what a run of the choice says of itself before it begins: what
 * is assumed, ignored or priced.
 *
 * @param paths Factors without effect.
 * @param base The candidate that says why, and `isChoice` whether it is chosen.
 */
export async function choiceNotices(
  paths: readonly string[],
  base: Candidate | undefined,
  { inputsOf, isChoice }: { readonly inputsOf: InputsOf; readonly isChoice: boolean },
): Promise<string[]> {
  if (base?.config === undefined) return [];
  const { notices } = await buildCluster(base.config, inputsOf(base.config));
  const why = (path: string) =>
    notices.find((notice) => notice.includes(path))?.replace(`${path} has no effect: `, "");
  const ineffective = paths.map((path) =>
    `the factor ${path} has no effect: its levels give one and the same run` +
    (why(path) === undefined ? "" : ` (${why(path)})`)
  );
  const others = notices.filter((notice) => !paths.some((path) => notice.includes(path)));
  return [...ineffective, ...(isChoice ? others.map((notice) => `of the choice: ${notice}`) : [])];
}
