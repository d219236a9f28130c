import { paretoRows } from "../plot/mod.ts";
import type { Candidate } from "./candidates.ts";
import type { CheapestFound } from "./cheapest.ts";
import { evaluateAll, figureOf } from "./evaluate.ts";
import type { NamedLatency } from "./objectives.ts";
import { type Out, type RunCandidate, runOut, type SearchOptions, staticOut } from "./out.ts";
import { valueAtLeast, valueIn, valuesOf } from "./value.ts";

/** What the search for a frontier found: the cheapest first. */
export interface FrontierFound extends CheapestFound {
  /** Candidates that no other one betters in one respect without being worse in the other. */
  readonly front: readonly RunCandidate[];
}

/** Candidates that are run in one round, whatever the number of Workers. */
const ROUND = 8;
/** Share of a latency that one more instance has to gain for another one to be looked at. */
const LEAST_GAIN = 0.01;

/**
 * Finds the candidates that keep the objectives and that are worth considering where a latency is worth
 * money: no other one is both cheaper and faster. All are run once but those that a bound leaves out; of
 * fleets of fixed size no larger one is, once another instance gains less than a hundredth of the latency.
 * What is on the front is run until its intervals are known.
 */
export async function findFrontier(
  candidates: readonly Candidate[],
  options: SearchOptions & { readonly latency: NamedLatency },
): Promise<FrontierFound> {
  const { runner, rule, objectives, objective, latency } = options;
  const run = new Map<number, RunCandidate>();
  const latencyOf = ({ evaluation }: RunCandidate) =>
    figureOf(evaluation.runs, latency.path, rule.level)?.estimate ?? Infinity;
  const outOf = (candidate: Candidate): Out | undefined => {
    const own = run.get(candidate.index);
    if (own !== undefined) return runOut(own, options);
    return staticOut(candidate, options) ?? noGain(candidate, run, latencyOf);
  };
  const evaluate = async (next: readonly Candidate[], isScreening: boolean) => {
    const evaluations = await evaluateAll(
      next.map(({ config, index }) => ({
        config: config!,
        objectives,
        ...(run.has(index) && { runs: run.get(index)!.evaluation.runs }),
      })),
      runner,
      { rule, isScreening },
    );
    for (const [i, candidate] of next.entries()) {
      const evaluation = evaluations[i];
      const values = valuesOf(candidate.config!, evaluation.runs, rule.level);
      run.set(candidate.index, { candidate, evaluation, values });
    }
  };
  const atLeast = ({ facts }: Candidate) => valueAtLeast(facts!, objective) ?? Infinity;
  const ordered = candidates.filter((one) => staticOut(one, options) === undefined)
    .toSorted((a, b) => atLeast(a) - atLeast(b) || a.index - b.index);
  while (true) {
    const open = ordered.filter((one) => !run.has(one.index) && outOf(one) === undefined);
    if (open.length > 0) {
      await evaluate(oneOfEachKind(open).slice(0, ROUND), true);
      continue;
    }
    const front = frontOf(run.values(), (one) => valueIn(one.values, objective)!, latencyOf, outOf);
    const thin = front.filter(({ evaluation }) => evaluation.runs.length < rule.least);
    if (thin.length > 0) {
      await evaluate(thin.map(({ candidate }) => candidate), false);
      continue;
    }
    const [winner, runnerUp] = front;
    return {
      run,
      front,
      ...(winner && { winner }),
      ...(runnerUp && { runnerUp }),
      overturned: new Set(),
      out: outOf,
    };
  }
}

/** The smallest open member of each kind of fleets; every other candidate. */
function oneOfEachKind(open: readonly Candidate[]): Candidate[] {
  const kinds = new Map<string, Candidate>();
  for (const candidate of open) {
    const { isFixed, kind, instances } = candidate.facts!;
    const key = isFixed ? kind : `candidate ${candidate.index}`;
    const other = kinds.get(key);
    if (other === undefined || instances < other.facts!.instances) kinds.set(key, candidate);
  }
  return [...kinds.values()];
}

/** Whether the two next smaller fleets of the kind differ in the latency by too little. */
function noGain(
  { facts }: Candidate,
  run: ReadonlyMap<number, RunCandidate>,
  latencyOf: (one: RunCandidate) => number,
): Out | undefined {
  if (!facts!.isFixed) return undefined;
  const smaller = [...run.values()].filter(({ candidate: { facts: own } }) =>
    own!.isFixed && own!.kind === facts!.kind && own!.instances < facts!.instances
  ).sort((a, b) => b.candidate.facts!.instances - a.candidate.facts!.instances);
  const [last, before] = smaller.map(latencyOf);
  if (last === undefined || before === undefined || before === Infinity) return undefined;
  if (before - last >= LEAST_GAIN * before) return undefined;
  const { instances } = smaller[0].candidate.facts!;
  return { status: "dearer", reason: `more instances than ${instances} gain nothing` };
}

function frontOf(
  run: Iterable<RunCandidate>,
  valueOf: (one: RunCandidate) => number,
  latencyOf: (one: RunCandidate) => number,
  outOf: (candidate: Candidate) => Out | undefined,
): RunCandidate[] {
  const rows = [...run].filter(({ candidate }) => outOf(candidate) === undefined)
    .map((one) => ({ one, x: valueOf(one), y: latencyOf(one) }));
  return paretoRows(rows).map(({ one }) => one);
}
