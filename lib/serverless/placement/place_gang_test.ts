import { deepStrictEqual, ok, strictEqual } from "#assert";
import * as fc from "fast-check";
import { chooseGangVictims } from "./choose_gang_victims.ts";
import type { IdleInstances } from "./choose_victims.ts";
import { partOf, placeGang, spansNodes, stagesOn } from "./place_gang.ts";
import { placeInstance } from "./place_instance.ts";
import { fromTable, namesOf } from "../../settings/from_table.ts";
import { PLACEMENT_POLICIES, type PlacementName } from "./policies.ts";
import type { PlacementPolicy } from "./policy.ts";
import type { NodesView, PlacementRequest } from "./policy.ts";

const placementOf = (name: PlacementName): PlacementPolicy =>
  fromTable(PLACEMENT_POLICIES, name, {}, {});

/** Nodes of eight GPUs, of which so many are free. */
function nodesOf(free: readonly number[], dramBytes = 1e12, isOpen?: readonly number[]): NodesView {
  return {
    count: free.length,
    gpuType: new Int32Array(free.length),
    freeGpus: Int32Array.from(free),
    gpus: new Int32Array(free.length).fill(8),
    freeDramBytes: new Float64Array(free.length).fill(dramBytes),
    freeSsdBytes: new Float64Array(free.length),
    isOpen: Uint8Array.from(free, (_, i) => isOpen?.[i] ?? 1),
    startSeconds: (node) => node % 3,
  };
}

const request = (stages: number, stageGpus: number, dramBytes = 0): PlacementRequest => ({
  functionId: 0,
  gpus: stages * stageGpus,
  stageGpus,
  gpuTypes: [0],
  dramBytes,
});

const NAMES = namesOf(PLACEMENT_POLICIES);
const freeGpus = fc.array(fc.integer({ min: 0, max: 8 }), { maxLength: 12 });
const requests = fc.record({
  stages: fc.integer({ min: 3, max: 12 }),
  stageGpus: fc.constantFrom(3, 4, 8),
  dramBytes: fc.constantFrom(0, 9e11, 3e12),
}).map(({ stages, stageGpus, dramBytes }) => request(stages, stageGpus, dramBytes));

Deno.test("an instance spans nodes only where no node has as many GPUs, whether free or not", () => {
  const nodes = nodesOf([0, 8]);
  strictEqual(spansNodes(request(2, 4), 0, nodes), false);
  strictEqual(spansNodes(request(3, 4), 0, nodes), true);
  strictEqual(spansNodes(request(2, 8), 0, nodes), true);
  strictEqual(spansNodes({ ...request(1, 16), stageGpus: 16 }, 0, nodes), false, "a stage cannot");
  strictEqual(spansNodes({ ...request(2, 8), stageGpus: undefined }, 0, nodes), false);
  // Eight GPUs fit on one node: it waits for that rather than take four on each of two.
  const place = (free: number[]) =>
    placeInstance(placementOf("first-fit"), request(2, 4), nodesOf(free));
  strictEqual(place([4, 4]), undefined);
  deepStrictEqual(place([4, 8]), { node: 1, gpuType: 0, instanceIds: [] });
});

for (const name of NAMES) {
  Deno.test(`${name}: a gang is placed as a whole on as few nodes as there may be, or not at all`, () => {
    fc.assert(
      fc.property(requests, freeGpus, fc.infiniteStream(fc.boolean()), (wanted, free, open) => {
        const nodes = nodesOf(free, 1e12, free.map(() => Number(open.next().value)));
        const shares = placeGang(placementOf(name), wanted, 0, nodes);
        const room = free.map((_, node) => stagesOn(wanted, nodes, node)).sort((a, b) => b - a);
        const stages = wanted.gpus / wanted.stageGpus!;
        if (shares === undefined) {
          return ok(room.reduce((sum, count) => sum + count, 0) < stages);
        }
        strictEqual(shares.reduce((sum, { gpus }) => sum + gpus, 0), wanted.gpus);
        strictEqual(new Set(shares.map(({ node }) => node)).size, shares.length);
        for (const { node, gpus } of shares) {
          strictEqual(gpus % wanted.stageGpus!, 0, "stages are not cut");
          ok(gpus / wanted.stageGpus! <= stagesOn(wanted, nodes, node));
        }
        let fewest = 0;
        for (let left = stages; left > 0; left -= room[fewest - 1]) fewest++;
        strictEqual(shares.length, fewest);
      }),
    );
  });
}

Deno.test("parts of a request ask for parts of its host memory, together no less than all of it", () => {
  fc.assert(fc.property(requests, ({ gpus, stageGpus, ...rest }) => {
    const wanted = { ...rest, gpus, stageGpus, dramBytes: rest.dramBytes + 0.7 };
    const part = partOf(wanted, stageGpus!).dramBytes;
    ok(Number.isInteger(part) && part * gpus / stageGpus! >= wanted.dramBytes);
  }));
});

/** Instances of another function, each with as many GPUs on each of these nodes. */
function idleOn(
  rows: readonly { readonly nodes: readonly number[]; readonly gpus: number }[],
): IdleInstances {
  const parts = rows.flatMap(({ nodes, gpus }, instanceId) =>
    nodes.map((node) => ({
      node,
      part: { instanceId, functionId: 9, gpus, dramBytes: 0, idleSinceSeconds: 100 - instanceId },
    }))
  ).reverse();
  return {
    on: (at) => parts.filter(({ node }) => node === at).map(({ part }) => part),
    mayGo: () => true,
  };
}

Deno.test("victims of a gang: enough, none of them in vain, the longest idle first", () => {
  const policy = placementOf("first-fit");
  const victims = fc.array(
    fc.record({
      nodes: fc.uniqueArray(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 2 }),
      gpus: fc.integer({ min: 1, max: 4 }),
    }),
    { maxLength: 10 },
  );
  const stages = fc.integer({ min: 3, max: 6 });
  const six = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 6, maxLength: 6 });
  fc.assert(fc.property(stages, six, victims, (count, free, rows) => {
    const wanted = request(count, 4);
    const found = chooseGangVictims(policy, wanted, 0, nodesOf(free), idleOn(rows));
    const without = (ids: readonly number[]) => {
      const gpus = free.slice();
      for (const id of ids) for (const node of rows[id].nodes) gpus[node] += rows[id].gpus;
      return placeGang(policy, wanted, 0, nodesOf(gpus));
    };
    if (found === undefined) return strictEqual(without(rows.keys().toArray()), undefined);
    deepStrictEqual(without(found.instanceIds), found.shares);
    for (const id of found.instanceIds) {
      strictEqual(without(found.instanceIds.filter((other) => other !== id)), undefined);
    }
  }));
  // Later ones have been idle longer. Instance 0 holds four GPUs on each of two nodes.
  const rows = [{ nodes: [0, 1], gpus: 4 }, { nodes: [2], gpus: 4 }, { nodes: [3], gpus: 4 }];
  const place = (count: number, free: number[]) =>
    placeInstance(policy, request(count, 4), nodesOf(free), idleOn(rows));
  deepStrictEqual(place(3, [4, 0, 0, 0]), {
    node: 0,
    gpuType: 0,
    instanceIds: [2, 1],
    shares: [0, 2, 3].map((node) => ({ node, gpus: 4 })),
  });
  deepStrictEqual(place(4, [4, 0, 0, 0])?.instanceIds, [2, 0], "one that ends up not needed stays");
  strictEqual(place(6, [4, 0, 0, 0]), undefined);
});
