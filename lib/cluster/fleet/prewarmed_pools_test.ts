import { deepEqual, equal, ok, throws } from "#assert";
import {
  FROM_ZERO,
  type HandMadeRequest,
  smallCluster,
} from "../../../tests/support/small_cluster.ts";
import { sequentialStarts } from "../../serverless/cold_start/start_service.ts";
import { fixedPool } from "../../serverless/keep_alive/fixed_pool.ts";
import { firstFit } from "../../serverless/placement/mod.ts";
import type { ClusterParts, PoolParts } from "../cluster_parts.ts";
import { simulateCluster } from "../simulate.ts";

/** What each part of a start takes, seconds. */
const SECONDS = { all: 4, wake: 1, reload: 2, ahead: 3, rest: 1 };

function pool(size: number, changes: Partial<PoolParts> = {}): PoolParts {
  return { of: "container", functions: [0], size: fixedPool(size), holdsGpus: false, ...changes };
}

/** Requests of one second each at the given instants; instances stop as soon as they are idle. */
function parts(arrivals: readonly number[], pools?: readonly PoolParts[]): ClusterParts {
  const rows = arrivals.map((at): HandMadeRequest => [at, 1, 1]);
  return smallCluster(rows, {
    keepAliveSeconds: 0,
    scaling: { ...FROM_ZERO, maxInstances: 4 },
    cluster: {
      starts: sequentialStarts((_, stages) => [{ stage: stages, seconds: SECONDS[stages] }]),
      ...(pools && { pools }),
    },
  });
}

/** The same by function, on machines with the given numbers of GPUs. */
function onMachines(
  calls: readonly (readonly [arrival: number, functionId: number])[],
  gpus: readonly number[],
  pools: readonly PoolParts[],
): ClusterParts {
  const base = parts(calls.map(([at]) => at), pools);
  return {
    ...base,
    requests: { ...base.requests, functionId: Uint16Array.from(calls, ([, id]) => id) },
    functions: [0, 1].map((id) => ({ ...base.functions[0], name: `f${id}` })),
    placement: {
      nodes: gpus.map((count) => ({ gpuType: 0, gpus: count, dramBytes: 0, ssdBytes: 0 })),
      policy: firstFit(),
      needs: [0, 1].map((functionId) => ({ functionId, gpus: 1, gpuTypes: [0], dramBytes: 0 })),
      evictsIdle: false,
      backfills: false,
    },
  };
}

const waits = (record: ReturnType<typeof simulateCluster>) => [
  ...record.columns.coldStartWaitSeconds,
];

/** Created, ready and end of each member. */
const members = ({ pools }: ReturnType<typeof simulateCluster>) =>
  pools![0].members.map((one) => [one.createdAtSeconds, one.readyAtSeconds, one.endAtSeconds]);

Deno.test("a start takes a member and does the rest; another comes in the background", () => {
  // The pool is full at 0. Taken at 10, made up for by 13; the request at 12.5 finds it empty.
  const record = simulateCluster(parts([10, 12.5, 40], [pool(1)]));
  deepEqual(waits(record), [1, 4, 1]);
  const end = record.endAtSeconds;
  deepEqual(members(record), [[0, 0, 10], [10, 13, 40], [40, NaN, end]]);
  const [{ demands, hits, members: all }] = record.pools!;
  deepEqual([demands, hits], [3, 2]);
  deepEqual(all.map(({ instanceId }) => instanceId), [0, 2, -1]);
  deepEqual(record.lives.map(({ madeOf }) => madeOf), ["pool-member", undefined, "pool-member"]);
});

Deno.test("a pool of size 0 is none", () => {
  const { pools, ...zero } = simulateCluster(parts([3, 5, 30], [pool(0)]));
  deepEqual(zero, simulateCluster(parts([3, 5, 30])));
  deepEqual(pools![0].members, []);
});

