import { arrivesAtOnce } from "../all_at_once.ts";
import type { Configuration } from "../configuration.ts";
import { checkLengths } from "./lengths.ts";
import { type Problem, problem } from "./problem.ts";

function checkClasses({ classes }: Configuration["workload"]): Problem[] {
  const problems: Problem[] = [];
  const shares = classes.map(({ share }) => share);
  const missing = shares.indexOf(null);
  if (shares.some((share) => share !== null)) {
    if (missing >= 0) {
      problems.push(
        problem(`workload.classes[${missing}].share`, "a share", null, "all shares or none"),
      );
    } else if (Math.abs(shares.reduce<number>((sum, share) => sum + share!, 0) - 1) > 1e-9) {
      problems.push(problem("workload.classes", "shares of a whole", shares, "a sum of 1"));
    }
  }
  const names = classes.map(({ name }) => name);
  if (new Set(names).size < names.length) {
    problems.push(problem("workload.classes", "names of classes", names, "each name once"));
  }
  return problems;
}

/** What is wrong between the settings of the workload and its duration. */
export function checkWorkload({ workload, simulation }: Configuration): Problem[] {
  const { trace, type, prompt_length, decode_length } = workload;
  const problems = [
    ...checkLengths("workload.prompt_length", prompt_length),
    ...checkLengths("workload.decode_length", decode_length),
    ...checkClasses(workload),
  ];
  const { warmup_duration, duration } = simulation;
  if (warmup_duration !== "mser5" && warmup_duration >= duration) {
    const allowed = `< simulation.duration, which is ${duration}`;
    problems.push(
      problem("simulation.warmup_duration", "a part of the simulation", warmup_duration, allowed),
    );
  }
  if (arrivesAtOnce(workload) && type !== "trace" && workload.num_requests === null) {
    const allowed = "with workload.num_requests, the number of those that arrive at once";
    problems.push(problem("workload.all_at_once", "requests at once", true, allowed));
  }
  const { warmup_requests } = simulation;
  if (warmup_requests !== null && warmup_duration !== 0) {
    const allowed = "one of warmup_requests and warmup_duration";
    problems.push(problem("simulation.warmup_requests", "a warm-up", warmup_requests, allowed));
  }
  if (type === "trace" && trace.path === null) {
    problems.push(problem("workload.trace.path", "the file of the trace", null, "a path"));
  }
  if ((prompt_length.distribution === "joint") !== (decode_length.distribution === "joint")) {
    const path = "workload.decode_length.distribution";
    const allowed = "joint for both lengths or for none";
    problems.push(problem(path, "a joint distribution", decode_length.distribution, allowed));
  }
  return problems;
}
