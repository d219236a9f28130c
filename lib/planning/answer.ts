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
import type { NamedLatency, Objective } from "./objectives.ts";
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
  if (winner === undefined) return noneText(rows);
  const runs = validation?.runs ?? winner.evaluation.runs;
  const figures = objectives.map(({ name, path, unit }) => {
    const interval = figureOf(runs, path, level);
    return `${shownName(name)} ${interval === undefined ? "-" : intervalText(unit, interval)}`;
  });
  const value = valueText(valueIn(winner.values, objective)!, objective);
  const next = runnerUp === undefined
    ? noOtherText(rows, winner.candidate.index)
    : `next cheapest ${valueText(valueIn(runnerUp.values, objective)!, objective)} (${
      rows[runnerUp.candidate.index].label
    })`;
  return `${rows[winner.candidate.index].label}: ${[value, ...figures, next].join(", ")}`;
}

/** Why there is no choice, by what is known of the candidates. */
function noneText(rows: readonly PlanRow[]): string {
  const has = (status: PlanRow["status"]) => rows.some((row) => row.status === status);
  const which = has("unpriced") ? "no candidate with a price" : "no candidate";
  return `${which} keeps the limits${has("over-budget") ? " within the budget" : ""}`;
}

/** Why there is no next one, by what is known of the others. */
function noOtherText(rows: readonly PlanRow[], winner: number): string {
  const others = rows.filter(({ index }) => index !== winner);
  if (others.length === 0) return "the only candidate";
  // Those that keep the limits, or may, are the choice with more instances, or the same runs.
  const isKept = others.some(({ status }) => ["meets", "close", "dearer"].includes(status));
  const has = (status: PlanRow["status"]) => others.some((row) => row.status === status);
  const which = [isKept ? "kind of fleet" : "candidate", has("unpriced") ? " with a price" : ""];
  return `no other ${which.join("")} keeps the limits${
    has("over-budget") ? " within the budget" : ""
  }`;
}

/** The capacities in a line: the best candidate, its capacity, what it takes, the next one. */
export function capacityAnswer(
  rows: readonly PlanRow[],
  { winner, runnerUp }: CapacitiesFound,
  objective: PlanObjective,
): string {
  if (winner === undefined) return `${noneText(rows)} at any rate`;
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
    readonly latency: NamedLatency;
  },
): string {
  if (front.length === 0) return noneText(rows);
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
