import { studentQuantile } from "../stats/student.ts";
import { type Interval, meanInterval, pairedInterval } from "../stats/intervals.ts";
import {
  type FigureDifference,
  type SettingDifference,
  settingDifferences,
  welchHalfWidth,
} from "./differences.ts";
import type { Plan, PlanInterval, PlanRow, PlanStatus } from "./plan_result.ts";

/** A candidate that two plans have, and how it differs. */
export interface CandidateDifference {
  readonly label: string;
  readonly levels: PlanRow["levels"];
  readonly before: { readonly status: PlanStatus; readonly reason: string | null };
  readonly after: { readonly status: PlanStatus; readonly reason: string | null };
  /** Costs, limited figures and capacities that both have. */
  readonly figures: readonly FigureDifference[];
}

/** The choice of a plan, and what became of it in the other one. */
export interface ChoiceDifference {
  /** Null: nothing keeps the limits. */
  readonly label: string | null;
  /** What the other plan says of the same candidate; null: it does not have it. */
  readonly elsewhere: { readonly status: PlanStatus; readonly reason: string | null } | null;
}

/** How two plans differ. */
export interface PlanComparison {
  readonly before: string;
  readonly after: string;
  /** Answers of both. */
  readonly answers: readonly [string, string];
  /** Question, objective, limits, factors, rate, budget; settings of the choices where both chose. */
  readonly settings: readonly SettingDifference[];
  readonly winner: {
    readonly is_same: boolean;
    readonly before: ChoiceDifference;
    readonly after: ChoiceDifference;
  };
  /** Candidates of both that were run in both, or whose state differs. */
  readonly candidates: readonly CandidateDifference[];
  /** Candidates of both that are alike. */
  readonly alike: number;
  /** Labels of candidates that only one of them has. */
  readonly only_before: readonly string[];
  readonly only_after: readonly string[];
}

/** A plan and the directory that it was read from. */
export interface NamedPlan {
  readonly folder: string;
  readonly plan: Plan;
}

/**
 * Compares two plans: what was asked, who won and what became of the other's choice, and each candidate
 * that both have, matched by the levels of its factors. Differences are taken over the seeds that both
 * ran a candidate with, in pairs; where there are fewer than two, they have Welch's interval.
 */
export function comparePlans(before: NamedPlan, after: NamedPlan): PlanComparison {
  const [one, other] = [before.plan, after.plan];
  const keyOf = (row: PlanRow) =>
    JSON.stringify(Object.entries(row.levels).sort(([a], [b]) => a < b ? -1 : 1));
  const byKey = new Map(other.rows.map((row) => [keyOf(row), row]));
  const known = new Set(one.rows.map(keyOf));
  const matched = one.rows.flatMap((row): [PlanRow, PlanRow][] => {
    const match = byKey.get(keyOf(row));
    return match === undefined ? [] : [[row, match]];
  });
  const all = matched.map(([a, b]): CandidateDifference => ({
    label: a.label,
    levels: a.levels,
    before: { status: a.status, reason: a.reason },
    after: { status: b.status, reason: b.reason },
    figures: figuresOf(a, b),
  }));
  const candidates = all.filter(({ before: { status }, after, figures }) =>
    figures.length > 0 || status !== after.status
  );
  const winnerKey = ({ winner, rows }: Plan) => winner === null ? null : keyOf(rows[winner]);
  return {
    before: before.folder,
    after: after.folder,
    answers: [one.answer, other.answer],
    settings: [
      ...settingDifferences(askedOf(one), askedOf(other)),
      ...(one.configuration !== null && other.configuration !== null
        ? settingDifferences(one.configuration, other.configuration, "choice")
        : []),
    ],
    winner: {
      is_same: winnerKey(one) === winnerKey(other),
      before: choiceOf(one, other, keyOf),
      after: choiceOf(other, one, keyOf),
    },
    candidates,
    alike: all.length - candidates.length,
    only_before: one.rows.filter((row) => !byKey.has(keyOf(row))).map(({ label }) => label),
    only_after: other.rows.filter((row) => !known.has(keyOf(row))).map(({ label }) => label),
  };
}

