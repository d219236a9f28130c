import type { SensitivityRow } from "../experiment/sensitivity/sensitivity_row.ts";
import type { PlanObjective } from "./candidates.ts";
import type { FactorLevel } from "./factors.ts";
import type { Plan, PlanInterval, PlanRow } from "./plan_result.ts";

/** What the factors of a plan do. */
export interface PlanSensitivities {
  readonly rows: readonly SensitivityRow[];
  /** What was left out or assumed. */
  readonly notices: readonly string[];
}

/** The columns of a plan's table that objectives stand in. */
const OBJECTIVE_MEASURES: Readonly<
  Record<
    PlanObjective,
    keyof PlanRow & ("usd_per_hour" | "gpus" | "usd_per_million_output_tokens" | "kilowatts")
  >
> = {
  cost: "usd_per_hour",
  gpus: "gpus",
  "usd-per-mtok": "usd_per_million_output_tokens",
  energy: "kilowatts",
};

const UNKNOWN = {
  swing_lower: null,
  swing_upper: null,
  first_order: null,
  first_order_lower: null,
  first_order_upper: null,
  total_effect: null,
  total_effect_lower: null,
  total_effect_upper: null,
};

/** The measures of a plan: its objective, and what candidates beside the choice have a value of. */
export function planMeasures(plan: Plan): string[] {
  const { rows, question, objective, winner, factors } = plan;
  const own = OBJECTIVE_MEASURES[objective];
  const names = [
    ...["usd_per_hour", "gpus", "usd_per_million_output_tokens", "kilowatts"],
    ...new Set(rows.flatMap(({ figures }) => Object.keys(figures))),
    ...["capacity_rps", "usd_per_million_requests"],
  ];
  const isKnown = (name: string) =>
    winner !== null && factors.some(({ path }) =>
      besideTheChoice(plan, rows[winner], path)
        .filter((row) => measureOf(row, name) !== null).length > 1
    );
  return names.filter((name) => (question !== "capacity" && name === own) || isKnown(name));
}

/** The candidates that differ from the chosen one in a factor alone, and itself. */
function besideTheChoice({ rows, factors }: Plan, chosen: PlanRow, path: string): PlanRow[] {
  return rows.filter(({ levels }) =>
    factors.every((other) =>
      other.path === path || levels[other.path] === chosen.levels[other.path]
    )
  );
}

/**
 * What each factor of a plan does: of the objective the least value that keeps the limits with each
 * level, all other factors free (`least-by-level`); of other measures the candidates that differ from the
 * chosen one in that factor alone, as far as they were run (`one-at-a-time`).
 */
export function planSensitivities(
  plan: Plan,
  measures: readonly string[] = planMeasures(plan),
): PlanSensitivities {
  const notices: string[] = [];
  const rows = measures.flatMap((measure) => {
    const isObjective = plan.question !== "capacity" &&
      OBJECTIVE_MEASURES[plan.objective] === measure;
    const own = isObjective
      ? leastByLevel(plan, measure, notices)
      : aroundTheChoice(plan, measure, notices);
    return [...own].sort((a, b) => (b.swing ?? 0) - (a.swing ?? 0));
  });
  return { rows, notices };
}

/** A measure of a candidate; null where it was not run, or has none. */
function measureOf(row: PlanRow, name: string): number | null {
  const value = name in row.figures
    ? row.figures[name]
    : (row as unknown as Readonly<Record<string, PlanInterval | number | null>>)[name];
  if (value === null || value === undefined) return null;
  return typeof value === "number" ? value : value.mean;
}

function leastByLevel(plan: Plan, measure: string, notices: string[]): SensitivityRow[] {
  const reference = plan.winner === null ? null : measureOf(plan.rows[plan.winner], measure);
  return plan.sensitivity.map(({ path, levels }) => {
    const unrun = levels.filter(({ is_run }) => is_run === false).map(({ level }) => level);
    if (unrun.length > 0) notices.push(`${path}: no candidate was run with ${unrun.join(", ")}`);
    const none = levels.filter(({ value, is_run }) => value === null && is_run !== false)
      .map(({ level }) => level);
    if (none.length > 0) {
      notices.push(`${path}: no candidate keeps the limits with ${none.join(", ")}`);
    }
    const bounds = levels.filter(({ is_bound, value }) => is_bound && value !== null);
    if (bounds.length > 0) {
      notices.push(
        `${path}: of ${bounds.map(({ level }) => level).join(", ")} the value is a lower bound`,
      );
    }
    const points = levels.flatMap(({ level, value }) => value === null ? [] : [{ level, value }]);
    return rowOf(path, measure, "least-by-level", reference, points);
  });
}

function aroundTheChoice(plan: Plan, measure: string, notices: string[]): SensitivityRow[] {
  const { rows, factors, winner } = plan;
  if (winner === null) {
    notices.push(`${measure}: no candidate was chosen that the others could be compared with`);
    return [];
  }
  const chosen = rows[winner];
  return factors.map(({ path }) => {
    const own = besideTheChoice(plan, chosen, path);
    const points = own.flatMap((row) => {
      const value = measureOf(row, measure);
      return value === null ? [] : [{ level: row.levels[path], value }];
    });
    const missing = own.filter((row) => measureOf(row, measure) === null);
    const without = (which: readonly PlanRow[], why: string) => {
      if (which.length === 0) return;
      const levels = which.map(({ levels }) => levels[path]).join(", ");
      const notice = `${path}: beside the choice ${levels} ${why}`;
      if (!notices.includes(notice)) notices.push(notice);
    };
    without(missing.filter(({ seeds }) => seeds === 0), "was not run");
    without(missing.filter(({ seeds }) => seeds > 0), `has no ${measure}`);
    return rowOf(path, measure, "one-at-a-time", measureOf(chosen, measure), points);
  });
}

function rowOf(
  factor: string,
  measure: string,
  method: SensitivityRow["method"],
  reference: number | null,
  points: readonly { readonly level: FactorLevel; readonly value: number }[],
): SensitivityRow {
  const sorted = points.toSorted((a, b) => a.value - b.value);
  const [least, greatest] = [sorted.at(0), sorted.at(-1)];
  return {
    ...{ measure, factor, method, reference },
    least_level: String(least?.level ?? ""),
    least: least?.value ?? null,
    greatest_level: String(greatest?.level ?? ""),
    greatest: greatest?.value ?? null,
    swing: least === undefined || greatest === undefined ? null : greatest.value - least.value,
    ...UNKNOWN,
  };
}
