import type { Configuration } from "../config/configuration.ts";
import type { Figures } from "../metrics/figures/figure.ts";
import { SUMMARY_FIGURES } from "../metrics/figures/summary_figures.ts";
import { type Dimension, parseQuantity } from "../settings/units.ts";
import { showValue } from "../std/show_value.ts";
import { suggest } from "../std/suggest.ts";

/** How a figure is held against its limit. */
export type Comparison = "<" | "<=" | ">" | ">=";

/** A limit that a figure of the summary has to keep. */
export interface Objective {
  /** Its name as written, such as "ttft_p99". */
  readonly name: string;
  /** Path of the figure in the summary, such as "ttft_s.p99". */
  readonly path: string;
  /** How it is held against the limit. */
  readonly comparison: Comparison;
  /** In the figure's unit: seconds of latencies, 0 to 1 of shares. */
  readonly limit: number;
  /** The figure's unit: "s", "share", "USD" ... */
  readonly unit: string;
  /** Percentile that the figure is, 0 to 100; absent for other figures. */
  readonly percentile?: number;
}

/** Short names of latencies, and their paths in the summary. */
const LATENCIES: Readonly<Record<string, string>> = {
  ttft: "ttft_s",
  tpot: "tpot_s",
  tbt: "tbt_s",
  e2e: "e2e_s",
};

/** Path of the share of requests that keep the section `slo`. */
const ATTAINMENT = "slo_attainment";

/** Figures that have parts by percentile. */
const PARTS = ["mean", "max", "p50", "p90", "p95", "p99"];

/** A figure of the summary: its path, its unit, whether mean, largest value and percentiles are below. */
interface SummaryFigure {
  readonly path: string;
  readonly unit: string;
  readonly isLatency: boolean;
}

function summaryFigures(figures: Figures<never> = SUMMARY_FIGURES, above = ""): SummaryFigure[] {
  return Object.entries(figures).flatMap(([key, figure]): SummaryFigure[] => {
    const path = above === "" ? key : `${above}.${key}`;
    if (figure.kind === "group") return summaryFigures(figure.figures, path);
    if (figure.kind !== "number" && figure.kind !== "latency") return [];
    return [{ path, unit: figure.unit, isLatency: figure.kind === "latency" }];
  });
}

/**
 * Reads limits: names, comparisons and limits with commas between them, such as
 * `ttft_p99<2s,tpot_p99<50ms,attainment>=99%`. A name is `(ttft|tpot|tbt|e2e)_(pNN|mean|max)`,
 * `attainment` (the share of requests that keep the section `slo`), or the path of a figure of the
 * summary, such as `cost.idle_share`.
 *
 * @returns At least one objective.
 * @throws {RangeError} If one is none: the message names the nearest figure.
 */
export function readObjectives(text: string): Objective[] {
  const parts = text.split(",").map((part) => part.trim()).filter((part) => part !== "");
  if (parts.length === 0) {
    throw new RangeError(
      `Cannot read limits as at least one, such as "ttft_p99<2s,tpot_p99<50ms": current value is ` +
        showValue(text),
    );
  }
  const objectives = parts.map(readObjective);
  checkTogether(text, objectives);
  return objectives;
}

/** Refuses limits of one figure that say the same twice, or leave nothing between them. */
function checkTogether(text: string, objectives: readonly Objective[]): void {
  for (const [i, one] of objectives.entries()) {
    const others = objectives.slice(0, i).filter(({ path }) => path === one.path);
    if (others.some((other) => isUpperLimit(other) === isUpperLimit(one))) {
      throw new RangeError(
        `Cannot read limits as one of each figure: current value is "${text}", which limits ` +
          `${one.name} twice`,
      );
    }
    const [other] = others;
    if (other === undefined) continue;
    const [least, most] = isUpperLimit(one) ? [other, one] : [one, other];
    const isEmpty = least.limit > most.limit ||
      (least.limit === most.limit && least.comparison + most.comparison !== ">=<=");
    if (!isEmpty) continue;
    throw new RangeError(
      `Cannot read limits as ones that a figure can keep: current value is "${text}", which leaves ` +
        `nothing for ${one.name}`,
    );
  }
}

