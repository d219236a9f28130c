import type { Configuration } from "../config/configuration.ts";
import type { RunInputs } from "../run/cluster.ts";
import { traceOptions } from "../run/trace.ts";
import type { Trace } from "../workload/mod.ts";

/** What the runs of a configuration are given beside it. */
export interface PlanInputs extends RunInputs {
  /** SHA-256 of the file of a trace that was read, which its runs are known by. */
  readonly traceSha256?: string;
}

/** The inputs of each configuration; the same object for all that are given the same. */
export type InputsOf = (config: Configuration) => PlanInputs;

/** A trace that was read, and the SHA-256 of its file. */
export interface PlanTrace {
  readonly trace: Trace;
  readonly sha256: string;
}

/** What a configuration's trace is known by: its file and how that is read; undefined without one. */
export function traceKey(config: Configuration): string | undefined {
  const { type, cycle_prompts: cycles, trace } = config.workload;
  const isRead = (type === "trace" || cycles) && trace.path !== null;
  return isRead ? JSON.stringify([trace.path, traceOptions(config)]) : undefined;
}

/**
 * The inputs of a plan's configurations.
 *
 * @param given Texts and a trace that hold for all; a file of `files` may be a trace.
 * @param traces Traces that were read, by {@link traceKey}.
 */
export function inputsByConfig(
  given: PlanInputs,
  traces: ReadonlyMap<string, PlanTrace> = new Map(),
): InputsOf {
  const made = new Map<string, PlanInputs>();
  return (config) => {
    const key = traceKey(config) ?? "";
    const known = made.get(key);
    if (known !== undefined) return known;
    const own = traces.get(key);
    const text = key === "" ? undefined : given.files?.get(config.workload.trace.path!);
    const hasTrace = given.trace !== undefined || given.traceText !== undefined;
    const inputs: PlanInputs = own !== undefined
      ? { ...given, trace: own.trace, traceSha256: own.sha256 }
      : !hasTrace && text !== undefined
      ? { ...given, traceText: text }
      : given;
    made.set(key, inputs);
    return inputs;
  };
}
