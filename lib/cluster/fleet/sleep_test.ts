import { deepEqual, equal } from "#assert";
import { type HandMadeRequest, smallCluster } from "../../../tests/support/small_cluster.ts";
import { sequentialStarts } from "../../serverless/cold_start/start_service.ts";
import { lifePhases } from "../../serverless/life_phases.ts";
import { fixedPool } from "../../serverless/keep_alive/fixed_pool.ts";
import { firstFit } from "../../serverless/placement/mod.ts";
import type { ClusterParts, FunctionParts, PlacementParts, SleepParts } from "../cluster_parts.ts";
import { simulateCluster } from "../simulate.ts";

const SLEEP: SleepParts = { level: 1, ttlSeconds: 20, dramBytes: 10 };
/** What each part of a start takes, seconds. */
const SECONDS = { all: 4, wake: 1, reload: 2, ahead: 3, rest: 1 };

type Changes = Partial<FunctionParts["scaling"]>;

/** Requests of one second each at the given instants; instances are kept for 3 s, then sleep. */
function parts(arrivals: readonly number[], changes: Changes = {}): ClusterParts {
  const rows = arrivals.map((at): HandMadeRequest => [at, 1, 1]);
  return smallCluster(rows, {
    keepAliveSeconds: 3,
    scaling: {
      minInstances: 0,
      maxInstances: 2,
      initialInstances: 0,
      activation: "first",
      sleep: SLEEP,
      ...changes,
    },
    cluster: {
      starts: sequentialStarts((_, stages) => [{ stage: stages, seconds: SECONDS[stages] }]),
    },
  });
}

/** The same on a machine of one GPU and 15 bytes of memory, called by function. */
function onOneGpu(
  calls: readonly (readonly [arrival: number, functionId: number])[],
  placement: Partial<PlacementParts> = {},
): ClusterParts {
  const base = parts(calls.map(([at]) => at), { maxInstances: 1 });
  return {
    ...base,
    requests: { ...base.requests, functionId: Uint16Array.from(calls, ([, id]) => id) },
    functions: [0, 1].map((id) => ({ ...base.functions[0], name: `f${id}` })),
    placement: {
      nodes: [{ gpuType: 0, gpus: 1, dramBytes: 15, ssdBytes: 0 }],
      policy: firstFit(),
      needs: [0, 1].map((functionId) => ({ functionId, gpus: 1, gpuTypes: [0], dramBytes: 0 })),
      evictsIdle: true,
      backfills: false,
      ...placement,
    },
  };
}

const run = (arrivals: readonly number[], changes?: Changes) =>
  simulateCluster(parts(arrivals, changes));

/** The phases of each instance: name and end. */
const phases = (record: ReturnType<typeof simulateCluster>) =>
  record.lives.map((life) => lifePhases(life).map((span) => [span.phase, span.endAtSeconds]));

Deno.test("an instance whose keep-alive is over sleeps; a request wakes it", () => {
  // Started 0 to 4, served until 5, kept until 8; woken at 10, ready at 11.
  const record = run([0, 10]);
  deepEqual(phases(record), [
    [["starting", 4], ["ready", 8], ["asleep", 10]],
    [["waking", 11], ["ready", 12]],
  ]);
  deepEqual([...record.columns.coldStartWaitSeconds], [4, 1]);
  equal(record.coldStarts, 1);
  deepEqual(record.sleep, { sleeps: 1, wakes: 1, expired: 0, evicted: 0, byteSeconds: 20 });
});

Deno.test("without its weights it takes longer to wake, but less than a start", () => {
  const waits = (level: 1 | 2) =>
    run([0, 10], { sleep: { ...SLEEP, level } }).columns.coldStartWaitSeconds[1];
  const cold = run([0, 10], { sleep: undefined }).columns.coldStartWaitSeconds[1];
  deepEqual([waits(1), waits(2), cold], [1, 2, 4]);
});