function readObjective(text: string): Objective {
  const match = /^([A-Za-z_][\w.]*)\s*(<=|>=|<|>)\s*(.+)$/.exec(text);
  if (match === null) {
    throw new RangeError(
      `Cannot read a limit as NAME<LIMIT or NAME>LIMIT, such as ttft_p99<2s: current value is ` +
        showValue(text),
    );
  }
  const [, name, written, value] = match;
  const comparison = written as Comparison;
  const { isLatency, ...figure } = figureNamed(name);
  checkDirection(text, comparison, { isLatency, path: figure.path });
  const limit = readLimit(value, figure.unit);
  const isShare = figure.unit === "share";
  const isOutside = Number.isNaN(limit) || limit < 0 || limit === Infinity ||
    (isShare && limit > 1) || (isLatency && limit === 0);
  if (isOutside) {
    const wanted = figure.unit === "s"
      ? `seconds${limit === 0 ? " above 0" : ""}, such as 2s or 50ms`
      : isShare
      ? "a share, such as 99% or 0.99"
      : "a number";
    throw new RangeError(
      `Cannot read the limit of ${name} as ${wanted}: current value is ${showValue(value)}`,
    );
  }
  if (isShare && (comparison === ">" ? limit === 1 : comparison === ">=" && limit === 0)) {
    throw new RangeError(
      `Cannot read the limit of ${name} as one that some runs keep and others miss: current value ` +
        `is ${showValue(text)}`,
    );
  }
  return { name, comparison, limit, ...figure };
}

/** A limit in the unit of its figure, which may be written after it; NaN where it is none. */
function readLimit(written: string, unit: string): number {
  const dimension = dimensionOf(unit);
  const isPlain = dimension === "number" && written.endsWith(unit);
  const value = isPlain ? written.slice(0, written.length - unit.length).trim() : written;
  return parseQuantity(value, dimension);
}

/** Refuses a latency that is to be long, and an attainment that is to be small. */
function checkDirection(
  text: string,
  comparison: Comparison,
  { isLatency, path }: { readonly isLatency: boolean; readonly path: string },
): void {
  const isUpper = comparison[0] === "<";
  const isTurned = isLatency ? !isUpper : path === ATTAINMENT && isUpper;
  if (!isTurned) return;
  const other = comparison.replace(/[<>]/, (sign) => sign === "<" ? ">" : "<");
  throw new RangeError(
    `Cannot read a limit on ${
      isLatency ? "a latency as a longest" : "attainment as a least"
    } one: ` +
      `current value is ${showValue(text)}; did you mean ${
        showValue(text.replace(comparison, other))
      }?`,
  );
}

/**
 * The latency of a name such as "ttft_p99".
 *
 * @throws {RangeError} If the name is none of a latency.
 */
export function readLatency(name: string): NamedLatency {
  const { isLatency, ...figure } = figureNamed(name);
  if (isLatency) return { name, ...figure };
  throw new RangeError(
    `Cannot draw a frontier as one of a latency, such as ttft_p99: current value is ${
      showValue(name)
    }`,
  );
}

/** A latency: what an objective has of it but the limit. */
export type NamedLatency = Pick<Objective, "name" | "path" | "unit" | "percentile">;

function dimensionOf(unit: string): Dimension {
  return unit === "s" ? "seconds" : unit === "share" ? "fraction" : "number";
}

interface NamedFigure extends Pick<Objective, "path" | "unit" | "percentile"> {
  readonly isLatency: boolean;
}

