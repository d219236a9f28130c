import type { FleetMetric } from "../../../serverless/scaling/fleet_readings.ts";
import { type Matcher, parseQuery, type Query } from "./parse_query.ts";
import { isOwner, type SeriesMeaning, seriesMeaning } from "./series.ts";
import { NotRead } from "./tokens.ts";

/** What a query comes to: `factor` times a metric of the fleet. */
export interface QueryMeaning {
  readonly metric: FleetMetric;
  /** How the values of instances become one. `each`: a value per instance; `whole`: there is one. */
  readonly over: "sum" | "mean" | "each" | "whole";
  /** > 0. */
  readonly factor: number;
  /** What was assumed, as sentences without a capital. */
  readonly notes: readonly string[];
}

/** A query that is not read, and why. */
export interface QueryLeft {
  readonly left: string;
}

/**
 * Reads a query of Prometheus as a metric that is simulated. Nothing of it is dropped: what changes
 * its value is either in the answer or the reason why there is none.
 *
 * Read are gauges, rates of counters, the 0.95 quantile of the time to first token; their sum, or mean,
 * over instances; products and quotients with numbers; labels that say whose series they are.
 */
export function queryMeaning(text: string): QueryMeaning | QueryLeft {
  try {
    const found = meaningOf(parseQuery(text));
    if (typeof found === "number") return { left: "its query is a number" };
    if (found.form !== "value" || found.rangeSeconds !== undefined) {
      return { left: notAValue(found) };
    }
    if (found.isCount) return { left: "its query counts series" };
    const { metric, over, factor, notes } = found;
    if (!(factor > 0) || factor === Infinity) {
      return { left: "its query is not a positive multiple of a metric" };
    }
    return { metric, over, factor, notes: [...new Set(notes)] };
  } catch (error) {
    if (error instanceof NotRead) return { left: error.reason };
    throw error;
  }
}

/** A part of a query: a number, or series. */
type Part = number | Series;

interface Series extends QueryMeaning {
  /** `value`: what there is now; `counter`: grows only; `buckets`: rates of buckets, or buckets. */
  readonly form: "value" | "counter" | "buckets" | "rates";
  readonly name: string;
  readonly rangeSeconds?: number;
  /** The labels that it was asked for, to tell what is of the same series. */
  readonly asked: string;
  /** A number of series. */
  readonly isCount?: true;
  /** An instance has several series of it. */
  readonly isSplit?: boolean;
}

function notAValue({ form, rangeSeconds }: Series): string {
  if (rangeSeconds !== undefined) return "its query is not one of Prometheus";
  return form === "counter"
    ? "its query is a count that only grows: a rate of it is read"
    : "its query is the buckets of a histogram: a quantile of them is read";
}

function meaningOf(query: Query): Part {
  switch (query.kind) {
    case "number":
      return query.value;
    case "series":
      return seriesOf(query);
    case "call":
      return called(query.name, query.args);
    case "aggregate":
      return aggregated(query);
    case "operation":
      return operated(query.sign, query.left, query.right);
  }
}

const FORMS: Readonly<Record<SeriesMeaning["form"], Pick<Series, "form" | "over">>> = {
  gauge: { form: "value", over: "each" },
  counter: { form: "counter", over: "each" },
  buckets: { form: "buckets", over: "each" },
  mean: { form: "value", over: "mean" },
};

function seriesOf(
  { name, matchers, rangeSeconds }: Extract<Query, { readonly kind: "series" }>,
): Series {
  const meaning = seriesMeaning(name);
  if (meaning === undefined) throw new NotRead(`what ${name} counts is not simulated`);
  const labels = matchers.flatMap(labelNote);
  return {
    ...FORMS[meaning.form],
    metric: meaning.metric,
    isSplit: meaning.isSplit === true,
    factor: 1,
    name,
    asked: JSON.stringify([name, matchers]),
    notes: [
      ...meaning.note === undefined ? [] : [meaning.note],
      ...labels.length === 0
        ? []
        : [`the labels ${labels.join(", ")} are taken as those of the workload`],
    ],
    ...(rangeSeconds !== undefined && { rangeSeconds }),
  };
}

/** The label of a matcher that says whose series they are; others leave some of them out. */
function labelNote({ label, sign, value }: Matcher): string[] {
  // A label that is merely there leaves nothing out.
  const isThere = (sign === "!=" && value === "") || (sign === "=~" && /^\.[+*]$/.test(value));
  if (isThere) return [];
  const isPattern = sign === "=~" && /\.[*+]\$?$/.test(value);
  const isPods = /^(pod|instance|pod_name|kubernetes_pod_name)$/.test(label) && isPattern;
  if ((sign === "=" || sign === "=~") && (isOwner(label) || isPods)) return [label];
  throw new NotRead(`its query leaves out series by their label ${label}`);
}

const RATES = new Set(["rate", "irate", "increase"]);

function called(name: string, args: readonly Query[]): Part {
  if (RATES.has(name)) return rateOf(name, args);
  if (name === "histogram_quantile") return quantileOf(args);
  const [first, ...others] = args.map(meaningOf);
  if (others.length === 0 && first !== undefined) {
    // One value is the same as a number and as a series; no metric here is negative.
    if (/^(scalar|vector|abs|sort|sort_desc)$/.test(name)) return first;
  }
  throw new NotRead(`its query has the function ${name}`);
}

function rateOf(name: string, args: readonly Query[]): Part {
  const part = args.length === 1 ? meaningOf(args[0]) : NaN;
  if (typeof part === "number" || part.rangeSeconds === undefined) {
    throw new NotRead("its query is not one of Prometheus");
  }
  const { rangeSeconds, ...series } = part;
  if (series.form === "value") {
    throw new NotRead(`${series.name} is no count of which there are rates`);
  }
  const isRate = name !== "increase";
  return {
    ...series,
    form: series.form === "buckets" ? "rates" : "value",
    factor: isRate ? 1 : rangeSeconds,
    notes: [
      ...series.notes,
      `${name} over ${rangeSeconds} s is taken over the time since the autoscaler's last look`,
    ],
  };
}

