import { type Overrides, readOverrides } from "../config/overrides.ts";
import { showValue } from "../std/show_value.ts";
import type { Factor } from "./factors.ts";
import { canonicalPath } from "./setting_paths.ts";

/** Settings that a plan's rate decides. */
const RATE_PATHS = [
  "workload.arrival_rate",
  "workload.all_at_once",
  "workload.embedded.rate_scale",
  "workload.trace.rate_scale",
  "workload.trace.time_scale",
  "workload.burst.base_rate",
  "workload.burst.burst_rate",
];

/**
 * Refuses a setting that two things decide: a factor and an override, two factors of which one holds the
 * other, or the rate that is asked for and anything else that sets it.
 *
 * @param rate Requests per second that are asked for, or the highest rate that holds.
 * @throws {RangeError} If a setting has two owners.
 */
export function checkOwners(
  factors: readonly Factor[],
  set: Overrides | undefined,
  rate: number | "highest" | undefined,
): void {
  const given = Object.entries(pathsIn(readOverrides(set ?? [])));
  for (const { path } of factors) {
    const other = factors.find((one) => one.path !== path && isWithin(one.path, path));
    if (other !== undefined) {
      throw new RangeError(
        `Cannot plan over ${showValue(path)} and over ${showValue(other.path)} at once: ` +
          `current value is a factor for each, and one holds the other`,
      );
    }
    const [fixed, value] = given.find(([one]) => isWithin(one, path) || isWithin(path, one)) ?? [];
    if (fixed !== undefined) {
      throw new RangeError(
        `Cannot plan over ${showValue(path)} beside a value that is set for all candidates: ` +
          `current value of ${showValue(fixed)} is ${showValue(value)} (leave out one of the two)`,
      );
    }
  }
  if (rate === undefined) return;
  const isRate = rate !== "highest";
  const paths = factors.map(({ path }) => path);
  const asked = (isRate ? [...paths, ...given.map(([path]) => path)] : paths)
    .find((path) => RATE_PATHS.includes(canonicalPath(path)));
  if (asked === undefined) return;
  throw new RangeError(
    `Cannot plan for ${isRate ? "a rate" : "the highest rate"} and for ${showValue(asked)} at ` +
      `once, which both decide the rate: current value is ${
        isRate ? `${rate} requests per second` : "max_rate"
      } (leave out one of the two)`,
  );
}

/** Whether a path is another one, or that of a part of it. */
function isWithin(path: string, whole: string): boolean {
  const [own, other] = [canonicalPath(path), canonicalPath(whole)];
  return own === other || own.startsWith(`${other}.`);
}

/** The values of a mapping by the path of each. */
function pathsIn(mapping: object, above = ""): Record<string, unknown> {
  return Object.assign(
    {},
    ...Object.entries(mapping).map(([key, value]) => {
      const path = above === "" ? key : `${above}.${key}`;
      const isMapping = typeof value === "object" && value !== null && !Array.isArray(value);
      return isMapping ? pathsIn(value, path) : { [path]: value };
    }),
  );
}