Deno.test("a sleeping instance stops when its time is over; a request of that instant wakes it", () => {
  // Asleep from 8 to 28.
  const late = run([0, 29]);
  deepEqual(phases(late)[0].at(-1), ["asleep", 28]);
  equal(late.columns.coldStartWaitSeconds[1], 4);
  equal(late.sleep!.expired, 1);
  equal(run([0, 28]).columns.coldStartWaitSeconds[1], 1);
});

Deno.test("a time-out of 0 is no sleep", () => {
  const zero = run([0, 10, 40], { sleep: { ...SLEEP, ttlSeconds: 0 } });
  const none = run([0, 10, 40], { sleep: undefined });
  deepEqual({ ...zero, sleep: undefined }, { ...none, sleep: undefined });
  equal(zero.sleep!.sleeps, 0);
});

Deno.test("who went to sleep last wakes first, so that the others can time out", () => {
  // One request per instance: the second instance serves from 4.5 and sleeps from 8.5, the first
  // one from 8. The request at 20 wakes the second one.
  const base = parts([0, 0.5, 20], { activation: "each" });
  const [fn] = base.functions;
  const record = simulateCluster({
    ...base,
    functions: [{ ...fn, concurrencyPerInstance: 1 }],
  });
  deepEqual(phases(record), [
    [["starting", 4], ["ready", 8], ["asleep", record.endAtSeconds]],
    [["starting", 4.5], ["ready", 8.5], ["asleep", 20]],
    [["waking", 21], ["ready", 22]],
  ]);
});

Deno.test("an idle instance that has to go for another function's sleeps, off its GPU", () => {
  // f0 is idle from 5; f1 takes its GPU at 6 and is ready at 10.
  const record = simulateCluster(onOneGpu([[0, 0], [6, 1], [12, 0]]));
  deepEqual(phases(record), [
    [["starting", 4], ["ready", 6], ["asleep", 12]],
    [["starting", 10], ["ready", 12], ["asleep", record.endAtSeconds]],
    [["waking", 13], ["ready", 14]],
  ]);
  equal(record.evictions, 2);
});

Deno.test("the longest asleep stop when others need their memory", () => {
  // f1 is idle from 11 and would sleep from 14, but 10 of 15 bytes are f0's.
  const record = simulateCluster(onOneGpu([[0, 0], [6, 1], [20, 0]]));
  deepEqual(phases(record)[0].at(-1), ["asleep", 14]);
  equal(record.sleep!.evicted, 1);
  equal(record.columns.coldStartWaitSeconds[2], 4);
});

Deno.test("without memory for the weights an instance stops", () => {
  const record = simulateCluster(onOneGpu([[0, 0], [20, 0]], {
    nodes: [{ gpuType: 0, gpus: 1, dramBytes: 9, ssdBytes: 0 }],
  }));
  equal(record.sleep!.sleeps, 0);
  equal(record.columns.coldStartWaitSeconds[1], 4);
});

Deno.test("an instance wakes on its own machine only, and starts elsewhere while that has no room", () => {
  // f0 sleeps on machine 0 from 8, whose GPU f1 has when f0 is wanted again at 13.
  const record = simulateCluster(onOneGpu([[0, 0], [8.5, 1], [13, 0], [40, 1]], {
    nodes: [0, 1].map(() => ({ gpuType: 0, gpus: 1, dramBytes: 25, ssdBytes: 0 })),
  }));
  equal(record.columns.coldStartWaitSeconds[2], 4);
  equal(record.lives[0].stoppedAtSeconds, 28);
});

Deno.test("an instance that is waking and not needed any more sleeps again", () => {
  // Prewarming as of a policy that plans a start at 15 and gives it up at once.
  const record = run([0, 30], {
    keepAlive: {
      name: "ahead",
      observeIdle: () => {},
      decide: () => ({ prewarmAfterSeconds: 10, keepAliveSeconds: 2 }),
    },
  });
  // Asleep from 5, woken at 15 for what did not come: ready at 16, kept until 17, asleep again.
  deepEqual(phases(record).slice(0, 3), [
    [["starting", 4], ["ready", 5], ["asleep", 15]],
    [["waking", 16], ["ready", 17], ["asleep", 30]],
    [["waking", 31], ["ready", 32]],
  ]);
});

