import { LIMITS, plain } from "../../sim/limits.ts";
import { type Problem, problem } from "./problem.ts";

/** The problem of a time that is cut into more parts than can be kept; none where it is not. */
export function tooManyParts(path: string, whole: number, part: number): Problem[] {
  const most = LIMITS.bins.value;
  if (whole / part <= most) return [];
  const allowed = `<= ${plain(most * part)}, which is ${plain(most)} times ${part} s`;
  return [problem(path, "a time of so many parts", whole, allowed)];
}
