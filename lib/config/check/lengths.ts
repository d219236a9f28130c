import { policyNamed } from "../../settings/from_table.ts";
import { keyOf, settingKeys } from "../../settings/placed_settings.ts";
import { LENGTH_LAWS } from "../../workload/lengths/laws/laws.ts";
import type { LengthEntry } from "../../workload/lengths/laws/law.ts";
import type { LengthConfiguration } from "../sections/length_distribution.ts";
import { type Problem, problem } from "./problem.ts";

/** Settings that the distribution needs and does not have, or has and does not know. */
function checkKeys(path: string, lengths: LengthConfiguration): Problem[] {
  const { distribution, ...settings } = lengths;
  const law = distribution === "joint"
    ? undefined
    : policyNamed(LENGTH_LAWS, distribution) as LengthEntry<string, Record<string, unknown>>;
  const required = law === undefined
    ? []
    : law.required.map((name) => keyOf(name, law.settings[name]));
  const known = law === undefined ? [] : settingKeys(law);
  const problems: Problem[] = [];
  for (const [key, value] of Object.entries(settings)) {
    const here = `${path}.${key}`;
    if (value === null && required.includes(key)) {
      problems.push(problem(here, `a setting that "${distribution}" needs`, value, "not null"));
    }
    if (value !== null && !known.includes(key)) {
      const allowed = known.length > 0 ? known.join(", ") : "none";
      problems.push(problem(here, `a setting of "${distribution}"`, value, allowed));
    }
  }
  return problems;
}

/** What is wrong with one length distribution. */
export function checkLengths(path: string, lengths: LengthConfiguration): Problem[] {
  const problems = checkKeys(path, lengths);
  if (problems.length > 0) return problems;
  const { distribution, min, max, mean, quantiles, probabilities } = lengths;
  if (min !== null && max !== null && min > max) {
    problems.push(problem(`${path}.min`, "the least length", min, `<= max, which is ${max}`));
  } else if (mean !== null && (mean < (min ?? 0) || mean > (max ?? Infinity))) {
    const bounds = `min ${min ?? 0} to max ${max ?? "unbounded"}`;
    problems.push(problem(`${path}.mean`, "a mean within the bounds", mean, bounds));
  }
  if (distribution === "constant" && !Number.isInteger(mean)) {
    problems.push(problem(`${path}.mean`, "a constant length", mean, "whole, >= 1"));
  }
  if (quantiles !== null && probabilities !== null) {
    const here = `${path}.probabilities`;
    if (probabilities.length !== quantiles.length) {
      const allowed = `as many as quantiles, which are ${quantiles.length}`;
      problems.push(problem(here, "probabilities of the quantiles", probabilities, allowed));
    } else if (probabilities[0] !== 0 || probabilities.at(-1) !== 1) {
      problems.push(problem(here, "probabilities of the quantiles", probabilities, "from 0 to 1"));
    }
  }
  return problems;
}