/** The quantile of the time to first token that is measured here. */
const QUANTILE = 0.95;

function quantileOf(args: readonly Query[]): Part {
  const [level, series] = args.map(meaningOf);
  if (args.length !== 2 || typeof level !== "number" || typeof series !== "object") {
    throw new NotRead("its query is not one of Prometheus");
  }
  if (series.form !== "rates" && series.form !== "buckets" || series.rangeSeconds !== undefined) {
    throw new NotRead("its query has a quantile of what is no histogram");
  }
  if (series.form === "buckets") {
    throw new NotRead("its query has a quantile of all time: one of a rate is read");
  }
  if (series.over === "mean" || series.factor <= 0) {
    throw new NotRead("its query has a quantile of what is no histogram");
  }
  if (Math.abs(level - QUANTILE) > 1e-9) {
    throw new NotRead(`its query has the quantile ${level}: the one here is ${QUANTILE}`);
  }
  // How many there are of all together does not matter to a quantile.
  return { ...series, form: "value", over: "whole", factor: 1 };
}

/** Labels that tell an instance from others. */
const INSTANCE = /^(pod|instance|pod_name|kubernetes_pod_name|engine|node)$/;

function aggregated(
  { name, args, by = [], isWithout }: Extract<Query, { readonly kind: "aggregate" }>,
): Part {
  const part = args.length === 1 ? meaningOf(args[0]) : undefined;
  if (part === undefined || typeof part === "number" || part.rangeSeconds !== undefined) {
    throw new NotRead(`its query has the function ${name}`);
  }
  const labels = isWithout ? [] : by.filter((label) => label !== "le");
  const strange = labels.find((label) => !isOwner(label) && !INSTANCE.test(label));
  if (strange !== undefined) {
    throw new NotRead(`its query tells series apart by their label ${strange}`);
  }
  if (isWithout && !by.some((label) => INSTANCE.test(label))) {
    throw new NotRead(`its query tells series apart by labels that it does not name`);
  }
  const isBuckets = part.form === "buckets" || part.form === "rates";
  if (isBuckets && (isWithout ? by.includes("le") : !by.includes("le"))) {
    throw new NotRead("its query adds up buckets of a histogram that overlap");
  }
  const notes = labels.length > 0 && !labels.some((label) => INSTANCE.test(label))
    ? [...part.notes, `there is one value of ${labels.join(", ")}`]
    : part.notes;
  const isOne = part.over !== "each";
  const isByInstance = labels.some((label) => INSTANCE.test(label));
  if (isOne || isByInstance) {
    if (!/^(sum|avg|min|max)$/.test(name)) throw new NotRead(`its query has the function ${name}`);
    if (part.isSplit && !isOne && name !== "sum") throw new NotRead(severalSeries(part.name));
    return { ...part, isSplit: false, notes };
  }
  if (name === "sum") return { ...part, over: "sum", notes };
  if (part.isSplit) throw new NotRead(severalSeries(part.name));
  if (name === "avg" && !isBuckets) return { ...part, over: "mean", notes };
  if (name === "count" && part.form === "value") {
    return { ...part, over: "sum", isCount: true, notes };
  }
  const why = name === "max" || name === "min" ? " of instances: their sum and mean are read" : "";
  throw new NotRead(`its query has the function ${name}${why}`);
}

function severalSeries(name: string): string {
  return `an instance has several series of ${name}, whose mean is none over instances`;
}

function operated(sign: string, one: Query, other: Query): Part {
  const [left, right] = [meaningOf(one), meaningOf(other)];
  if (typeof left === "number" && typeof right === "number") return computed(sign, left, right);
  if (typeof left === "object" && typeof right === "object") return ofTwo(sign, left, right);
  const series = (typeof left === "object" ? left : right) as Series;
  const number = (typeof left === "number" ? left : right) as number;
  if (series.rangeSeconds !== undefined) throw new NotRead("its query is not one of Prometheus");
  const isFirst = typeof left === "object";
  if (sign === "*") return { ...series, factor: series.factor * number };
  if (sign === "/" && isFirst) return { ...series, factor: series.factor / number };
  if (sign === "+" || (sign === "-" && isFirst)) {
    if (number === 0) return series;
    throw new NotRead("its query adds a number to a metric");
  }
  // What is there always covers what stands in for it where nothing is there.
  if (sign === "or" && isFirst && number === 0) return series;
  throw new NotRead(`its query has "${sign}" between a metric and a number`);
}

function computed(sign: string, left: number, right: number): number {
  switch (sign) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "/":
      return left / right;
    case "^":
      return left ** right;
    default:
      throw new NotRead(`its query has "${sign}" between numbers`);
  }
}

function ofTwo(sign: string, left: Series, right: Series): Series {
  // A sum divided by the number of its series is their mean.
  const isMean = sign === "/" && right.isCount && !left.isCount && left.over === "sum" &&
    left.asked === right.asked && right.factor === 1;
  if (isMean) return { ...left, over: "mean" };
  if (sign === "+" || sign === "-") {
    const both = new Set([left.metric, right.metric]);
    const hint = sign === "+" && both.has("waiting") && both.has("running")
      ? ": the metric concurrency of scaling is near to it"
      : "";
    throw new NotRead(`its query ${sign === "+" ? "adds up" : "subtracts"} several metrics${hint}`);
  }
  throw new NotRead(`its query has "${sign}" between metrics`);
}
