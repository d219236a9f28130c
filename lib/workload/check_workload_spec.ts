import type { WorkloadSpec } from "./workload_spec.ts";

function checkCount(value: number | undefined, what: string, max = 2 ** 31 - 1): void {
  if (value !== undefined && !(Number.isInteger(value) && value >= 1 && value <= max)) {
    throw new RangeError(
      `Cannot use ${what} as a whole number from 1 to ${max}: current value is ${value}`,
    );
  }
}

function refuse(what: string, wanted: string, value: unknown): never {
  throw new RangeError(`Cannot use ${what} as ${wanted}: current value is ${value}`);
}

/** Throws unless the parts of a workload are in range and fit each other. */
export function checkWorkloadSpec(spec: WorkloadSpec): void {
  const { durationSeconds, prefixGroups, sessions, closedLoop, cyclePrompts } = spec;
  checkCount(spec.requests, "requests");
  checkCount(cyclePrompts, "cyclePrompts");
  checkCount(spec.blockTokens, "blockTokens");
  checkCount(prefixGroups?.groups, "prefixGroups.groups", 1e7);
  checkCount(prefixGroups?.tokensPerGroup, "prefixGroups.tokensPerGroup");
  checkCount(sessions?.maxPromptTokens, "sessions.maxPromptTokens");
  checkCount(closedLoop?.concurrency, "closedLoop.concurrency");
  if (durationSeconds !== undefined && !(durationSeconds > 0)) {
    refuse("durationSeconds", "a number > 0", durationSeconds);
  }
  if (closedLoop !== undefined && !(closedLoop.thinkSeconds >= 0)) {
    refuse("closedLoop.thinkSeconds", "a number >= 0", closedLoop.thinkSeconds);
  }
  if (sessions !== undefined && (closedLoop !== undefined || cyclePrompts !== undefined)) {
    refuse(
      "sessions",
      "turns that follow each other",
      `together with ${closedLoop === undefined ? "cyclePrompts" : "closedLoop"}`,
    );
  }
  if (closedLoop !== undefined) {
    if (spec.requests === undefined) refuse("requests", "the length of a closed loop", undefined);
  } else if (spec.arrivals === undefined) {
    refuse("arrivals", "an arrival process", undefined);
  } else if (spec.requests === undefined && !(durationSeconds! < Infinity)) {
    refuse("durationSeconds or requests", "the length of a workload", durationSeconds);
  }
}
