import { rowsOfResult, valuesAt } from "../rows/request_rows.ts";
import { codes, type DeclaredColumns, floats, FUNCTION_NAMES, integers } from "./column.ts";

/** A phase of the life of an instance or of a pool's member. */
export interface PhaseRow {
  readonly instanceId: number;
  readonly functionId: number;
  /** Its name by code. */
  readonly phase: number;
  readonly startAtSeconds: number;
  readonly endAtSeconds: number;
  /** Transfers on the busiest link of the bytes that a stage waited for; 0 where nothing moved. */
  readonly sharers: number;
}

/** Columns of the table `instances`, one row per phase of an instance's life. */
export const INSTANCE_COLUMNS: DeclaredColumns<PhaseRow> = {
  instanceId: integers({
    name: "instance",
    unit: "",
    doc: "Instance; -1 for a member of a pool that none was made of",
  }, (row) => row.instanceId),
  functionId: codes({
    name: "function",
    doc: "Its function",
    array: "uint16",
    texts: FUNCTION_NAMES,
  }, (row) => row.functionId),
  phase: codes({
    name: "phase",
    doc:
      "`starting` (the whole start; `waking` when it is made of a sleeping instance), `start:STAGE` (a stage of it; stages may overlap), `ready` (idle or busy), `draining`, `asleep`; before a start that took a pool's member, that one's `warming` and `pooled`",
    array: "uint16",
    texts: { where: "an index into `phaseNames`", of: ({ instances }) => instances.phaseNames },
  }, (row) => row.phase),
  startAtSeconds: floats(
    { name: "start_s", unit: "s", doc: "Start of the phase" },
    (row) => row.startAtSeconds,
  ),
  endAtSeconds: floats({
    name: "end_s",
    unit: "s",
    doc: "End of the phase; the end of the run for instances that were still up",
  }, (row) => row.endAtSeconds),
  sharers: floats({
    name: "sharers",
    unit: "count",
    doc:
      "Of a stage that waited for bytes: starts' transfers on the link of their way that was busiest for its speed, its own included, mean over the time of the transfer; 0 where nothing moved",
  }, (row) => row.sharers),
};

/** A part of a request's wait for a start. */
export interface WaitRow {
  readonly request: number;
  readonly instanceId: number;
  /** Name of the stage by code. */
  readonly stage: number;
  readonly seconds: number;
}

/** Columns of the table `cold_start_waits`, one row per request that waited and stage. */
export const COLD_START_WAIT_COLUMNS: DeclaredColumns<WaitRow> = {
  request: integers(
    { name: "request", unit: "", doc: "`id` of the request, ascending" },
    (row) => row.request,
  ),
  function: {
    kind: "looked up",
    name: "function",
    unit: "",
    doc: "Its function",
    texts: FUNCTION_NAMES,
    codes: (run) => valuesAt(rowsOfResult(run), "functionId", run.coldStartWaits.request),
  },
  instanceId: integers({
    name: "instance",
    unit: "",
    doc: "Instance whose start it waited for: `start:STAGE` in `instances.parquet` has the stages",
  }, (row) => row.instanceId),
  stage: codes({
    name: "stage",
    doc:
      "A stage on the critical path of that start, in their order; `before_start` is the time until it began",
    array: "uint16",
    texts: {
      where: "an index into `stageNames`",
      of: ({ coldStartWaits }) => coldStartWaits.stageNames,
    },
  }, (row) => row.stage),
  waitSeconds: floats({
    name: "wait_s",
    unit: "s",
    doc:
      "Part of the wait that fell into the stage, above 0. Who comes in the middle of a start waits for the rest: stages that are over have no row, one under way its rest",
  }, (row) => row.seconds),
};

/** Columns of the table `token_gaps`, one row per bucket. */
export const TOKEN_GAP_COLUMNS: DeclaredColumns<never> = {
  seconds: floats({
    name: "tbt_s",
    unit: "s",
    doc: "Upper edge of a bucket; the last one is the longest gap",
  }),
  share: floats({ name: "share", unit: "share", doc: "Gaps that are at most so long" }),
};
