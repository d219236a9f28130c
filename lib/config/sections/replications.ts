import { LIMITS } from "../../sim/limits.ts";
import { isMapping, type Mapping } from "../normalize.ts";
import { type Setting, setting } from "../../settings/setting.ts";
import { parseQuantity } from "../../settings/units.ts";
import { shownName } from "../../std/safe_text.ts";
import { suggest } from "../../std/suggest.ts";

/** Replications until a figure is known well enough. */
export interface Precision {
  /** Widest half-width of the 95 % interval of the mean, as a share of the mean, above 0, up to 1. */
  readonly until: number;
  /** Path of the figure in the summary, such as "ttft_s.p99". */
  readonly of: string;
  /** Most replications. */
  readonly most: number;
  /** Replications before the first look, >= 2: few may agree by chance. */
  readonly least: number;
}

const MOST = LIMITS.replications.value;
const KEYS = ["until", "of", "most", "least"] as const;
/** Replications before the first look where none is given, or `most` if that is less. */
const LEAST = 10;

/** The setting `simulation.replications`. */
export const replications: Setting<number | Precision> = setting<number | Precision>({
  wanted: "a number of replications",
  allowed: `1 to ${MOST}, or { until: 2%, of: ttft_s.p99, most: 50 }`,
  typeText: [
    "number",
    "Readonly<{ until: number; of: string; most: number; least: number }>",
  ],
  jsonSchema: {
    anyOf: [{ type: "integer", minimum: 1, maximum: MOST }, {
      type: "object",
      properties: {
        until: { anyOf: [{ type: "number", exclusiveMinimum: 0, maximum: 1 }, { type: "string" }] },
        of: { type: "string", minLength: 1 },
        most: { type: "integer", minimum: 2, maximum: MOST },
        least: { type: "integer", minimum: 2, maximum: MOST },
      },
      required: ["until", "of"],
      additionalProperties: false,
    }],
  },
  read(input) {
    if (isMapping(input)) return readPrecision(input);
    const count = parseQuantity(input, "count");
    return isCount(count, 1) ? count : undefined;
  },
  hint: (input) => isMapping(input) ? hintOf(input) : "",
}, {
  default: 1,
  describe:
    "Runs with different random streams, for confidence intervals: so many, or as many as " +
    "it takes until the half-width of the 95 % interval of a figure's mean is at most `until` of " +
    "that mean, from `least` (10) to `most` (1000). `of` is the figure's path in `summary.json`.",
});

function readPrecision(input: Mapping): Precision | undefined {
  if (Object.keys(input).some((key) => !KEYS.some((known) => known === key))) return undefined;
  const until = parseQuantity(input.until, "fraction");
  const most = parseQuantity(input.most ?? 1000, "count");
  const least = parseQuantity(input.least ?? Math.min(LEAST, most), "count");
  const isRight = until > 0 && until <= 1 && typeof input.of === "string" && input.of !== "" &&
    isCount(most, 2) && isCount(least, 2) && least <= most;
  return isRight ? { until, of: input.of as string, most, least } : undefined;
}

/** What is wrong with a mapping: keys that there are not, one that is missing, one with a wrong value. */
function hintOf(input: Mapping): string {
  const unknown = Object.keys(input).filter((key) => !KEYS.some((known) => known === key));
  if (unknown.length > 0) {
    return unknown.map((key) => {
      const near = suggest(key, KEYS);
      return `; unknown key "${shownName(key)}"` +
        (near === undefined ? "" : `: did you mean "${near}"?`);
    }).slice(0, KEYS.length).join("");
  }
  const missing = ["until", "of"].find((key) => input[key] === undefined || input[key] === null);
  if (missing !== undefined) return `; "${missing}" is missing`;
  // A key is wrong if it is so beside right ones.
  const right: Mapping = { until: 0.02, of: "ttft_s.p99", most: MOST, least: 2 };
  const wrong = KEYS.find((key) =>
    input[key] !== undefined && readPrecision({ ...right, [key]: input[key] }) === undefined
  );
  return wrong === undefined ? `; "least" is above "most"` : `; "${wrong}" is ${REASONS[wrong]}`;
}

const REASONS: Readonly<Record<(typeof KEYS)[number], string>> = {
  until: "no share above 0, up to 1",
  of: "no path of a figure",
  most: `no whole number from 2 to ${MOST}`,
  least: `no whole number from 2 to ${MOST}`,
};

function isCount(value: number, least: number): boolean {
  return Number.isInteger(value) && value >= least && value <= MOST;
}

/** Most replications that a setting asks for. */
export function mostReplications(asked: number | Precision): number {
  return typeof asked === "number" ? asked : asked.most;
}
