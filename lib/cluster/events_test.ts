import { deepEqual, equal } from "#assert";
import {
  fixed,
  FROM_ZERO,
  type HandMadeRequest,
  impatient,
  ONE_OR_REJECT,
  outcomes,
  runSmall as run,
  smallCluster,
  watching,
} from "../../tests/support/small_cluster.ts";
import { simulateCluster } from "./simulate.ts";

// Steps take one second, starts two, samples come every second. Each test makes two kinds of events
// coincide and asserts what a reader of the table in events.ts expects. Pairs that are missing
// cannot meet in a way that anybody could see.

Deno.test("step end before step end of a later instance: queued requests go to the earlier one first", () => {
  const { columns } = run([[0, 1, 2], [0, 1, 2], [0.5, 1, 1], [0.5, 1, 1]], {
    scaling: fixed(2),
    fn: { concurrencyPerInstance: 1 },
  });
  deepEqual([...columns.instanceId], [0, 1, 0, 1]);
  deepEqual([...columns.scheduledAtSeconds], [0, 0, 2, 2]);
});

Deno.test("step end before ready: the first in the queue gets the instance that was freed", () => {
  const { columns, lives } = run([[0, 1, 1], [0, 1, 2], [0.5, 1, 1]], {
    scaling: { maxInstances: 2, activation: "each" },
    startSeconds: 1,
    fn: { concurrencyPerInstance: 1 },
  });
  equal(lives[1].readyAtSeconds, 1);
  deepEqual([...columns.instanceId], [0, 0, 1]);
});

Deno.test("step end before arrival: who arrives as an instance is freed is served", () => {
  deepEqual(outcomes(run([[0, 1, 2], [2, 1, 1]], { fn: ONE_OR_REJECT })), [
    "completed",
    "completed",
  ]);
  // A moment earlier it would not have been.
  deepEqual(outcomes(run([[0, 1, 2], [1.99, 1, 1]], { fn: ONE_OR_REJECT })), [
    "completed",
    "rejected_no_instance",
  ]);
});

Deno.test("step end before released arrival: all ends of the instant free their instances first", () => {
  const parts = smallCluster([[0, 1, 2], [0, 1, 2], [0, 1, 1], [0, 1, 1]], {
    scaling: fixed(2),
    fn: ONE_OR_REJECT,
  });
  const closedLoop = { concurrency: 2, thinkSeconds: 0 };
  const record = simulateCluster({ ...parts, requests: { ...parts.requests, closedLoop } });
  deepEqual(outcomes(record), ["completed", "completed", "completed", "completed"]);
  deepEqual([...record.columns.arrivalAtSeconds], [0, 0, 2, 2]);
});

Deno.test("step end before timeout: a request is served at the last instant of its patience", () => {
  const rows = [[0, 1, 3], [1, 1, 1]] as const;
  deepEqual(outcomes(run(rows, { fn: impatient(2) })), ["completed", "completed"]);
  deepEqual(outcomes(run(rows, { fn: impatient(1.99) })), ["completed", "timed_out"]);
});

Deno.test("step end before scaling: an evaluation sees what has just completed", () => {
  const { seen, decider } = watching([1]);
  run([[0, 1, 2], [9, 1, 1]], { scaling: { decider } });
  deepEqual(seen.slice(0, 2).map((s) => [s.completions, s.inFlight]), [[0, 1], [1, 0]]);
});

Deno.test("step end before actuation: the instance that has just become idle is the one to go", () => {
  const { decider } = watching([2, 1], 1);
  const { lives } = run([[0, 1, 3], [0, 1, 8]], {
    scaling: { ...fixed(2), minInstances: 1, decider },
  });
  // Decided at 2 s, done at 3 s, when instance 0 ends its request.
  equal(lives[0].stoppedAtSeconds, 3);
  equal(lives[1].stoppedAtSeconds, 8);
});

Deno.test("step end before sample: the interval that ends with a step counts its completion", () => {
  const { timeSeries } = run([[0, 1, 2], [5, 1, 1]]);
  deepEqual([...timeSeries.completions].slice(0, 3), [0, 1, 0]);
});

Deno.test("step end before the next step: a place that was freed is taken at once", () => {
  const { columns } = run([[0, 1, 3], [0, 1, 2]], { engine: { maxSequences: 1 } });
  deepEqual([...columns.scheduledAtSeconds], [0, 3]);
});

Deno.test("ready before arrival: who arrives as an instance becomes ready is served", () => {
  const rows = [[0, 1, 1], [2, 1, 1]] as const;
  const changes = { scaling: FROM_ZERO, fn: ONE_OR_REJECT };
  deepEqual(outcomes(run(rows, changes)), ["rejected_no_instance", "completed"]);
});

Deno.test("ready before released arrival: likewise", () => {
  // The first request is turned away at 0 s and starts the instance; the next comes 2 s later.
  const parts = smallCluster([[0, 1, 1], [0, 1, 1]], { scaling: FROM_ZERO, fn: ONE_OR_REJECT });
  const closedLoop = { concurrency: 1, thinkSeconds: 2 };
  const record = simulateCluster({ ...parts, requests: { ...parts.requests, closedLoop } });
  deepEqual(outcomes(record), ["rejected_no_instance", "completed"]);
  equal(record.columns.arrivalAtSeconds[1], 2);
});

