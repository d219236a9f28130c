import type { Configuration } from "../configuration.ts";
import { type Problem, problem } from "./problem.ts";

/** What is wrong between the entries of the list of functions. */
export function checkFunctions({ functions, workload }: Configuration): Problem[] {
  if (functions.length === 0) return [];
  const problems: Problem[] = [];
  const missing = functions.findIndex(({ share }) => share === null);
  if (missing >= 0 && functions.some(({ share }) => share !== null)) {
    problems.push(problem(`functions[${missing}].share`, "a share", null, "all shares or none"));
  }
  const total = functions.reduce((sum, { count }) => sum + count, 0);
  const called = workload.functions.count;
  if (called !== 1 && called !== total) {
    const allowed = `${total}, the functions listed`;
    problems.push(problem("workload.functions.count", "functions called", called, allowed));
  }
  const names = functions.map(({ name }) => name).filter((name) => name !== null);
  if (new Set(names).size < names.length) {
    problems.push(problem("functions", "names of functions", names, "each name once"));
  }
  return problems;
}
