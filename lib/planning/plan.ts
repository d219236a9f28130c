import { answerLine, capacityAnswer, frontierAnswer, intervalText } from "./answer.ts";
import type { Candidate } from "./candidates.ts";
import { type CapacitiesFound, searchCapacities } from "./capacity_search.ts";
import { type CheapestFound, findCheapest } from "./cheapest.ts";
import type { KeptRun } from "../experiment/sweep/mod.ts";
import { findFrontier } from "./frontier.ts";
import { inputsByConfig, type InputsOf } from "./inputs.ts";
import { factorsWithoutEffect } from "./no_effect.ts";
import { choiceNotices, rowNotices } from "./plan_notices.ts";
import type { Plan, PlanRow } from "./plan_result.ts";
import { capacityRow, frontierRow, planRow, validationOf } from "./plan_rows.ts";
import { type PlanOptions, type PreparedPlan, preparePlan } from "./prepare.ts";
import { capacityOfWinner, rateCurve } from "./rate_curve.ts";
import { sensitivityOf } from "./sensitivity.ts";

/**
 * Finds the cheapest configuration that keeps limits under a load; or the highest rate at which each one
 * keeps them (`maxRate`), or those that no other one betters in cost and a latency (`frontier`). Candidates are all combinations of the
 * factors' levels; an analytical bound, prices and other candidates leave out what cannot be the cheapest
 * or the next, with the reason; what is left is simulated until the intervals of its figures lie on one
 * side of every limit. The choice is simulated again on fresh seeds.
 *
 * @throws {RangeError} If a limit, a factor or the configuration is wrong.
 * @throws {Interrupted} If `signal` was aborted.
 *
 * @example
 * ```ts ignore
 * import { plan } from "simfaasinfer/planning";
 * const { answer, rows } = await plan({
 *   config: "scaling: { enabled: false }\nworkload: { type: poisson, arrival_rate: 20 }",
 *   slo: "ttft_p99<2s,tpot_p99<50ms",
 *   over: "cluster.gpu_type=[H100,A100];cluster.num_replicas=1..8",
 *   store: "results/plan-cells",
 *   workers: 4,
 * });
 * console.log(answer);
 * ```
 */
export function plan(options: PlanOptions): Promise<Plan> {
  const { texts = {}, traceSha256 } = options;
  const given = { ...texts, ...(traceSha256 !== undefined && { traceSha256 }) };
  return planWith(options, inputsByConfig(given));
}

/** The same with the inputs of each configuration, in place of those of the options. */
export async function planWith(options: PlanOptions, inputsOf: InputsOf): Promise<Plan> {
  const prepared = await preparePlan(options, inputsOf);
  try {
    if (options.maxRate === true) return await capacityPlan(prepared, options);
    if (prepared.latency !== undefined) return await frontierPlan(prepared, options);
    return await cheapestPlan(prepared, options);
  } finally {
    prepared.runner.close();
  }
}

/** What the three questions have in common. */
type Answered =
  & Pick<
    Plan,
    "question" | "answer" | "winner" | "runner_up" | "rows" | "sensitivity" | "validation"
  >
  & Partial<Pick<Plan, "curve" | "nearest_miss" | "notices">>
  & {
    /** What was run, at the rate of the question. */
    readonly run: CheapestFound["run"];
    /** Whether the seeds of the winner differ in nothing. */
    readonly isOneRun: boolean;
  };

/** What intervals of equal runs are worth. */
const ONE_RUN =
  "all seeds give the same run, as of a trace that is replayed: the intervals, and what " +
  "fresh seeds show, say nothing of other traffic";

function isOneRun(runs: readonly KeptRun[] = []): boolean {
  return runs.length > 1 && new Set(runs.map(({ figures }) => figures.digest)).size === 1;
}

async function assemble(
  prepared: PreparedPlan,
  options: PlanOptions,
  answered: Answered,
): Promise<Plan> {
  const { objectives, objective, factors, candidates, runner, latency, inputsOf } = prepared;
  const { rows, winner, run } = answered;
  const base = winner === null ? run.values().next().value?.candidate : candidates[winner];
  const ineffective = await factorsWithoutEffect(factors, candidates, { run, base, runner });
  return {
    format: "simfaasinfer-plan/1",
    question: answered.question,
    objective,
    slo: objectives.map(({ name, path, comparison, limit, unit }) => ({
      ...{ name, path, comparison, limit, unit },
    })),
    frontier: latency === undefined
      ? null
      : { name: latency.name, path: latency.path, unit: latency.unit },
    factors,
    rate_rps: options.ratePerSecond ?? null,
    budget_usd_per_hour: options.budgetUsdPerHour ?? null,
    answer: answered.answer,
    winner,
    runner_up: answered.runner_up,
    validation: answered.validation,
    nearest_miss: answered.nearest_miss ?? null,
    sensitivity: answered.sensitivity,
    curve: answered.curve ?? null,
    rows,
    counts: countsOf(rows, runner),
    notices: [
      ...rowNotices(candidates, rows),
      ...answered.notices ?? [],
      ...await choiceNotices(ineffective, base, { inputsOf, isChoice: winner !== null }),
      ...(answered.isOneRun ? [ONE_RUN] : []),
    ],
    configuration: winner === null
      ? null
      : candidates[winner].config as unknown as Plan["configuration"],
  };
}

