import {
  fillDifference,
  fillTpot,
  type MeasuredRequests,
  measuredRequests,
} from "../metrics/latency_columns.ts";
import type { RunResult, Summary, TimeSeriesColumns } from "../metrics/run_tables.ts";
import type { PhaseRow } from "../plot/mod.ts";
import { allBands, type LatencyBand } from "./explain/bands.ts";
import { explainSource } from "./explain/explain_source.ts";

/** Waits for starts, a row for each request and stage; as the table `cold_start_waits` has them. */
export interface StageWaits {
  /** Request of each row, ascending. */
  readonly request: Int32Array;
  /** Its function, an index into `functionNames`. */
  readonly functionId: Uint16Array;
  /** Functions whose requests waited, in order of first appearance. */
  readonly functionNames: readonly string[];
  /** Stage of each row, an index into `stageNames`. */
  readonly stage: Uint16Array;
  /** Names of the stages, by index. */
  readonly stageNames: readonly string[];
  /** How long each waited, seconds. */
  readonly waitSeconds: Float64Array;
}

/** What the standard figures of a run are drawn from. */
export interface FigureSource {
  /** Times to first token of the requests that the summary's latencies are of, seconds, in any order. */
  readonly ttftSeconds: Float64Array;
  /** Their end-to-end latencies, seconds, in any order. */
  readonly e2eSeconds: Float64Array;
  /** Their times per output token, seconds, in any order; NaN below two tokens. */
  readonly tpotSeconds: Float64Array;
  /** Distribution of the gaps between tokens. */
  readonly tbtCdf: RunResult["tbtCdf"];
  /** State of the cluster over time. */
  readonly timeSeries: TimeSeriesColumns;
  /** Phases of the instances' lives, without the stages of their starts. */
  readonly phases: readonly PhaseRow[];
  /** Waits for starts, by stage. */
  readonly coldStartWaits: StageWaits;
  /** What latencies are made of, by percentile; empty where that was not recorded. */
  readonly latencyBands: readonly LatencyBand[];
  /** Summary of the run. */
  readonly summary: Summary;
}

/** The source of figures of a run at hand. */
export function figureSource(result: RunResult): FigureSource {
  const { requests, instances } = result;
  const { arrivalAtSeconds, firstTokenAtSeconds, completedAtSeconds } = requests;
  const measured = measuredRequests(requests, result.summary.measured.from_s);
  const sinceArrival = (end: Float64Array) => {
    const seconds = new Float64Array(measured.count);
    fillDifference(seconds, measured, end, arrivalAtSeconds);
    return seconds;
  };
  return {
    ttftSeconds: sinceArrival(firstTokenAtSeconds),
    e2eSeconds: sinceArrival(completedAtSeconds),
    tpotSeconds: tpotOf(measured, requests),
    tbtCdf: result.tbtCdf,
    timeSeries: result.timeSeries,
    phases: phaseRows(
      Array.from({ length: instances.count }, (_, i) => ({
        instance: instances.instanceId[i],
        phase: instances.phaseNames[instances.phase[i]],
        startSeconds: instances.startAtSeconds[i],
        endSeconds: instances.endAtSeconds[i],
      })),
    ),
    coldStartWaits: stageWaits(result),
    latencyBands: result.latencyParts === undefined ? [] : allBands(explainSource(result)),
    summary: result.summary,
  };
}

function tpotOf(measured: MeasuredRequests, requests: RunResult["requests"]): Float64Array {
  const seconds = new Float64Array(measured.count);
  fillTpot(seconds, measured, requests);
  return seconds;
}

function stageWaits({ coldStartWaits: waits, requests, functionNames }: RunResult): StageWaits {
  const { request, stage, stageNames, waitSeconds } = waits;
  const functions = textCodes(
    Array.from(request, (waiting) => functionNames[requests.functionId[waiting]]),
  );
  return {
    request,
    functionId: functions.codes,
    functionNames: functions.names,
    stage,
    stageNames,
    waitSeconds,
  };
}

/** Texts as codes, and the text of each code in order of first appearance. */
export function textCodes(
  texts: readonly string[],
): { readonly codes: Uint16Array; readonly names: readonly string[] } {
  const codeOf = new Map<string, number>();
  const codes = Uint16Array.from(texts, (text) => {
    const code = codeOf.get(text) ?? codeOf.size;
    if (code === codeOf.size) codeOf.set(text, code);
    return code;
  });
  return { codes, names: [...codeOf.keys()] };
}

/** The phases that tile an instance's life: stages of a start lie within "starting". */
export function phaseRows(rows: readonly PhaseRow[]): PhaseRow[] {
  return rows.filter((row) => !row.phase.startsWith("start:"));
}
