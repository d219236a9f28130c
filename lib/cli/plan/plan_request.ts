import type { PlanObjective } from "../../planning/candidates.ts";
import type { FactorsByPath } from "../../planning/factors.ts";
import { parseQuantity } from "../../settings/units.ts";
import { showValue } from "../../std/show_value.ts";
import { suggest } from "../../std/suggest.ts";
import { parse } from "../../std/yaml.ts";
import type { CommandArguments } from "../arguments.ts";
import { UsageError } from "../usage_error.ts";

/** What a plan asks: the section `plan` of a file, or the options of the command. */
export interface PlanRequest {
  readonly slo?: string;
  readonly over?: string | FactorsByPath;
  /** Requests per second. */
  readonly rate?: number;
  readonly maxRate?: boolean;
  /** Name of the latency against which costs are drawn. */
  readonly frontier?: string;
  /** Dollars per hour. */
  readonly budget?: number;
  readonly objective?: PlanObjective;
  /** Seeds at least and at most. */
  readonly seeds?: { readonly least?: number; readonly most?: number };
}

const OBJECTIVES = ["cost", "gpus", "usd-per-mtok", "energy"] as const;
const KEYS = ["slo", "over", "rate", "max_rate", "frontier", "budget", "objective", "seeds"];

/** A text of a configuration without its section `plan`, and that section. */
export interface PlanFile {
  readonly content: string;
  readonly request: PlanRequest;
}

/**
 * Takes the section `plan` out of a configuration.
 *
 * @throws {UsageError} If the section is none.
 */
export function takePlanSection(name: string, content: string): PlanFile {
  if (!/^plan\s*:|^\s*\{/m.test(content)) return { content, request: {} };
  const whole = parse(content) as Record<string, unknown> | null;
  if (whole === null || typeof whole !== "object" || !("plan" in whole)) {
    return { content, request: {} };
  }
  const { plan, ...config } = whole;
  if (plan === null || typeof plan !== "object" || Array.isArray(plan)) {
    throw new UsageError(
      `Cannot read "plan" of ${name} as a section: current value is ${showValue(plan)}`,
    );
  }
  return { content: JSON.stringify(config), request: readSection(plan as Record<string, unknown>) };
}

function readSection(section: Readonly<Record<string, unknown>>): PlanRequest {
  const wrong = Object.keys(section).find((key) => !KEYS.includes(key));
  if (wrong !== undefined) {
    const near = suggest(wrong, KEYS);
    throw new UsageError(
      `Cannot read configuration: unknown key "plan.${wrong}"` +
        (near === undefined ? ` (allowed: ${KEYS.join(", ")})` : `; did you mean "${near}"?`),
    );
  }
  const { slo, over, rate, max_rate: maxRate, frontier, budget, objective, seeds } = section;
  const isText = (value: unknown) => typeof value === "string";
  check("plan.slo", slo, isText(slo), 'limits, such as "ttft_p99<2s,tpot_p99<50ms"');
  check("plan.over", over, isText(over) || isMapping(over), "factors: a mapping, or a text");
  check("plan.max_rate", maxRate, typeof maxRate === "boolean", "true or false");
  check("plan.frontier", frontier, isText(frontier), "the name of a latency, such as ttft_p99");
  check("plan.seeds", seeds, isMapping(seeds), "a mapping of least and most");
  return {
    ...(slo !== undefined && { slo: slo as string }),
    ...(over !== undefined && { over: over as string | FactorsByPath }),
    ...(rate !== undefined && { rate: readRate("plan.rate", rate) }),
    ...(maxRate !== undefined && { maxRate: maxRate as boolean }),
    ...(frontier !== undefined && { frontier: frontier as string }),
    ...(budget !== undefined && { budget: readBudget("plan.budget", budget) }),
    ...(objective !== undefined && { objective: readObjective("plan.objective", objective) }),
    ...(seeds !== undefined && { seeds: seeds as NonNullable<PlanRequest["seeds"]> }),
  };
}

function isMapping(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function check(path: string, value: unknown, isGood: boolean, wanted: string): void {
  if (value === undefined || isGood) return;
  throw new UsageError(`Cannot read "${path}" as ${wanted}: current value is ${showValue(value)}`);
}

function readRate(name: string, value: unknown): number {
  const rate = parseQuantity(value, "requests per second");
  if (rate > 0 && rate < Infinity) return rate;
  throw new UsageError(
    `Cannot read ${name} as requests per second above 0: current value is ${showValue(value)}`,
  );
}

/** "40", "40USD/h", "40 USD/h". */
function readBudget(name: string, value: unknown): number {
  const text = typeof value === "string"
    ? value.replace(/\s*(USD|\$)\s*(\/\s*h(our)?)?$/i, "")
    : value;
  const budget = parseQuantity(text, "number");
  if (budget > 0 && budget < Infinity) return budget;
  throw new UsageError(
    `Cannot read ${name} as dollars per hour, such as 40USD/h: current value is ${
      showValue(value)
    }`,
  );
}

function readObjective(name: string, value: unknown): PlanObjective {
  if ((OBJECTIVES as readonly unknown[]).includes(value)) return value as PlanObjective;
  const near = typeof value === "string" ? suggest(value, OBJECTIVES) : undefined;
  throw new UsageError(
    `Cannot read ${name} as one of ${OBJECTIVES.join(", ")}: current value is ${showValue(value)}` +
      (near === undefined ? "" : `; did you mean "${near}"?`),
  );
}

/** What the options of the command ask. */
export function requestOf(given: CommandArguments): PlanRequest {
  const value = (name: string) => given.value(name);
  const [slo, over, frontier] = [value("slo"), value("over"), value("frontier")];
  const [rate, budget, objective] = [value("rate"), value("budget"), value("objective")];
  return {
    ...(slo !== undefined && { slo }),
    ...(over !== undefined && { over }),
    ...(frontier !== undefined && { frontier }),
    ...(rate !== undefined && { rate: readRate("--rate", rate) }),
    ...(given.flag("max-rate") && { maxRate: true }),
    ...(budget !== undefined && { budget: readBudget("--budget", budget) }),
    ...(objective !== undefined && { objective: readObjective("--objective", objective) }),
  };
}