Deno.test("a pool grows and shrinks with its policy's size, its members on the way first", () => {
  // Decided at 5, 10 and 15: 3, 3, 1.
  const sizes = [3, 3, 1];
  let decision = 0;
  const size = {
    periodSeconds: 5,
    initialSize: 1,
    size: () => sizes[Math.min(decision++, sizes.length - 1)],
  };
  const record = simulateCluster(parts([30], [pool(0, { size })]));
  deepEqual(members(record).slice(0, 3), [[0, 0, 30], [5, 8, 15], [5, 8, 15]]);
});

Deno.test("members of engines hold GPUs, and give way to an instance that finds none", () => {
  const engines = pool(2, { of: "engine", holdsGpus: true });
  // Both GPUs are the pool's; f1 takes one at 5 and holds it until 10.
  const record = simulateCluster(onMachines([[5, 1], [20, 0]], [2], [engines]));
  deepEqual(waits(record), [4, 1]);
  equal(record.pools![0].evicted, 1);
  const [first, second] = members(record);
  deepEqual([first, second].map(([, , end]) => end).sort((a, b) => a - b), [5, 20]);
  // The pool gets its GPU back at its next decision.
  equal(members(record)[2][0], 10);
});

Deno.test("a pool does not take GPUs that an instance waits for", () => {
  const engines = pool(1, { of: "engine", holdsGpus: true });
  // f0 takes the engine on the only GPU; f1 waits for that from 1 to 7, and the pool after it.
  const record = simulateCluster(onMachines([[0, 0], [1, 1], [30, 0]], [1], [engines]));
  deepEqual(record.lives.map(({ createdAtSeconds }) => createdAtSeconds), [0, 2, 30]);
  deepEqual(members(record).map(([created]) => created).slice(0, 2), [0, 10]);
});

Deno.test("a container serves a start on its own machine, where there is a free GPU", () => {
  // One container on each machine. Both starts at 0 go to containers though machine 0 has one GPU.
  const record = simulateCluster(onMachines([[0, 0], [0, 1], [0.5, 1]], [1, 1], [
    pool(2, { functions: [0, 1] }),
  ]));
  deepEqual(waits(record).slice(0, 2), [1, 1]);
});

Deno.test("members that were not taken end with the run, and the stages bear their numbers", () => {
  const record = simulateCluster(parts([10, 20], [pool(1)]));
  const { names, stage, instanceId, count } = record.stageSpans;
  const isWarming = (_: number, row: number) => row < count && names[stage[row]] === "ahead";
  deepEqual([...instanceId.filter(isWarming)], [-2]);
  ok(record.pools![0].members.every(({ memberId }) => memberId < 0));
});

Deno.test("a run that waits for an instance in vain ends in spite of its pools", () => {
  const base = parts([1], [pool(1)]);
  const [fn] = base.functions;
  const scaling = { ...fn.scaling, activation: "none" as const };
  throws(() => simulateCluster({ ...base, functions: [{ ...fn, scaling }] }), /make progress/);
});

Deno.test("a pool takes no GPU while an instance that needs more of them waits", () => {
  // f0 has one of two GPUs from 0 to 40; f1 needs both and waits from 1 on. The pool, which is to have
  // a member from 5 on, leaves the free one alone until f1 has been served.
  const size = { ...fixedPool(1, 5), initialSize: 0 };
  const base = onMachines([[0, 0], [1, 1]], [2], [
    pool(1, { of: "engine", size, holdsGpus: true }),
  ]);
  const [f0, f1] = base.functions;
  const record = simulateCluster({
    ...base,
    requests: { ...base.requests, outputTokens: Int32Array.of(36, 1) },
    functions: [f0, f1],
    placement: {
      ...base.placement!,
      needs: [1, 2].map((gpus, functionId) => ({ functionId, gpus, gpuTypes: [0], dramBytes: 0 })),
    },
  });
  const [first, second] = record.lives;
  equal(first.stoppedAtSeconds, 40);
  equal(second.createdAtSeconds, 40);
  for (const [created] of members(record)) ok(created >= second.stoppedAtSeconds);
});
