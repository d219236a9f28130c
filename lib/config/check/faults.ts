import type { Configuration } from "../configuration.ts";
import { type Problem, problem } from "./problem.ts";

/** What is wrong between the settings of what goes wrong. */
export function checkFaults({ faults: { spot } }: Configuration): Problem[] {
  // Warned before they are there, instances would be replaced again and again at one instant.
  if (spot.mtbf === null || spot.notice <= spot.mtbf) return [];
  const allowed = `<= mtbf, which is ${spot.mtbf}`;
  return [problem("faults.spot.notice", "a warning within a life", spot.notice, allowed)];
}
