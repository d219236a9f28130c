import { deepEqual, equal, throws } from "#assert";
import { firstFit } from "../../serverless/placement/mod.ts";
import { sequentialStarts } from "../../serverless/cold_start/start_service.ts";
import { type HandMadeRequest, smallCluster } from "../../../tests/support/small_cluster.ts";
import type { ClusterParts, FunctionParts, PlacementParts } from "../cluster_parts.ts";
import { simulateCluster } from "../simulate.ts";

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
      policy: firstFit(),
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

/** Two machines of two GPUs, and 100 bytes of host memory each. */
const TWO_MACHINES = {
  nodes: [0, 1].map(() => ({ gpuType: 0, gpus: 2, dramBytes: 100, ssdBytes: 0 })),
};

const needs = (
  rows: readonly { readonly gpus: number; readonly stageGpus?: number; readonly dram?: number }[],
): Pick<PlacementParts, "needs"> => ({
  needs: rows.map(({ gpus, stageGpus, dram = 0 }, functionId) => ({
    functionId,
    gpus,
    ...(stageGpus !== undefined && { stageGpus }),
    gpuTypes: [0],
    dramBytes: dram,
  })),
});

Deno.test("an instance over two machines starts when both have room for its part, and gives it back", () => {
  // f0 takes a GPU of the first machine until 4; f1 wants two stages of two GPUs; f2 comes after it.
  const placement = {
    ...TWO_MACHINES,
    ...needs([{ gpus: 1 }, { gpus: 4, stageGpus: 2 }, { gpus: 1 }]),
  };
  const calls: Call[] = [[0, 1, 0], [1, 1, 1], [2, 1, 2]];
  const run = simulateCluster(parts(calls, placement, [1, 4, 1], { keepAliveSeconds: 1 }));
  deepEqual(lives(run), [[0, 0, 2, 4], [1, 4, 6, 8], [2, 8, 10, 11]]);
});

Deno.test("idle instances on both machines stop for one that goes over them, and it for them", () => {
  const placement = {
    ...TWO_MACHINES,
    ...needs([{ gpus: 2 }, { gpus: 4, stageGpus: 2 }, { gpus: 2 }]),
    evictsIdle: true,
  };
  const calls: Call[] = [[0, 1, 0], [0, 1, 2], [10, 1, 1], [20, 1, 0]];
  const run = simulateCluster(parts(calls, placement, [2, 4, 2]));
  deepEqual(lives(run).map((row) => row.slice(0, 2)), [[0, 0], [2, 0], [1, 10], [0, 20]]);
  deepEqual(lives(run).slice(0, 3).map((row) => row[3]), [10, 10, 20]);
  equal(run.evictions, 3);
});

Deno.test("an instance over two machines is lost with either", () => {
  for (const unit of [0, 1]) {
    const base = parts([[0, 9, 0]], {
      ...TWO_MACHINES,
      ...needs([{ gpus: 4, stageGpus: 2 }]),
    }, [4]);
    let happened = false;
    const run = simulateCluster({
      ...base,
      faults: {
        sources: [{
          next: (of) => of !== unit || happened ? Infinity : (happened = true, 5),
          isPreemption: false,
          noticeSeconds: 0,
          downSeconds: 3,
        }],
        inFlight: "restart",
      },
    });
    deepEqual(lives(run).slice(0, 2).map((row) => row.slice(1, 3)), [[0, 2], [8, 10]]);
    equal(run.lives[0].stoppedAtSeconds, 5);
  }
});

Deno.test("host memory is finite: an instance waits for it though GPUs are free", () => {
  const placement = {
    nodes: [{ gpuType: 0, gpus: 2, dramBytes: 100, ssdBytes: 0 }],
    ...needs([{ gpus: 1, dram: 60 }, { gpus: 1, dram: 50 }, { gpus: 1, dram: 40 }]),
  };
  const calls: Call[] = [[0, 1, 0], [1, 1, 1]];
  const keep = { keepAliveSeconds: 1 };
  const run = simulateCluster(parts(calls, placement, [1, 1, 1], keep));
  deepEqual(lives(run).map((row) => row.slice(0, 2)), [[0, 0], [1, 4]]);
  // Forty bytes fit beside sixty.
  const both = simulateCluster(parts([[0, 1, 0], [1, 1, 2]], placement, [1, 1, 1], keep));
  deepEqual(lives(both).map((row) => row.slice(0, 2)), [[0, 0], [2, 1]]);
});

Deno.test("an idle instance stops for the host memory that it holds", () => {
  const placement = {
    nodes: [{ gpuType: 0, gpus: 2, dramBytes: 100, ssdBytes: 0 }],
    ...needs([{ gpus: 1, dram: 60 }, { gpus: 1, dram: 50 }]),
    evictsIdle: true,
  };
  const run = simulateCluster(parts([[0, 1, 0], [9, 1, 1]], placement, [1, 1]));
  deepEqual(lives(run), [[0, 0, 2, 9], [1, 9, 11, 12]]);
});

Deno.test("what never fits is a mistake that says why", () => {
  const message = (rows: Parameters<typeof needs>[0]) => {
    try {
      simulateCluster(parts([[0, 1, 0]], { ...TWO_MACHINES, ...needs(rows) }, [1]));
    } catch (error) {
      return (error as Error).message;
    }
  };
  equal(
    message([{ gpus: 1, dram: 101e9 }]),
    'Cannot place an instance of "f0" as one that fits on a machine of its GPU type: ' +
      "current value is 1 GPUs and 101 GB of host memory",
  );
  equal(
    message([{ gpus: 8, stageGpus: 4 }]),
    'Cannot place an instance of "f0" as one whose tensor-parallel GPUs are on one machine: ' +
      "current value is 4 on machines of 2 (more pipeline stages may spread over machines)",
  );
  equal(
    message([{ gpus: 6, stageGpus: 2 }]),
    'Cannot place an instance of "f0" as one that fits on the machines of its GPU type: ' +
      "current value is 6 GPUs in stages of 2",
  );
});
