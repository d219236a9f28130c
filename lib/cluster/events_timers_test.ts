import { deepEqual, equal, ok } from "#assert";
import {
  fixed,
  FROM_ZERO,
  type HandMadeRequest,
  impatient,
  outcomes,
  runSmall as run,
  smallCluster,
  type SmallClusterChanges,
  watching,
} from "../../tests/support/small_cluster.ts";
import type { RunRecord } from "../metrics/run_record.ts";
import { simulateCluster } from "./simulate.ts";

// The second half of event_order_test.ts: kinds that stand in the event queue, among one another.
// Steps take one second, starts two, samples come every second.

/** A closed loop: each completion releases the next row after `thinkSeconds`. */
function runLoop(
  rows: readonly HandMadeRequest[],
  thinkSeconds: number,
  changes: SmallClusterChanges = {},
): RunRecord {
  const parts = smallCluster(rows, changes);
  const closedLoop = { concurrency: 1, thinkSeconds };
  return simulateCluster({ ...parts, requests: { ...parts.requests, closedLoop } });
}

/** Request 1 follows request 0 after `thinkSeconds`; the others arrive by the clock. */
function runFollowed(
  rows: readonly HandMadeRequest[],
  thinkSeconds: number,
  changes: SmallClusterChanges,
): RunRecord {
  const parts = smallCluster(rows, changes);
  return simulateCluster({
    ...parts,
    requests: {
      ...parts.requests,
      afterRequest: Int32Array.from(rows, (_, i) => i === 1 ? 0 : -1),
      thinkSeconds: Float64Array.from(rows, (_, i) => i === 1 ? thinkSeconds : 0),
    },
  });
}

Deno.test("released arrival before timeout: a place in the queue is not free until its holder has given up", () => {
  // Two servers: request 0 ends at 1 s, request 2 keeps one, 3 the other; 4 waits from 1.5 to 3.5 s.
  const rows = [[0, 1, 1], [0, 1, 1], [0, 1, 9], [1, 1, 9], [1.5, 1, 1]] as const;
  const changes = { scaling: fixed(2), fn: impatient(2, 1) };
  equal(outcomes(runFollowed(rows, 2.5, changes))[1], "rejected_queue_full");
  equal(outcomes(runFollowed(rows, 2.6, changes))[1], "timed_out");
});

Deno.test("released arrival before the end of keep-alive: it uses the instance", () => {
  const changes = { scaling: { ...fixed(1), minInstances: 0 }, keepAliveSeconds: 3 };
  equal(runLoop([[0, 1, 1], [0, 1, 1]], 3, changes).lives.length, 1);
  equal(runLoop([[0, 1, 1], [0, 1, 1]], 3.01, changes).lives.length, 2);
});

Deno.test("released arrival before scaling: an evaluation sees who has just arrived", () => {
  const { seen, decider } = watching([1]);
  runLoop([[0, 1, 1], [0, 1, 1]], 1, { scaling: { decider } });
  deepEqual(seen.slice(0, 2).map((s) => [s.arrivals, s.inFlight]), [[1, 0], [1, 1]]);
});

Deno.test("released arrival before actuation: an instance that has just been given work is drained", () => {
  const { decider } = watching([1, 0], 1);
  const { columns, lives } = runLoop([[0, 1, 1], [0, 1, 1]], 2, {
    scaling: { ...fixed(1), minInstances: 0, decider },
  });
  equal(columns.completedAtSeconds[1], 4);
  deepEqual([lives[0].drainingAtSeconds, lives[0].stoppedAtSeconds], [3, 4]);
});

Deno.test("released arrival before sample: it belongs to the interval that ends with it", () => {
  const { timeSeries } = runLoop([[0, 1, 1], [0, 1, 1]], 1);
  deepEqual([...timeSeries.arrivals].slice(0, 3), [1, 1, 0]);
});

Deno.test("released arrival before the next step: it is in the batch of its instant", () => {
  const { columns } = runFollowed([[0, 1, 1], [0, 1, 1], [0, 1, 5]], 1, {});
  equal(columns.scheduledAtSeconds[1], 2);
  equal(columns.completedAtSeconds[1], 3);
});

Deno.test("timeout before scaling: an evaluation does not see who has given up", () => {
  const { seen, decider } = watching([1]);
  run([[0, 1, 5], [0, 1, 1]], { scaling: { decider }, fn: impatient(2) });
  deepEqual(seen.slice(0, 2).map((s) => s.queued), [1, 0]);
});

Deno.test("timeout before actuation: who gives up does not see the instance that comes then", () => {
  const { decider } = watching([1], 1);
  const record = run([[0, 1, 1]], {
    scaling: { ...FROM_ZERO, activation: "none", decider },
    fn: impatient(2),
    startSeconds: 0,
  });
  deepEqual(outcomes(record), ["timed_out"]);
  const patient = run([[0, 1, 1]], {
    scaling: { ...FROM_ZERO, activation: "none", decider: watching([1], 1).decider },
    fn: impatient(2.01),
    startSeconds: 0,
  });
  deepEqual(outcomes(patient), ["completed"]);
  equal(patient.columns.scheduledAtSeconds[0], 2);
});

Deno.test("end of keep-alive before scaling: an evaluation does not see the instance any more", () => {
  const { seen, decider } = watching([1, 0, 1]);
  run([[0, 1, 1], [9, 1, 1]], {
    scaling: { ...fixed(1), minInstances: 0, decider },
    keepAliveSeconds: 1,
  });
  deepEqual(seen.slice(0, 2).map((s) => s.ready), [1, 0]);
});

Deno.test("end of keep-alive before actuation: the last one is kept though another comes then", () => {
  const { decider } = watching([2], 1);
  const { lives } = run([[0, 1, 1], [9, 1, 1]], {
    scaling: { ...fixed(1), maxInstances: 2, decider },
    keepAliveSeconds: 1,
  });
  equal(lives[1].createdAtSeconds, 2);
  ok(lives[0].stoppedAtSeconds > 2);
});

Deno.test("scaling before actuation: an evaluation does not see what an earlier one starts then", () => {
  const { seen, decider } = watching([2, 2, 2, 1], 1);
  run([[0, 1, 6]], { scaling: { maxInstances: 2, decider } });
  deepEqual(seen.slice(0, 3).map((s) => s.starting), [0, 0, 1]);
});
