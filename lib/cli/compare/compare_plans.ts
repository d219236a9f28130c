import { shownName } from "../../planning/answer.ts";
import {
  type ChoiceDifference,
  comparePlans,
  type NamedPlan,
  type PlanComparison,
} from "../../planning/compare_plans.ts";
import type { Plan } from "../../planning/plan_result.ts";
import { bandedCurves, type FigureSpec, paretoFront } from "../../plot/mod.ts";
import { textTable } from "../text_table.ts";
import { type Comparison, shortFolders, svgFiles } from "./comparison.ts";
import { readPlan } from "./result_kind.ts";
import { figureCells, settingLines } from "./show_differences.ts";

/** Candidates that are printed unless all are. */
const MOST_CANDIDATES = 12;
/** States of candidates that keep the limits. */
const KEEPS: readonly string[] = ["winner", "runner-up", "frontier", "meets", "close"];

/** Compares plans with the first of them. */
export function comparePlanResults(folders: readonly string[], isAll: boolean): Comparison {
  const plans = folders.map((folder): NamedPlan => ({ folder, plan: readPlan(folder) }));
  const [first, ...others] = plans;
  const compared = others.map((other) => comparePlans(first, other));
  return {
    json: compared,
    lines: compared.flatMap((one) => comparisonLines(one, isAll)),
    figures: async () => ({ files: await svgFiles(overlaidFigures(plans)), notices: [] }),
  };
}

function comparisonLines(compared: PlanComparison, isAll: boolean): string[] {
  const { before, after, answers, settings, winner, candidates, alike } = compared;
  const shown = isAll ? candidates : candidates.slice(0, MOST_CANDIDATES);
  const states = shown.filter((one) => one.before.status !== one.after.status);
  const figures = shown.flatMap(({ label, figures }) =>
    figures.filter((one) => one.before !== one.after)
      .map((one) => [label, one.path, ...figureCells(one)])
  );
  const left = candidates.length - shown.length;
  return [
    `${before} -> ${after}`,
    "",
    `Before: ${answers[0]}`,
    `After: ${answers[1]}`,
    ...winnerLines(winner),
    "",
    ...settingLines(settings),
    "",
    ...states.length === 0 ? [] : [
      ...textTable([
        ["Candidate", "Before", "After"],
        ...states.map(({ label, before, after }) => [label, verdict(before), verdict(after)]),
      ], [0, 1, 2]),
      "",
    ],
    ...figures.length === 0 ? [] : [
      ...textTable([
        ["Candidate", "Figure", "Before", "After", "Difference", "95 % interval", "Change", ""],
        ...figures,
      ], [0, 1]),
      "",
    ],
    ...left > 0 ? [`and ${left} more candidates (--all)`] : [],
    `${alike} candidates of both are alike and were not run in both`,
    ...onlyLines(compared.only_before, before),
    ...onlyLines(compared.only_after, after),
  ];
}

function winnerLines({ is_same: isSame, before, after }: PlanComparison["winner"]): string[] {
  if (isSame) return [before.label === null ? "Neither has a choice." : "The choice is the same."];
  const elsewhere = (choice: ChoiceDifference, where: string) => {
    if (choice.label === null) return [];
    if (choice.elsewhere === null) return [`${choice.label} is no candidate ${where}`];
    return [`${choice.label} ${where}: ${verdict(choice.elsewhere)}`];
  };
  return [
    `The choice changes: ${before.label ?? "none"} -> ${after.label ?? "none"}`,
    ...elsewhere(before, "after"),
    ...elsewhere(after, "before"),
  ];
}

function verdict({ status, reason }: NonNullable<ChoiceDifference["elsewhere"]>): string {
  return reason === null ? status : `${status}: ${reason}`;
}

function onlyLines(labels: readonly string[], folder: string): string[] {
  if (labels.length === 0) return [];
  return [
    `Note: ${labels.length} candidates are in ${folder} alone, such as ${labels[0]}`,
  ];
}

/** What keeps the limits by cost and the first latency that all limit, and what the choices carry. */
function overlaidFigures(plans: readonly NamedPlan[]): Record<string, FigureSpec> {
  const names = shortFolders(plans.map(({ folder }) => folder));
  const latency = plans[0].plan.slo.find(({ name, unit }) =>
    unit === "s" && plans.every(({ plan }) => plan.slo.some((other) => other.name === name))
  );
  if (latency === undefined) return {};
  const points = plans.flatMap(({ plan }, i) => frontierPoints(plan, latency.name, names[i]));
  const curves = plans.flatMap(({ plan: { curve } }, i) =>
    (curve?.points ?? []).flatMap(({ rate_rps: x, figures }) => {
      const interval = figures[latency.name];
      if (interval === null || interval === undefined) return [];
      const { mean, lower, upper } = interval;
      return [{
        ...{ series: names[i], x, y: 1000 * mean },
        lower: Math.max(0, 1000 * (lower ?? mean)),
        upper: 1000 * (upper ?? mean),
      }];
    })
  );
  const yTitle = `${shownName(latency.name)} (ms)`;
  return {
    ...points.length >= 2 && {
      frontier: paretoFront(points, { xTitle: "Cost (USD/h)", yTitle, column: 2 }),
    },
    ...curves.length >= 2 && {
      rate: bandedCurves(curves, { xTitle: "Arrival rate (requests/s)", yTitle, column: 2 }),
    },
  };
}

function frontierPoints({ rows }: Plan, name: string, series: string) {
  return rows.flatMap(({ status, label, usd_per_hour, figures }) => {
    const [x, y] = [usd_per_hour?.mean, figures[name]?.mean];
    if (x === undefined || y === undefined || !KEEPS.includes(status)) return [];
    return [{ series, label: label.split(",")[0], x, y: 1000 * y }];
  });
}
