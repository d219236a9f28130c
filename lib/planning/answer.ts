import type { PlanObjective } from "./candidates.ts";
import {
  type CandidateCapacity,
  type CapacitiesFound,
  usdPerMillionRequests,
} from "./capacity_search.ts";
import type { CheapestFound } from "./cheapest.ts";
import type { FrontierFound } from "./frontier.ts";
import type { RunCandidate } from "./out.ts";
import { figureOf, figureText } from "./evaluate.ts";
import type { Objective } from "./objectives.ts";
import type { PlanRow } from "./plan_result.ts";
import { valueIn, valueText } from "./value.ts";

/** What the answer is about. */
export interface AnswerOptions {
  readonly objectives: readonly Objective[];
  readonly objective: PlanObjective;
  /** Confidence of its intervals. */
  readonly level: number;
}

/**
 * The answer in a line: the winner, what it takes, its figures on fresh seeds with their intervals, and
 * what the next cheapest takes.
 */
export function answerLine(
  rows: readonly PlanRow[],
  { winner, runnerUp, validation }: CheapestFound,
  { objectives, objective, level }: AnswerOptions,
): string {
  if (winner === undefined) return "no candidate keeps the limits";
  const runs = validation?.runs ?? winner.evaluation.runs;
  const figures = objectives.map(({ name, path, unit }) => {
    const interval = figureOf(runs, path, level);
    return `${shownName(name)} ${interval === undefined ? "-" : intervalText(unit, interval)}`;
  });
  const value = valueText(valueIn(winner.values, objective)!, objective);
  const next = runnerUp === undefined
    ? "no other candidate keeps the limits"
    : `next cheapest ${valueText(valueIn(runnerUp.values, objective)!, objective)} (${
      rows[runnerUp.candidate.index].label
    })`;
  return `${rows[winner.candidate.index].label}: ${[value, ...figures, next].join(", ")}`;
}

/** The capacities in a line: the best candidate, its capacity, what it takes, the next one. */
export function capacityAnswer(
  rows: readonly PlanRow[],
  { winner, runnerUp }: CapacitiesFound,
  objective: PlanObjective,
): string {
  if (winner === undefined) return "no candidate keeps the limits at any rate";
  const shown = ({ candidate, capacity, values }: CandidateCapacity) => {
    const value = valueIn(values, objective);
    const perMillion = usdPerMillionRequests(capacity.interval, values);
    return [
      `${intervalText("", capacity.interval!)} requests/s`,
      ...(value === undefined ? [] : [valueText(value, objective)]),
      ...(perMillion === undefined ? [] : [
        `${Number(perMillion.toPrecision(4))} USD per million requests`,
      ]),
      ...(runnerUp?.candidate === candidate ? [rows[candidate.index].label] : []),
    ].join(", ");
  };
  return `${rows[winner.candidate.index].label}: ${shown(winner)}` +
    (runnerUp === undefined ? "" : `; next best ${shown(runnerUp)}`);
}

/** A frontier in a line: its ends. */
export function frontierAnswer(
  rows: readonly PlanRow[],
  { front }: FrontierFound,
  { latency, objective, level }: Pick<AnswerOptions, "objective" | "level"> & {
    readonly latency: Objective;
  },
): string {
  if (front.length === 0) return "no candidate keeps the limits";
  const shown = ({ candidate, evaluation, values }: RunCandidate) => {
    const interval = figureOf(evaluation.runs, latency.path, level)!;
    return `${rows[candidate.index].label}: ${valueText(valueIn(values, objective)!, objective)}, ${
      shownName(latency.name)
    } ${intervalText(latency.unit, interval)}`;
  };
  const ends = front.length === 1 ? [front[0]] : [front[0], front.at(-1)!];
  return `${front.length} on the frontier, from ${ends.map(shown).join(" to ")}`;
}

/** "0.41 s [0.38, 0.45]". */
export function intervalText(
  unit: string,
  { estimate, lower, upper }: {
    readonly estimate: number;
    readonly lower: number;
    readonly upper: number;
  },
): string {
  const plain = (value: number) => figureText(unit, value).replace(/ (s|%)$/, "");
  const isKnown = Number.isFinite(lower) && Number.isFinite(upper);
  return figureText(unit, estimate) + (isKnown ? ` [${plain(lower)}, ${plain(upper)}]` : "");
}

/** "TTFT p99" of "ttft_p99". */
export function shownName(name: string): string {
  return name.replace(
    /^(ttft|tpot|tbt|e2e)_(.+)$/,
    (_, latency: string, part: string) => `${latency.toUpperCase()} ${part}`,
  );
}
