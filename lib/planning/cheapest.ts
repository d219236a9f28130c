import type { Candidate } from "./candidates.ts";
import { evaluateAll, type Evaluation } from "./evaluate.ts";
import {
  isSameKind,
  type Out,
  type RunCandidate,
  runOut,
  type SearchOptions,
  siblingOut,
  staticOut,
} from "./out.ts";
import { valueAtLeast, valueIn, valuesOf, valueText } from "./value.ts";

/** What the search found. */
export interface CheapestFound {
  /** What was run, by the candidate's index. */
  readonly run: ReadonlyMap<number, RunCandidate>;
  /** Absent: nothing keeps the objectives. */
  readonly winner?: RunCandidate;
  /** The next cheapest of another kind. */
  readonly runnerUp?: RunCandidate;
  /** The winner's runs on seeds that chose nothing. */
  readonly validation?: Evaluation;
  /** Candidates that looked like the winner until they ran on fresh seeds. */
  readonly overturned: ReadonlySet<number>;
  /** Why a candidate was not run, or does not count; undefined: it counts. */
  out(candidate: Candidate): Out | undefined;
}

/**
 * Kinds that are looked at in one round. The search is the same for any number of Workers, so that this
 * is no matter of how many there are.
 */
const ROUND = 4;
/** Share of the time in which the instances of the first size of a kind that is run would be busy. */
const BUSY_SHARE = 0.6;
/** From the seeds of the search to those of the validation. */
export const FRESH_SEEDS = 1_000_000;

/**
 * Finds the cheapest candidate that keeps the objectives, and the next one. Kinds of fleets are looked at
 * by what they cost at least; of one kind, whose members differ in the number of instances alone, the
 * smallest that keeps the objectives is found by halving. What a bound shows to be too slow or too dear is
 * not run; the winner and the next one always are. The winner has to keep the objectives on fresh seeds as
 * well; one that does not is no winner, and the search goes on.
 */
export async function findCheapest(
  candidates: readonly Candidate[],
  options: SearchOptions,
): Promise<CheapestFound> {
  const { runner, rule, objectives } = options;
  const search = new Search(candidates, options);
  while (true) {
    for (let next = search.next(); next.length > 0; next = search.next()) {
      const evaluations = await evaluateAll(
        next.map(({ config }) => ({ config: config!, objectives })),
        runner,
        { rule, isScreening: true },
      );
      for (const [i, candidate] of next.entries()) search.add(candidate, evaluations[i]);
    }
    const [winner, runnerUp] = search.ranked();
    if (winner === undefined) return search.found({});
    // Few runs were enough to go on with; what is chosen has the intervals of all.
    const screened = [winner, ...(runnerUp === undefined ? [] : [runnerUp])]
      .filter(({ evaluation }) => evaluation.runs.length < rule.least);
    if (screened.length > 0) {
      const again = await evaluateAll(
        screened.map(({ candidate: { config }, evaluation: { runs } }) => ({
          config: config!,
          objectives,
          runs,
        })),
        runner,
        { rule },
      );
      for (const [i, { candidate }] of screened.entries()) search.add(candidate, again[i]);
      continue;
    }
    const [validation] = await evaluateAll(
      [{ config: winner.candidate.config!, objectives }],
      runner,
      {
        rule,
        isThorough: true,
        firstSeed: (config) => config.simulation.random_seed + FRESH_SEEDS,
      },
    );
    if (validation.verdict.isMet) {
      return search.found({ winner, ...(runnerUp && { runnerUp }), validation });
    }
    search.overturn(winner, validation);
  }
}

class Search {
  readonly #run = new Map<number, RunCandidate>();
  readonly #overturned = new Map<number, Evaluation>();
  readonly #candidates: readonly Candidate[];
  readonly #options: SearchOptions;

  constructor(candidates: readonly Candidate[], options: SearchOptions) {
    this.#candidates = candidates;
    this.#options = options;
  }

