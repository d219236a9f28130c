import { deepEqual, equal } from "#assert";
import { sequentialStarts } from "../serverless/cold_start/start_service.ts";
import {
  FROM_ZERO,
  type HandMadeRequest,
  runSmall,
  type SmallClusterChanges,
  watching,
} from "../../tests/support/small_cluster.ts";
import { stageSpanAt, StageSpans } from "../serverless/cold_start/stage_spans.ts";
import { coldStartStages } from "./cold_start_stages.ts";
import { coldStartWaits } from "./cold_start_waits.ts";
import type { RunRecord } from "./run_record.ts";

const STAGES = [{ stage: "container", seconds: 3 }, { stage: "weights", seconds: 2 }];

/** From no instance to one, which container and weights bring up in 3 + 2 seconds. */
function runOf(rows: readonly HandMadeRequest[], changes: SmallClusterChanges = {}): RunRecord {
  return runSmall(rows, {
    scaling: FROM_ZERO,
    cluster: { starts: sequentialStarts(() => STAGES) },
    ...changes,
  });
}

/** Rows of the table: request, instance, stage, seconds. */
function rowsOf(run: RunRecord): (number | string)[][] {
  const waits = coldStartWaits(run);
  return Array.from({ length: waits.count }, (_, row) => [
    waits.request[row],
    waits.instanceId[row],
    waits.stageNames[waits.stage[row]],
    waits.waitSeconds[row],
  ]);
}

Deno.test("a wait has a row for each stage that the request was there for", () => {
  // The start takes from 1 to 6; container until 4. Who comes at 7 finds a ready instance.
  const run = runOf([[1, 1, 1], [2.5, 1, 1], [4.5, 1, 1], [7, 1, 1]]);
  deepEqual(rowsOf(run), [
    [0, 0, "container", 3],
    [0, 0, "weights", 2],
    [1, 0, "container", 1.5],
    [1, 0, "weights", 2],
    [2, 0, "weights", 1.5],
  ]);
  deepEqual(coldStartStages(coldStartWaits(run)), { container: 1.5, weights: 5.5 / 3 });
});

Deno.test("time until the start begins is a part of its own", () => {
  // Who comes at 0.25 waits for the policy, which wants an instance at 1.
  const run = runOf([[0.25, 1, 1]], {
    scaling: { ...FROM_ZERO, activation: "none", decider: watching([1]).decider },
  });
  deepEqual(rowsOf(run), [
    [0, 0, "before_start", 0.75],
    [0, 0, "container", 3],
    [0, 0, "weights", 2],
  ]);
});

Deno.test("stages beside the critical path are no part of a wait", () => {
  const run = runOf([[0, 1, 1]]);
  const stageSpans = StageSpans.from([
    { instanceId: 0, stage: "fetch", startAtSeconds: 0, endAtSeconds: 4, critical: true },
    { instanceId: 0, stage: "import", startAtSeconds: 0, endAtSeconds: 3.5, critical: false },
    { instanceId: 0, stage: "load", startAtSeconds: 4, endAtSeconds: 5, critical: true },
  ]);
  deepEqual(rowsOf({ ...run, stageSpans }), [[0, 0, "fetch", 4], [0, 0, "load", 1]]);
});

Deno.test("the wait of a request whose instance was lost stays with the start waited for", () => {
  const run = runOf([[0, 1, 5]]);
  // As after a fault: the request waited for instance 0 and ended in one that came later, or none.
  for (const last of [1, -1]) {
    const columns = { ...run.columns, instanceId: Int32Array.of(last) };
    const later = { ...run.lives[0], instanceId: 1, createdAtSeconds: 7, readyAtSeconds: 12 };
    const lives = [run.lives[0], later];
    deepEqual(rowsOf({ ...run, columns, lives }), rowsOf(run));
  }
});

Deno.test("of an instance that starts again, a wait has the stages of its own start", () => {
  const run = runOf([[0, 1, 1], [9, 1, 1]]);
  const own = run.stageSpans;
  const stageSpans = StageSpans.from([
    ...Array.from({ length: own.count }, (_, row) => stageSpanAt(own, row)),
    { instanceId: 0, stage: "wake", startAtSeconds: 10, endAtSeconds: 12 },
    { instanceId: 0, stage: "wake", startAtSeconds: 12, endAtSeconds: 13 },
  ]);
  const columns = { ...run.columns, coldStartWaitSeconds: Float64Array.of(5, 3) };
  const lives = [{ ...run.lives[0], readyAtSeconds: 13 }];
  const waitedFor = Int32Array.of(0, 0);
  deepEqual(rowsOf({ ...run, columns, lives, stageSpans, waitedFor }), [
    [0, 0, "container", 3],
    [0, 0, "weights", 2],
    [1, 0, "before_start", 1],
    [1, 0, "wake", 2],
  ]);
});

Deno.test("a run without waits has no rows, and no stages in its summary", () => {
  const waits = coldStartWaits(runSmall([[0, 1, 1], [1, 1, 1]]));
  equal(waits.count, 0);
  deepEqual(coldStartStages(waits), {});
});
