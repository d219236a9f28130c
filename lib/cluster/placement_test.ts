import { deepEqual, equal, throws } from "@std/assert";
import { createPlacement } from "../serverless/placement/mod.ts";
import { sequentialStarts } from "../serverless/cold_start/start_service.ts";
import { type HandMadeRequest, smallCluster } from "../../tests/support/small_cluster.ts";
import type { ClusterParts, FunctionParts, PlacementParts } from "./cluster_parts.ts";
import { simulateCluster } from "./simulate.ts";

/** Requests with the function that each calls. */
type Call = readonly [arrival: number, output: number, functionId: number];

/** Functions of one GPU each unless `gpus` says otherwise, on one machine of two GPUs. */
function parts(
  calls: readonly Call[],
  placement: Partial<PlacementParts> = {},
  gpus: readonly number[] = [1, 1, 1],
  scaling: Partial<FunctionParts["scaling"]> = {},
): ClusterParts {
  const rows = calls.map(([arrival, output]): HandMadeRequest => [arrival, 1, output]);
  const base = smallCluster(rows, {
    scaling: {
      minInstances: 0,
      maxInstances: 2,
      initialInstances: 0,
      activation: "first",
      ...scaling,
    },
  });
  return {
    ...base,
    requests: {
      ...base.requests,
      functionId: Uint16Array.from(calls, ([, , functionId]) => functionId),
    },
    functions: gpus.map((_, i) => ({ ...base.functions[0], name: `f${i}` })),
    placement: {
      nodes: [{ gpuType: 0, gpus: 2, dramBytes: 0, ssdBytes: 0 }],
      policy: createPlacement("first-fit"),
      needs: gpus.map((count, functionId) => ({
        functionId,
        gpus: count,
        gpuTypes: [0],
        dramBytes: 0,
      })),
      evictsIdle: false,
      backfills: false,
      ...placement,
    },
    starts: sequentialStarts(() => [{ stage: "all", seconds: 2 }]),
  };
}

const lives = (run: ReturnType<typeof simulateCluster>) =>
  run.lives.map((one) => [
    one.functionId,
    one.createdAtSeconds,
    one.readyAtSeconds,
    one.stoppedAtSeconds,
  ]);

Deno.test("a start waits until a GPU is free", () => {
  // f0 and f1 take both GPUs; f1 stops at 2 + 1 + 1: f2 starts then.
  const run = simulateCluster(parts([[0, 9, 0], [0, 1, 1], [1, 1, 2]], {}, [1, 1, 1], {
    keepAliveSeconds: 1,
  }));
  deepEqual(lives(run).slice(0, 3), [[0, 0, 2, 11], [1, 0, 2, 4], [2, 4, 6, 8]]);
  equal(run.columns.coldStartWaitSeconds[2], 5);
});

Deno.test("an idle instance of another function stops for a start that finds no GPU", () => {
  const run = simulateCluster(
    parts([[0, 30, 0], [0, 1, 1], [10, 1, 2]], { evictsIdle: true }),
  );
  deepEqual(lives(run).slice(1), [[1, 0, 2, 10], [2, 10, 12, 32]]);
  equal(run.evictions, 1);
});

Deno.test("an instance that becomes idle stops for one that waits", () => {
  const run = simulateCluster(parts([[0, 30, 0], [0, 5, 1], [3, 1, 2]], { evictsIdle: true }));
  deepEqual(lives(run).slice(1).map((row) => row.slice(0, 3)), [[1, 0, 2], [2, 7, 9]]);
});

Deno.test("functions keep their fewest instances whoever waits", () => {
  const run = () =>
    simulateCluster(
      parts([[0, 1, 0], [0, 1, 1], [3, 1, 2]], { evictsIdle: true }, [1, 1, 1], {
        minInstances: 1,
        initialInstances: 0,
      }),
    );
  throws(run, /waits for function "f2" and no instance will come/);
});

Deno.test("who waits for more GPUs is not overtaken, unless instances may be backfilled", () => {
  // f0 takes a GPU until 12; f1 wants two from 1 on; f2 wants one at 3.
  const calls: Call[] = [[0, 9, 0], [1, 1, 1], [3, 1, 2]];
  const keep = { keepAliveSeconds: 1 };
  const fair = simulateCluster(parts(calls, {}, [1, 2, 1], keep));
  deepEqual(lives(fair).slice(1).map((row) => row.slice(0, 2)), [[1, 12], [2, 16]]);
  const backfilled = simulateCluster(parts(calls, { backfills: true }, [1, 2, 1], keep));
  deepEqual(lives(backfilled).slice(1).map((row) => row.slice(0, 2)), [[2, 3], [1, 12]]);
});

Deno.test("a start whose request has given up comes nevertheless, and goes when it is idle", () => {
  const base = parts([[0, 30, 0], [0, 30, 1], [3, 1, 2], [40, 1, 0]], {}, [1, 1, 1], {
    keepAliveSeconds: 0,
  });
  const functions = base.functions.map((fn) => ({
    ...fn,
    noCapacity: { action: "queue" as const, limit: Infinity, timeoutSeconds: 5 },
  }));
  const run = simulateCluster({ ...base, functions });
  // The wish stands, so that the instance comes up and goes; it never serves.
  equal(run.lives.filter((life) => life.functionId === 2).length, 1);
  equal(run.columns.instanceId[2], -1);
});

Deno.test("a function whose instance fits on no machine is a mistake", () => {
  throws(() => simulateCluster(parts([[0, 1, 0]], {}, [3])), {
    name: "RangeError",
    message: /^Cannot place an instance of "f0" .*: current value is 3 GPUs$/,
  });
});

Deno.test("instances that are there from the beginning need GPUs too", () => {
  throws(
    () => simulateCluster(parts([[0, 1, 0]], {}, [1, 1, 1], { initialInstances: 1 })),
    /^RangeError: Cannot place the first instances/,
  );
});