Deno.test("an instance on several machines neither sleeps nor begins with a pool's member", () => {
  const base = onOneGpu([[0, 0], [20, 0]], {
    nodes: [0, 1].map(() => ({ gpuType: 0, gpus: 1, dramBytes: 99, ssdBytes: 0 })),
    needs: [0, 1].map((functionId) => ({
      functionId,
      gpus: 2,
      stageGpus: 1,
      gpuTypes: [0],
      dramBytes: 0,
    })),
  });
  const record = simulateCluster({
    ...base,
    pools: [{ of: "engine", functions: [0], size: fixedPool(1), holdsGpus: true }],
  });
  deepEqual(phases(record).slice(0, 1), [[["starting", 4], ["ready", 8]]]);
  equal(record.sleep!.sleeps, 0);
  deepEqual(record.pools![0].members, []);
  deepEqual([...record.columns.coldStartWaitSeconds], [4, 4]);
});

Deno.test("sleeps end on a machine where that helps, and on no other", () => {
  // f0 sleeps on machine 0, which has another GPU than f1 and f2 need; f1 sleeps on machine 1, and
  // f2 needs the memory that it holds there.
  const calls = [[0, 0], [0, 1], [20, 2], [24, 0]] as const;
  const base = onOneGpu(calls, {
    nodes: [1, 0].map((gpuType) => ({ gpuType, gpus: 1, dramBytes: 15, ssdBytes: 0 })),
    needs: [1, 0, 0].map((gpuType, functionId) => ({
      functionId,
      gpus: 1,
      gpuTypes: [gpuType],
      dramBytes: [5, 5, 10][functionId],
    })),
  });
  const record = simulateCluster({
    ...base,
    functions: [0, 1, 2].map((id) => ({ ...base.functions[0], name: `f${id}` })),
  });
  deepEqual([...record.columns.coldStartWaitSeconds], [4, 4, 4, 1]);
  deepEqual(record.lives.slice(0, 2).map((life) => life.stoppedAtSeconds), [24, 20]);
  equal(record.sleep!.evicted, 1);
});

/** What an instance of each function needs: one GPU, and memory beside it. */
const needing = (...dramBytes: number[]): Pick<PlacementParts, "needs"> => ({
  needs: dramBytes.map((bytes, functionId) => ({
    functionId,
    gpus: 1,
    gpuTypes: [0],
    dramBytes: bytes,
  })),
});

Deno.test("an instance wakes in the memory that it has slept in", () => {
  // It sleeps from 8 s on in 10 of 15 bytes, and runs in 10: too much beside, not instead.
  const record = simulateCluster(onOneGpu([[0, 0], [10, 0]], needing(10, 0)));
  deepEqual(record.sleep, { sleeps: 1, wakes: 1, expired: 0, evicted: 0, byteSeconds: 20 });
  deepEqual([...record.columns.coldStartWaitSeconds], [4, 1]);
});

Deno.test("others that sleep make room for one that wakes, itself does not", () => {
  // f0 sleeps from 8 s on; f1 starts at 9 s beside it and sleeps in 5 bytes from 17 s on.
  const base = onOneGpu([[0, 0], [9, 1], [20, 0]], needing(12, 5));
  const functions = base.functions.map((fn, id) => ({
    ...fn,
    scaling: { ...fn.scaling, sleep: { ...SLEEP, dramBytes: [10, 5][id] } },
  }));
  const record = simulateCluster({ ...base, functions });
  deepEqual([record.sleep?.wakes, record.sleep?.evicted], [1, 1]);
  deepEqual([...record.columns.coldStartWaitSeconds], [4, 4, 1]);
  equal(record.lives[2].madeOf, "sleeper");
});

Deno.test("an idle instance stops for one that wakes where both their memory is needed", () => {
  // f1 is idle from 14 s on, with the GPU; f0 sleeps and needs 12 of 15 bytes, of which it has 10.
  const record = simulateCluster(onOneGpu([[0, 0], [9, 1], [15, 0]], needing(12, 3)));
  deepEqual([record.evictions, record.sleep?.wakes], [1, 1]);
  equal(record.columns.coldStartWaitSeconds[2], 1);
});
