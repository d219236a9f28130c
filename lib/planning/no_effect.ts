import type { KeptRun } from "../experiment/sweep/mod.ts";
import type { Candidate } from "./candidates.ts";
import type { Runner } from "./evaluate.ts";
import type { Factor } from "./factors.ts";
import type { RunCandidate } from "./out.ts";

/** Levels at most that are run beside one another where no candidates show what a factor does. */
const MOST_PROBED = 4;

/**
 * Factors that change nothing, by their paths: candidates that differ in one alone give one and the same
 * run, to the last figure. Where no two such candidates were run, some of them are, each with one seed.
 *
 * @param base The candidate beside which others are run: the choice, where there is one.
 */
export async function factorsWithoutEffect(
  factors: readonly Factor[],
  candidates: readonly Candidate[],
  { run, base, runner }: {
    readonly run: ReadonlyMap<number, RunCandidate>;
    readonly base: Candidate | undefined;
    readonly runner: Runner;
  },
): Promise<string[]> {
  const found: string[] = [];
  for (const { path, levels } of factors) {
    if (levels.length < 2) continue;
    const known = [...run.values()].map(({ candidate, evaluation }) => ({
      candidate,
      run: evaluation.runs[0],
    }));
    const isAlike = comparison(known, path) ??
      (base && await probe(path, base, candidates, runner));
    if (isAlike === true) found.push(path);
  }
  return found;
}

/** Whether candidates that differ in a factor alone have equal runs; undefined: there are no two. */
function comparison(
  known: readonly { readonly candidate: Candidate; readonly run: KeptRun }[],
  path: string,
): boolean | undefined {
  const groups = Map.groupBy(known, ({ candidate }) => besides(candidate, path));
  const compared = [...groups.values()].filter((group) => group.length > 1);
  if (compared.length === 0) return undefined;
  return compared.every((group) => new Set(group.map(({ run }) => fingerprint(run))).size === 1);
}

async function probe(
  path: string,
  base: Candidate,
  candidates: readonly Candidate[],
  runner: Runner,
): Promise<boolean | undefined> {
  const others = candidates.filter((one) =>
    one.config !== undefined && one !== base && besides(one, path) === besides(base, path)
  ).slice(0, MOST_PROBED);
  if (others.length === 0 || base.config === undefined) return undefined;
  const runs = await runner.run([base, ...others].map(({ config }) => config!));
  return runs.every((one) => fingerprint(one) === fingerprint(runs[0]));
}

/** The levels of all factors but one. */
function besides({ levels }: Candidate, path: string): string {
  return JSON.stringify(Object.entries(levels).filter(([own]) => own !== path));
}

/** All that a run has shown. */
function fingerprint({ figures, endAtSeconds, error = "" }: KeptRun): string {
  return JSON.stringify([Object.entries(figures).sort(), endAtSeconds, error]);
}
