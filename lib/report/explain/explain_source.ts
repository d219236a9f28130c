import { OUTCOMES } from "../../metrics/run_tables.ts";
import {
  LATENCY_PART_NAMES,
  type LatencyPart,
  latencyPart,
  TTFT_PART_NAMES,
  type TtftPart,
} from "../../metrics/latency_parts.ts";
import type { RunResult } from "../../metrics/run_tables.ts";
import { type StageSpan, stageSpans } from "./start_stages.ts";

/** What stories of requests are told from: the tables of a run. Columns are by request. */
export interface ExplainSource {
  /** Requests. */
  readonly count: number;
  /** Function of each request, an index into `functionNames`. */
  readonly functionId: ArrayLike<number>;
  /** Names of the functions. */
  readonly functionNames: readonly string[];
  /** Instance that finished it, or last held it; -1 for none. */
  readonly instanceId: ArrayLike<number>;
  /** Instants, seconds; NaN where the request never got there. */
  readonly arrivalAtSeconds: Float64Array;
  /** Start of the first step that works on it. */
  readonly scheduledAtSeconds: Float64Array;
  /** End of the step with its first token. */
  readonly firstTokenAtSeconds: Float64Array;
  /** End of the step with its last token. */
  readonly completedAtSeconds: Float64Array;
  /** Lengths, tokens. */
  readonly promptTokens: ArrayLike<number>;
  /** Length of the output, tokens. */
  readonly outputTokens: ArrayLike<number>;
  /** Prompt tokens from the prefix cache. */
  readonly cachedTokens: ArrayLike<number>;
  /** Times that it was preempted. */
  readonly preemptions: ArrayLike<number>;
  /** How it ended, an index into `outcomeNames`. */
  readonly outcome: ArrayLike<number>;
  /** Names of outcomes. */
  readonly outcomeNames: readonly string[];
  /** The parts of the latencies, seconds; NaN where the request did not get there. */
  readonly parts: Readonly<Record<LatencyPart, Float64Array>>;
  /** Waits for starts by stage: rows by request, ascending. */
  readonly waits: StageWaitRows;
  /** Stages of all starts. */
  readonly stages: readonly StageSpan[];
  /** End of the warm-up, seconds: percentiles are of the requests that arrived from then on. */
  readonly measuredFromSeconds: number;
}

/** Rows of waits for starts. */
export interface StageWaitRows {
  /** Request of each row, ascending. */
  readonly request: ArrayLike<number>;
  /** Instance that it waited for. */
  readonly instanceId: ArrayLike<number>;
  /** Stage, an index into `stageNames`. */
  readonly stage: ArrayLike<number>;
  /** Names of the stages. */
  readonly stageNames: readonly string[];
  /** Part of the wait, seconds. */
  readonly waitSeconds: Float64Array;
}

/**
 * The source of stories of a run at hand.
 *
 * @throws {RangeError} If the run has not recorded the parts of latencies (`metrics.explain`).
 */
export function explainSource(run: RunResult): ExplainSource {
  if (run.latencyParts === undefined) {
    throw new RangeError(
      "Cannot explain a run as one that records the parts of latencies: current value is none " +
        "(metrics.explain: true records them)",
    );
  }
  const { requests, functionNames, coldStartWaits: waits, instances, summary } = run;
  const parts = Object.fromEntries(
    LATENCY_PART_NAMES.map((name) => [name, latencyPart(run, name)]),
  ) as Record<LatencyPart, Float64Array>;
  return {
    ...requests,
    functionNames,
    outcomeNames: OUTCOMES,
    parts,
    waits,
    stages: stageSpans(instances.count, (row) => ({
      instanceId: instances.instanceId[row],
      phase: instances.phaseNames[instances.phase[row]],
      startAtSeconds: instances.startAtSeconds[row],
      endAtSeconds: instances.endAtSeconds[row],
      sharers: instances.sharers[row],
    })),
    measuredFromSeconds: summary.measured.from_s,
  };
}

/** Whether a part is one of the time to first token. */
export function isTtftPart(part: LatencyPart): part is TtftPart {
  return (TTFT_PART_NAMES as readonly LatencyPart[]).includes(part);
}