  add(candidate: Candidate, evaluation: Evaluation): void {
    const values = valuesOf(candidate.config!, evaluation.runs, this.#options.rule.level);
    this.#run.set(candidate.index, { candidate, evaluation, values });
  }

  overturn({ candidate }: RunCandidate, validation: Evaluation): void {
    this.#overturned.set(candidate.index, validation);
  }

  found(
    found: Pick<CheapestFound, "winner" | "runnerUp" | "validation">,
  ): CheapestFound {
    return {
      ...found,
      run: this.#run,
      overturned: new Set(this.#overturned.keys()),
      out: (candidate) => this.#whyOut(candidate) ?? this.#whyNotRun(candidate),
    };
  }

  /** What is to be run next, together; empty: the search is over. */
  next(): Candidate[] {
    const kinds = new Map<string, Candidate[]>();
    for (const candidate of this.#candidates) {
      if (this.#run.has(candidate.index) || this.#whyNotRun(candidate) !== undefined) continue;
      const { isFixed, kind } = candidate.facts!;
      const key = isFixed ? kind : `candidate ${candidate.index}`;
      kinds.set(key, [...kinds.get(key) ?? [], candidate]);
    }
    const least = (members: readonly Candidate[]) =>
      Math.min(...members.map((one) => this.#atLeast(one)));
    return [...kinds.values()]
      .sort((a, b) => least(a) - least(b) || a[0].index - b[0].index)
      .slice(0, ROUND)
      .map((members) => this.#probe(members));
  }

  /**
   * Which size of a kind is run next: first the one that a queue of the places in its batches finds to be
   * enough, then that in the middle of those that are open.
   */
  #probe(members: readonly Candidate[]): Candidate {
    const bySize = members.toSorted((a, b) => a.facts!.instances - b.facts!.instances);
    const { kind, isFixed, busyInstances, likelyInstances } = bySize[0].facts!;
    const isFirst = isFixed && ![...this.#run.values()]
      .some(({ candidate: { facts } }) => facts!.isFixed && facts!.kind === kind);
    if (!isFirst) return bySize[Math.floor((bySize.length - 1) / 2)];
    const wanted = likelyInstances > 0 ? likelyInstances : busyInstances / BUSY_SHARE;
    return bySize.find(({ facts }) => facts!.instances >= wanted) ?? bySize.at(-1)!;
  }

  /** The winner and the next cheapest of another kind. */
  ranked(): [RunCandidate?, RunCandidate?] {
    const met = [...this.#run.values()]
      .filter(({ candidate }) => this.#whyOut(candidate) === undefined)
      .sort((a, b) => this.#value(a) - this.#value(b) || a.candidate.index - b.candidate.index);
    const [winner] = met;
    return [winner, met.find((one) => winner !== undefined && !isSameKind(one, winner))];
  }

  /** Why a candidate that was run does not count; undefined where it counts or was not run. */
  #whyOut({ index }: Candidate): Out | undefined {
    const run = this.#run.get(index);
    return run && runOut(run, this.#options, this.#overturned.get(index));
  }

  /** Why a candidate need not be run; undefined where it has to be, or was. */
  #whyNotRun(candidate: Candidate): Out | undefined {
    if (this.#run.has(candidate.index)) return undefined;
    return staticOut(candidate, this.#options) ?? this.#bySibling(candidate) ??
      this.#byCost(candidate, this.#atLeast(candidate));
  }

  /** What another size of the same fleet says of a candidate. */
  #bySibling(candidate: Candidate): Out | undefined {
    return siblingOut(candidate, this.#run.values(), (one) => this.#whyOut(one));
  }

  #byCost({ facts }: Candidate, atLeast: number): Out | undefined {
    const { objective } = this.#options;
    const [winner, runnerUp] = this.ranked();
    if (winner === undefined) return undefined;
    const isWinners = facts!.isFixed && facts!.kind === winner.candidate.facts!.kind;
    const rival = isWinners ? winner : runnerUp;
    if (rival === undefined || atLeast < this.#value(rival)) return undefined;
    const reason = `${valueText(atLeast, objective)} at least, the ${
      isWinners ? "cheapest" : "next cheapest"
    } ${valueText(this.#value(rival), objective)}`;
    return { status: "dearer", reason };
  }

  #atLeast({ facts }: Candidate): number {
    return valueAtLeast(facts!, this.#options.objective) ?? Infinity;
  }

  #value({ values }: RunCandidate): number {
    return valueIn(values, this.#options.objective) ?? Infinity;
  }
}