function figureNamed(name: string): NamedFigure {
  if (name === "attainment") return { path: ATTAINMENT, unit: "share", isLatency: false };
  const short = /^([a-z0-9]+)_(mean|max|p\d+(?:\.\d+)?)$/.exec(name);
  const written = short !== null && Object.hasOwn(LATENCIES, short[1])
    ? `${LATENCIES[short[1]]}.${short[2]}`
    : name;
  const figures = summaryFigures();
  const own = figures.find(({ path, isLatency }) =>
    isLatency ? written.startsWith(`${path}.`) : path === written
  );
  if (own !== undefined && !own.isLatency) {
    return { path: own.path, unit: own.unit, isLatency: false };
  }
  const part = own === undefined ? "" : written.slice(own.path.length + 1);
  const percentile = /^p(\d+(?:\.\d+)?)$/.exec(part);
  if (own !== undefined && (part === "mean" || part === "max")) {
    return { path: written, unit: own.unit, isLatency: true };
  }
  if (own !== undefined && percentile !== null && Number(percentile[1]) <= 100) {
    // "p099" and "p99.0" are no names of their own: the summary has the number.
    const number = Number(percentile[1]);
    const path = `${own.path}.p${number}`;
    return { path, unit: own.unit, percentile: number, isLatency: true };
  }
  throw unknownFigure(name, figures);
}

function unknownFigure(name: string, figures: readonly SummaryFigure[]): RangeError {
  // A latency by itself is no figure: its percentiles are.
  const [latency] = Object.entries(LATENCIES).find((names) => names.includes(name)) ?? [];
  const near = latency !== undefined ? `${latency}_p99` : suggest(name, [
    ...Object.keys(LATENCIES).flatMap((latency) => PARTS.map((part) => `${latency}_${part}`)),
    "attainment",
    ...figures.flatMap(({ path, isLatency }) =>
      isLatency ? PARTS.map((part) => `${path}.${part}`) : [path]
    ),
  ]);
  return new RangeError(
    `Cannot limit a figure as one of the summary, such as ttft_p99 or attainment: current value ` +
      `is ${showValue(name)}${near === undefined ? "" : `; did you mean "${near}"?`}`,
  );
}

/** Whether a value keeps a limit. */
export function keeps({ comparison, limit }: Objective, value: number): boolean {
  switch (comparison) {
    case "<":
      return value < limit;
    case "<=":
      return value <= limit;
    case ">":
      return value > limit;
    case ">=":
      return value >= limit;
  }
}

/** Whether smaller values are better. */
export function isUpperLimit({ comparison }: Objective): boolean {
  return comparison[0] === "<";
}

/** By how much a value misses a limit, as a share of the limit; below 0 where it keeps it. */
export function missBy(objective: Objective, value: number): number {
  const { limit } = objective;
  const scale = Math.max(Math.abs(limit), 1e-12);
  return (isUpperLimit(objective) ? value - limit : limit - value) / scale;
}

/** The percentiles of a configuration with those that objectives need, in rising order. */
export function percentilesFor(
  { metrics }: Configuration,
  objectives: readonly Pick<Objective, "percentile">[],
): readonly number[] {
  const wanted = objectives.flatMap(({ percentile }) => percentile ?? []);
  return [...new Set([...metrics.percentiles, ...wanted])].sort((a, b) => a - b);
}

/**
 * Refuses objectives that a configuration has no figure for.
 *
 * @throws {RangeError} If attainment is asked for without limits to attain.
 */
export function checkObjectives(config: Configuration, objectives: readonly Objective[]): void {
  const { slo, workload, functions } = config;
  const limits = [
    slo,
    ...workload.classes.map((one) => one.slo),
    ...functions.map(({ slo }) => slo),
  ];
  const isLimited = limits.some((one) =>
    one !== null && Object.values(one).some((limit) => limit !== null && limit !== undefined)
  );
  if (isLimited || objectives.every(({ path }) => path !== ATTAINMENT)) return;
  throw new RangeError(
    `Cannot plan for attainment as the share of requests that keep the section "slo": current value ` +
      `is a configuration without limits (set slo.ttft_s, slo.tpot_s or slo.e2e_s)`,
  );
}

/** A limit as it is written: "ttft_p99 < 2 s". */
export function objectiveText({ name, comparison, limit, unit }: Objective): string {
  const shown = unit === "share"
    ? `${Number((limit * 100).toPrecision(6))} %`
    : `${limit}${unit === "s" ? " s" : ""}`;
  return `${name} ${comparison} ${shown}`;
}
