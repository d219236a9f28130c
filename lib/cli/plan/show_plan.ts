import { intervalText, shownName } from "../../planning/answer.ts";
import type { Plan, PlanInterval, PlanRow, PlanSensitivity } from "../../planning/plan_result.ts";
import { valueText } from "../../planning/value.ts";
import { textTable } from "../text_table.ts";
import { grouped } from "../readable_numbers.ts";

/** Rows of the printed table at most: plan.json and plan.parquet have all. */
const MOST_ROWS = 40;
/** In which order states are printed. */
const ORDER = [
  ...["winner", "frontier", "runner-up", "meets", "close", "misses", "over-budget", "unpriced"],
  ...["dearer", "cannot", "refused"],
];

/** A plan as lines: the answer, the candidates, what the factors do, what to know. */
export function showPlan(plan: Plan): string[] {
  const { answer, nearest_miss: nearest, rows, counts, notices } = plan;
  return [
    answer,
    ...(nearest === null ? [] : [`Nearest miss: ${rows[nearest.index].label}: ${nearest.reason}`]),
    "",
    ...candidateLines(plan),
    "",
    ...validationLines(plan),
    ...sensitivityLines(plan),
    `${grouped(counts.candidates)} candidates: ${grouped(counts.simulated)} simulated in ` +
    `${grouped(counts.runs)} runs of ${grouped(counts.requests)} requests, ` +
    `${grouped(counts.pruned)} needed no run, ${grouped(counts.refused)} refused`,
    ...notices.map((notice) => `Note: ${notice}`),
  ];
}

function candidateLines({ rows, slo: limited, frontier, question }: Plan): string[] {
  const isExtra = frontier !== null && limited.every(({ name }) => name !== frontier.name);
  // The latency of a frontier has no limit.
  const slo = isExtra ? [...limited, { ...frontier, comparison: "", limit: Infinity }] : limited;
  const limits = slo.map(({ name, comparison, limit, unit }) =>
    `${shownName(name)} ${comparison} ${
      unit === "share" ? `${100 * limit} %` : `${limit}${unit === "s" ? " s" : ""}`
    }`
  );
  const isCapacity = question === "capacity";
  const sorted = rows.toSorted((a, b) =>
    ORDER.indexOf(a.status) - ORDER.indexOf(b.status) || cost(a) - cost(b) || a.index - b.index
  );
  const head = [
    "Candidate",
    "USD/h",
    "GPUs",
    ...(isCapacity ? ["Capacity (requests/s)", "USD per 10^6 requests"] : []),
    ...(isCapacity ? [] : limits),
    "Seeds",
    "Verdict",
  ];
  const groups = alike(sorted);
  const shown = groups.slice(0, MOST_ROWS).map(([row, ...others]) => [
    row.label + (others.length === 0 ? "" : ` (and ${others.length} more)`),
    number(row.usd_per_hour?.mean ?? row.bound?.usd_per_hour_at_least, row.usd_per_hour === null),
    number(row.gpus?.mean ?? row.bound?.gpus_at_least, row.gpus === null),
    ...(isCapacity
      ? [interval("", row.capacity_rps), number(row.usd_per_million_requests, false)]
      : slo.map(({ name, unit }) => interval(unit, row.figures[name]))),
    row.seeds === 0 ? "" : String(row.seeds),
    row.reason === null ? row.status : `${row.status}: ${row.reason}`,
  ]);
  const left = groups.slice(MOST_ROWS).reduce((sum, group) => sum + group.length, 0);
  return [
    ...textTable([head, ...shown], [0, head.length - 1]),
    ...(left > 0 ? [`and ${grouped(left)} more (--out DIR or --json has all)`] : []),
  ];
}

/** Candidates in groups: those that were not run for one and the same reason stand together. */
function alike(rows: readonly PlanRow[]): PlanRow[][] {
  const groups: PlanRow[][] = [];
  for (const row of rows) {
    const last = groups.at(-1);
    const isLike = last !== undefined && row.seeds === 0 && last[0].seeds === 0 &&
      last[0].status === row.status && last[0].reason === row.reason;
    if (isLike) last.push(row);
    else groups.push([row]);
  }
  return groups;
}

function cost({ usd_per_hour: own, bound }: PlanRow): number {
  return own?.mean ?? bound?.usd_per_hour_at_least ?? Infinity;
}

function number(value: number | null | undefined, isBound: boolean): string {
  // A bound of 0 says nothing.
  if (value === null || value === undefined || (isBound && value === 0)) return "-";
  return `${isBound ? ">=" : ""}${Number(value.toPrecision(4))}`;
}

function interval(unit: string, value: PlanInterval | null | undefined): string {
  if (value === null || value === undefined) return "-";
  const { mean, lower, upper } = value;
  return intervalText(unit, {
    estimate: mean,
    lower: lower ?? -Infinity,
    upper: upper ?? Infinity,
  });
}

/** What the chosen configuration does on seeds that have chosen nothing. */
function validationLines({ validation, slo, rows }: Plan): string[] {
  if (validation === null) return [];
  const { figures, seeds, overturned } = validation;
  const changes = slo.map(({ name, unit }) => {
    const { search, fresh, change } = figures[name];
    if (search === null || fresh === null || change === null) return `${shownName(name)} -`;
    const percent = search.mean === 0
      ? ""
      : ` (${change >= 0 ? "+" : ""}${(100 * change / search.mean).toFixed(1)} %)`;
    return `${shownName(name)} ${interval(unit, search)} in the search, ` +
      `${interval(unit, fresh)} fresh${percent}`;
  });
  return [
    `On ${seeds} fresh seeds: ${changes.join("; ")}`,
    ...overturned.map((index) => `Chosen first, and missed on fresh seeds: ${rows[index].label}`),
    "",
  ];
}

/** What some objectives make least; others a cost. */
const LEAST: Partial<Record<Plan["objective"], string>> = {
  gpus: "number of GPUs",
  energy: "power",
};

function sensitivityLines({ sensitivity, objective, question }: Plan): string[] {
  if (question === "capacity" || sensitivity.length === 0) return [];
  const most = 6;
  const level = ({ level, value, is_bound, is_run }: PlanSensitivity["levels"][number]) =>
    `${level}: ${
      value === null
        ? is_run === false ? "-" : "none"
        : `${is_bound ? ">=" : ""}${Number(value.toPrecision(4))}`
    }`;
  return [
    `What moves the least ${LEAST[objective] ?? "cost"} most:`,
    ...textTable(
      [
        ["Factor", "Swing", "Least by level"],
        ...sensitivity.map(({ path, swing, levels }) => [
          path,
          swing === null ? "-" : valueText(swing, objective),
          levels.slice(0, most).map(level).join(", ") + (levels.length > most ? ", ..." : ""),
        ]),
      ],
      [0, 2],
    ),
    "",
  ];
}