async function cheapestPlan(prepared: PreparedPlan, options: PlanOptions): Promise<Plan> {
  const { candidates, objectives, objective, factors, rule, search } = prepared;
  const found = await findCheapest(candidates, search);
  const { winner, runnerUp } = found;
  const own = winner === undefined || options.quick === true
    ? undefined
    : await capacityOfWinner(winner.candidate, search, prepared.inputsOf);
  const rows = candidates.map((candidate) => planRow(candidate, found, objectives, rule.level));
  if (own !== undefined && winner !== undefined) {
    const { index } = winner.candidate;
    rows[index] = capacityRow(rows[index], own.capacity, winner.values);
  }
  const answer = answerLine(rows, found, { objectives, objective, level: rule.level });
  return await assemble(prepared, options, {
    question: "cheapest",
    run: found.run,
    isOneRun: isOneRun(winner?.evaluation.runs),
    answer: own?.capacity.interval === undefined
      ? answer
      : `${answer}, holds up to ${intervalText("", own.capacity.interval)} requests/s`,
    winner: winner?.candidate.index ?? null,
    runner_up: runnerUp?.candidate.index ?? null,
    validation: validationOf(found, objectives, rule.level),
    nearest_miss: winner === undefined ? nearestMiss(rows, found) : null,
    sensitivity: sensitivityOf(factors, candidates, found, objective),
    curve: own?.curve ?? null,
    ...(own && { notices: own.notices }),
    rows,
  });
}

async function capacityPlan(prepared: PreparedPlan, options: PlanOptions): Promise<Plan> {
  const { candidates, objectives, objective, search, inputsOf } = prepared;
  const found = await searchCapacities(candidates, { ...search, inputsOf });
  const { winner, runnerUp } = found;
  const curve = winner && await rateCurve(winner.candidate, winner.capacity, search, inputsOf);
  const rows = candidates.map((candidate) => capacityRowOf(candidate, found, prepared));
  return await assemble(prepared, options, {
    question: "capacity",
    run: new Map(),
    isOneRun: winner !== undefined && winner.capacity.bySeed.length > 1 &&
      new Set(winner.capacity.bySeed).size === 1,
    answer: capacityAnswer(rows, found, objective),
    winner: winner?.candidate.index ?? null,
    runner_up: runnerUp?.candidate.index ?? null,
    validation: null,
    nearest_miss: winner === undefined ? nearestMiss(rows, { run: new Map() }) : null,
    sensitivity: [],
    curve: curve ?? null,
    notices: winner?.capacity.notice === undefined ? [] : [winner.capacity.notice],
    rows,
  });

  function capacityRowOf(
    candidate: Candidate,
    { byCandidate, out, winner: best, runnerUp: next }: CapacitiesFound,
    { rule }: PreparedPlan,
  ): PlanRow {
    const own = byCandidate.get(candidate.index);
    const nothing: Pick<CheapestFound, "run" | "out"> = { run: new Map(), out };
    const row = planRow(candidate, nothing, objectives, rule.level);
    if (own === undefined) return row;
    const chosen = own === best ? "winner" : own === next ? "runner-up" : undefined;
    const reason = own.isCoarse ? "one seed, within 10 %: not near the best" : null;
    return {
      ...capacityRow(row, own.capacity, own.values),
      status: chosen ?? row.status,
      reason: row.reason ?? reason,
    };
  }
}

async function frontierPlan(prepared: PreparedPlan, options: PlanOptions): Promise<Plan> {
  const { candidates, objectives, objective, factors, rule, search } = prepared;
  const latency = prepared.latency!;
  const found = await findFrontier(candidates, { ...search, latency });
  const figures = objectives.some(({ name }) => name === latency.name)
    ? objectives
    : [...objectives, latency];
  const front = new Set(found.front.map(({ candidate }) => candidate.index));
  const rows = candidates.map((candidate) =>
    frontierRow(planRow(candidate, found, figures, rule.level), front)
  );
  return await assemble(prepared, options, {
    question: "frontier",
    run: found.run,
    isOneRun: isOneRun(found.winner?.evaluation.runs),
    answer: frontierAnswer(rows, found, { latency, objective, level: rule.level }),
    winner: found.winner?.candidate.index ?? null,
    runner_up: found.runnerUp?.candidate.index ?? null,
    validation: null,
    nearest_miss: found.winner === undefined ? nearestMiss(rows, found) : null,
    sensitivity: sensitivityOf(factors, candidates, found, objective),
    rows,
  });
}

/** The candidate that misses the limits least: of those that were run, else of those a bound left out. */
function nearestMiss(
  rows: readonly PlanRow[],
  found: Pick<CheapestFound, "run">,
): Plan["nearest_miss"] {
  const missing = rows.filter(({ status }) => status === "misses" || status === "over-budget");
  const missOf = ({ index }: PlanRow) => {
    const { worstMiss } = found.run.get(index)!.evaluation.verdict;
    return worstMiss === Infinity ? Number.MAX_VALUE : worstMiss;
  };
  const [nearest] = missing.filter(({ index }) => found.run.has(index))
    .sort((a, b) => missOf(a) - missOf(b) || a.index - b.index);
  const others = rows.filter(({ status }) => status === "cannot" || status === "over-budget")
    .sort((a, b) => shortfall(a) - shortfall(b) || a.index - b.index);
  const row = nearest ?? others[0] ?? rows[0];
  return { index: row.index, reason: row.reason ?? "it misses a limit" };
}

/** How many instances a candidate lacks by the bound. */
function shortfall({ bound, instances }: PlanRow): number {
  return Math.max(0, (bound?.fewest_instances ?? 0) - (instances ?? 0));
}

function countsOf(
  rows: readonly PlanRow[],
  { runs, requests }: Pick<PreparedPlan["runner"], "runs" | "requests">,
): Plan["counts"] {
  const simulated = rows.filter(({ seeds }) => seeds > 0).length;
  const refused = rows.filter(({ status }) => status === "refused").length;
  return {
    candidates: rows.length,
    simulated,
    pruned: rows.length - simulated - refused,
    refused,
    runs,
    requests,
  };
}