function choiceOf(
  { winner, rows }: Plan,
  other: Plan,
  keyOf: (row: PlanRow) => string,
): ChoiceDifference {
  if (winner === null) return { label: null, elsewhere: null };
  const own = rows[winner];
  const there = other.rows.find((row) => keyOf(row) === keyOf(own));
  return {
    label: own.label,
    elsewhere: there === undefined ? null : { status: there.status, reason: there.reason },
  };
}

/** What a plan was asked. */
function askedOf(plan: Plan): Readonly<Record<string, unknown>> {
  const { question, objective, slo, frontier, factors, rate_rps, budget_usd_per_hour } = plan;
  return {
    ...{ question, objective, rate_rps, budget_usd_per_hour },
    frontier: frontier?.name ?? null,
    slo: Object.fromEntries(slo.map(({ name, comparison, limit }) => [
      name,
      `${comparison} ${limit}`,
    ])),
    factors: Object.fromEntries(factors.map(({ path, levels }) => [path, levels])),
  };
}

/** The intervals of a row by name. */
function intervalsOf(row: PlanRow): Readonly<Record<string, PlanInterval | null>> {
  const { usd_per_hour, gpus, usd_per_million_output_tokens, capacity_rps, figures } = row;
  const { kilowatts } = row;
  return {
    ...{ usd_per_hour, gpus, usd_per_million_output_tokens },
    ...(kilowatts && { kilowatts }),
    ...figures,
    capacity_rps,
  };
}

function figuresOf(before: PlanRow, after: PlanRow): FigureDifference[] {
  const [one, other] = [intervalsOf(before), intervalsOf(after)];
  return Object.entries(one).flatMap(([path, a]): FigureDifference[] => {
    const b = other[path] ?? null;
    if (a === null || b === null) return [];
    return [
      inPairs(path, before, after) ?? {
        path,
        before: a.mean,
        after: b.mean,
        difference: differenceOf(a, before.seeds, b, after.seeds),
        isPaired: false,
      },
    ];
  });
}

/** The difference over the seeds that both were run with; undefined where fewer than two have values. */
function inPairs(path: string, before: PlanRow, after: PlanRow): FigureDifference | undefined {
  const [one, other] = [before, after].map(({ by_seed }) =>
    new Map(by_seed?.seeds.map((seed, i) => [seed, by_seed.values[path]?.[i] ?? null]))
  );
  const pairs = [...one].flatMap(([seed, a]) => {
    const b = other.get(seed) ?? null;
    return a === null || b === null ? [] : [[a, b]];
  });
  if (pairs.length < 2) return undefined;
  const [x, y] = [0, 1].map((end) => pairs.map((pair) => pair[end]));
  return {
    path,
    before: meanInterval(x).estimate,
    after: meanInterval(y).estimate,
    difference: pairedInterval(x, y),
    isPaired: true,
  };
}

/** Welch's interval from two 95 % intervals and the runs behind each. */
function differenceOf(
  before: PlanInterval,
  runsBefore: number,
  after: PlanInterval,
  runsAfter: number,
  level = 0.95,
): Interval {
  const estimate = after.mean - before.mean;
  const [one, other] = [[before, runsBefore], [after, runsAfter]].map(([interval, runs]) =>
    squaredError(interval as PlanInterval, runs as number, level)
  );
  const halfWidth = one === undefined || other === undefined
    ? Infinity
    : welchHalfWidth([one, runsBefore], [other, runsAfter], level);
  return { estimate, lower: estimate - halfWidth, upper: estimate + halfWidth, halfWidth, level };
}

/** Squared standard error of a mean with a t interval; undefined where it has none. */
function squaredError(
  { mean, upper }: PlanInterval,
  runs: number,
  level: number,
): number | undefined {
  if (upper === null || runs < 2) return undefined;
  return ((upper - mean) / studentQuantile(0.5 + level / 2, runs - 1)) ** 2;
}
