import type { Candidate, PlanObjective } from "./candidates.ts";
import type { Evaluation, ReplicationRule, Runner } from "./evaluate.ts";
import type { Objective } from "./objectives.ts";
import { type RunValues, valueAtLeast, valueIn, valueText } from "./value.ts";

/** What a search among candidates needs to know. */
export interface SearchOptions {
  readonly objectives: readonly Objective[];
  readonly objective: PlanObjective;
  /** Dollars per hour at most; absent: no bound. */
  readonly budgetUsdPerHour?: number;
  readonly runner: Runner;
  readonly rule: ReplicationRule;
}

/** A candidate that was run. */
export interface RunCandidate {
  readonly candidate: Candidate;
  readonly evaluation: Evaluation;
  readonly values: RunValues;
}

/**
 * Why a candidate is not among those that keep the objectives: `refused` as a configuration, `unpriced`,
 * `misses` an objective in runs, `cannot` by a bound, `over-budget`; or why it was not run though it may
 * keep them: `dearer` than what was found.
 */
export interface Out {
  readonly status: "refused" | "unpriced" | "misses" | "cannot" | "over-budget" | "dearer";
  readonly reason: string;
}

/**
 * Why a candidate need not be run whatever others do: it was refused, has no price, is too slow by the
 * bound or over the budget. Undefined where it has to be.
 */
export function staticOut(
  { refusal, facts }: Candidate,
  { objective, budgetUsdPerHour: budget = Infinity }: Pick<
    SearchOptions,
    "objective" | "budgetUsdPerHour"
  >,
  isAtOwnRate = true,
): Out | undefined {
  if (facts === undefined) return { status: "refused", reason: refusal ?? "refused" };
  const usdPerHour = facts.usdPerHourAtLeast;
  if (valueAtLeast(facts, objective) === null || (budget < Infinity && usdPerHour === null)) {
    return { status: "unpriced", reason: facts.unpriced ?? "no price is known" };
  }
  if (facts.impossible !== undefined) return { status: "cannot", reason: facts.impossible };
  if (isAtOwnRate && facts.fewestInstances > facts.instances) {
    const reason = `needs ${facts.fewestInstances} instances at least, by the bound on their work`;
    return { status: "cannot", reason };
  }
  if (usdPerHour === null || usdPerHour <= budget || !(isAtOwnRate || facts.isFixed)) {
    return undefined;
  }
  const reason = `${valueText(usdPerHour, "cost")} at least, over the budget of ${
    valueText(budget, "cost")
  }`;
  return { status: "over-budget", reason };
}

/**
 * Why a candidate that was run does not count: it misses a limit, has no price or is over the budget.
 *
 * @param overturned Its runs on fresh seeds, where they do not keep what the first ones kept.
 */
export function runOut(
  { evaluation, values }: RunCandidate,
  { objective, budgetUsdPerHour: budget = Infinity }: Pick<
    SearchOptions,
    "objective" | "budgetUsdPerHour"
  >,
  overturned?: Evaluation,
): Out | undefined {
  const { verdict, error } = evaluation;
  // What only a run finds out: a file that is missing, a machine that is too small.
  if (error !== undefined) return { status: "refused", reason: error };
  const means = "the means miss a limit";
  if (!verdict.isMet) return { status: "misses", reason: verdict.reason ?? means };
  if (overturned !== undefined) {
    return {
      status: "misses",
      reason: `on fresh seeds: ${overturned.verdict.reason ?? means}`,
    };
  }
  const cost = values.usdPerHour?.estimate;
  const isUnpriced = valueIn(values, objective) === undefined ||
    (budget < Infinity && cost === undefined);
  if (isUnpriced) return { status: "unpriced", reason: "no price is known" };
  if (cost === undefined || cost <= budget) return undefined;
  const reason = `${valueText(cost, "cost")}, over the budget of ${valueText(budget, "cost")}`;
  return { status: "over-budget", reason };
}

/** What other sizes of the same fleet, which were run, say of a candidate. */
export function siblingOut(
  { facts }: Candidate,
  run: Iterable<RunCandidate>,
  outOf: (candidate: Candidate) => Out | undefined,
): Out | undefined {
  if (!facts!.isFixed) return undefined;
  for (const { candidate } of run) {
    const { isFixed, kind, instances } = candidate.facts!;
    if (!isFixed || kind !== facts!.kind) continue;
    const out = outOf(candidate);
    if (out?.status === "misses" && instances > facts!.instances) {
      return { status: "cannot", reason: `fewer instances than ${instances}, which miss` };
    }
    if (out === undefined && instances < facts!.instances) {
      return { status: "dearer", reason: `more instances than ${instances}, which are enough` };
    }
  }
  return undefined;
}

/**
 * Whether two candidates are no choice between two things: fleets that differ in the number of instances
 * alone, or one and the same run, as where a limit that is varied is never reached.
 */
export function isSameKind(a: RunCandidate, b: RunCandidate): boolean {
  const [one, other] = [a.candidate.facts!, b.candidate.facts!];
  if (a === b || (one.isFixed && other.isFixed && one.kind === other.kind)) return true;
  const digest = ({ evaluation: { runs } }: RunCandidate) => runs[0]?.figures.digest;
  return one.gpuName === other.gpuName && digest(a) !== undefined && digest(a) === digest(b) &&
    a.values.usdPerHour?.estimate === b.values.usdPerHour?.estimate &&
    a.values.gpus?.estimate === b.values.gpus?.estimate;
}