Deno.test("ready before timeout: a request is served by an instance that comes at the last instant", () => {
  deepEqual(outcomes(run([[0, 1, 1]], { scaling: FROM_ZERO, fn: impatient(2) })), ["completed"]);
  deepEqual(outcomes(run([[0, 1, 1]], { scaling: FROM_ZERO, fn: impatient(1.99) })), [
    "timed_out",
  ]);
});

Deno.test("ready before scaling: an evaluation sees the new instance as ready", () => {
  const { seen, decider } = watching([1]);
  run([[0, 1, 3]], { scaling: { ...FROM_ZERO, decider } });
  deepEqual(seen.slice(0, 2).map((s) => [s.starting, s.ready, s.queued]), [[1, 0, 1], [0, 1, 0]]);
});

Deno.test("ready before actuation: an instance that has become ready is drained, not cancelled", () => {
  const { decider } = watching([0], 1);
  const { columns, lives } = run([[0, 1, 3]], { scaling: { ...FROM_ZERO, decider } });
  equal(lives[0].readyAtSeconds, 2);
  equal(lives[0].drainingAtSeconds, 2);
  equal(columns.completedAtSeconds[0], 5);
  equal(lives[0].stoppedAtSeconds, 5);
});

Deno.test("ready before the next step: work begins at the instant of readiness", () => {
  const { columns } = run([[0.25, 1, 3]], { scaling: FROM_ZERO });
  equal(columns.scheduledAtSeconds[0], 2.25);
});

Deno.test("arrival before arrival of a later row: the queue keeps the workload's order", () => {
  const { columns } = run([[1, 1, 2], [1, 1, 2], [1, 1, 2]], { engine: { maxSequences: 1 } });
  deepEqual([...columns.scheduledAtSeconds], [1, 3, 5]);
});

Deno.test("arrival before released arrival: the workload's own request is first in the queue", () => {
  // Request 1 follows request 0 (over at 2 s, thought about for 1 s); request 2 arrives at 3 s.
  const parts = smallCluster([[0, 1, 2], [0, 1, 1], [3, 1, 1]], { engine: { maxSequences: 1 } });
  const { columns } = simulateCluster({
    ...parts,
    requests: {
      ...parts.requests,
      afterRequest: Int32Array.of(-1, 0, -1),
      thinkSeconds: Float64Array.of(0, 1, 0),
    },
  });
  equal(columns.arrivalAtSeconds[1], 3);
  deepEqual([...columns.scheduledAtSeconds], [0, 4, 3]);
});

Deno.test("arrival before timeout: a place in the queue is not free until its holder has given up", () => {
  const rows = (second: number) => [[0, 1, 9], [0.5, 1, 1], [second, 1, 1]] as const;
  const changes = { fn: impatient(2, 1) };
  deepEqual(outcomes(run(rows(2.5), changes)), ["completed", "timed_out", "rejected_queue_full"]);
  deepEqual(outcomes(run(rows(2.6), changes)), ["completed", "timed_out", "timed_out"]);
});

Deno.test("arrival before the end of keep-alive: it uses the instance", () => {
  const changes = { scaling: { ...fixed(1), minInstances: 0 }, keepAliveSeconds: 3 };
  // Idle from 1 s, so the keep-alive would end at 4 s.
  const used = run([[0, 1, 1], [4, 1, 1]], changes);
  equal(used.lives.length, 1);
  equal(used.columns.scheduledAtSeconds[1], 4);
  const gone = run([[0, 1, 1], [4.01, 1, 1]], changes);
  equal(gone.lives.length, 2);
  equal(gone.lives[0].stoppedAtSeconds, 4);
});

Deno.test("arrival before scaling: an evaluation sees who has just arrived", () => {
  const { seen, decider } = watching([1]);
  run([[1, 1, 3]], { scaling: { decider } });
  deepEqual([seen[0].arrivals, seen[0].inFlight], [1, 1]);
});

Deno.test("arrival before actuation: an instance that has just been given work is drained, not stopped", () => {
  const { decider } = watching([0], 1);
  const { columns, lives } = run([[2, 1, 3]], {
    scaling: { ...fixed(1), minInstances: 0, decider },
  });
  deepEqual(columns.completedAtSeconds[0], 5);
  deepEqual([lives[0].drainingAtSeconds, lives[0].stoppedAtSeconds], [2, 5]);
});

Deno.test("arrival before sample: it belongs to the interval that ends with it", () => {
  const { timeSeries } = run([[1, 1, 1], [3, 1, 1]]);
  deepEqual([...timeSeries.arrivals].slice(0, 4), [1, 0, 1, 0]);
});

Deno.test("arrival before the next step: requests of one instant are in one batch", () => {
  const { columns } = run([[0, 1, 3], [2, 1, 1], [2, 1, 1]]);
  deepEqual([...columns.scheduledAtSeconds], [0, 2, 2]);
  deepEqual([...columns.completedAtSeconds], [3, 3, 3]);
});

Deno.test("the order of an instant is the same in both stepping modes", () => {
  const rows: HandMadeRequest[] = [[0, 1, 4], [1, 3, 2], [2, 1, 6], [2, 9, 1], [3, 1, 3], [
    4,
    2,
    2,
  ]];
  const changes = { scaling: { ...fixed(2), minInstances: 0 }, keepAliveSeconds: 2 };
  const [leap, step] = (["leap", "step"] as const).map((stepping) =>
    run(rows, {
      ...changes,
      engine: { stepping },
      fn: { concurrencyPerInstance: 2 },
    })
  );
  deepEqual(leap.columns, step.columns);
  deepEqual(leap.lives, step.lives);
});
