import { deepStrictEqual, ok, strictEqual, throws } from "#assert";
import * as fc from "fast-check";
import type { IdleInstances } from "./choose_victims.ts";
import { LoadQueue } from "./load_queue.ts";
import { placeInstance } from "./place_instance.ts";
import { fromTable, namesOf } from "../../settings/from_table.ts";
import { PLACEMENT_POLICIES, type PlacementName } from "./policies.ts";
import type { PlacementPolicy } from "./policy.ts";
import { fits, type NodesView, type PlacementRequest } from "./policy.ts";

interface NodeRow {
  free: number;
  gpus?: number;
  type?: number;
  dram?: number;
  open?: number;
  start?: number;
}

const placementOf = (name: PlacementName): PlacementPolicy =>
  fromTable(PLACEMENT_POLICIES, name, {}, {});

function nodesOf(rows: readonly NodeRow[]): NodesView {
  return {
    count: rows.length,
    gpuType: Int32Array.from(rows, (row) => row.type ?? 0),
    freeGpus: Int32Array.from(rows, (row) => row.free),
    gpus: Int32Array.from(rows, (row) => row.gpus ?? 8),
    freeDramBytes: Float64Array.from(rows, (row) => row.dram ?? 1e12),
    freeSsdBytes: Float64Array.from(rows, () => 1e13),
    isOpen: Uint8Array.from(rows, (row) => row.open ?? 1),
    startSeconds: (node) => rows[node].start ?? 10,
  };
}

/** A function that may lose no instance. */
const AT_ITS_FEWEST = 8;

function idleOf(
  rows: readonly {
    id: number;
    fn?: number;
    node: number;
    gpus?: number;
    since: number;
  }[],
): IdleInstances {
  const parts = rows.map(({ id, fn = 9, node, gpus = 1, since }) => ({
    node,
    part: { instanceId: id, functionId: fn, gpus, dramBytes: 0, idleSinceSeconds: since },
  })).sort(({ part: a }, { part: b }) =>
    a.idleSinceSeconds - b.idleSinceSeconds || a.instanceId - b.instanceId
  );
  return {
    on: (at) => parts.filter(({ node }) => node === at).map(({ part }) => part),
    mayGo: (functionId) => functionId !== AT_ITS_FEWEST,
  };
}

const request = (gpus: number, more: Partial<PlacementRequest> = {}): PlacementRequest => ({
  functionId: 0,
  gpus,
  gpuTypes: [0],
  dramBytes: 0,
  ...more,
});

const nodesArbitrary = fc.array(
  fc.record({
    free: fc.integer({ min: 0, max: 8 }),
    type: fc.integer({ min: 0, max: 1 }),
    dram: fc.constantFrom(1e9, 1e12),
    open: fc.integer({ min: 0, max: 1 }),
    start: fc.integer({ min: 1, max: 9 }),
  }),
  { maxLength: 20 },
).map(nodesOf);
const requestArbitrary = fc.record({
  functionId: fc.constant(0),
  gpus: fc.integer({ min: 1, max: 8 }),
  gpuTypes: fc.constant([0]),
  dramBytes: fc.constantFrom(0, 1e10),
});

for (const name of namesOf(PLACEMENT_POLICIES)) {
  const policy = placementOf(name);
  strictEqual(policy.name, name);

  Deno.test(`${name} placement: the node fits, and -1 comes only when none does`, () => {
    fc.assert(fc.property(requestArbitrary, nodesArbitrary, (wanted, nodes) => {
      const node = policy.place(wanted, 0, nodes);
      const fitting = [...Array(nodes.count).keys()].filter((i) => fits(wanted, 0, nodes, i));
      ok(node < 0 ? fitting.length === 0 : fitting.includes(node));
    }));
  });

  Deno.test(`${name} placement: among equal nodes the lowest id, the same each time`, () => {
    const nodes = nodesOf([{ free: 0 }, { free: 4 }, { free: 4 }, { free: 4 }]);
    strictEqual(policy.place(request(2), 0, nodes), 1);
    strictEqual(policy.place(request(2), 0, nodes), 1);
  });

  Deno.test(`${name} placement: a cluster is filled to the last GPU by small instances`, () => {
    const nodes = nodesOf([{ free: 3 }, { free: 8 }, { free: 5 }]);
    let placed = 0;
    for (let node = policy.place(request(1), 0, nodes); node >= 0; placed++) {
      nodes.freeGpus[node]--;
      node = policy.place(request(1), 0, nodes);
    }
    strictEqual(placed, 16);
  });
}

Deno.test("placement policies differ where they should", () => {
  const nodes = nodesOf([
    { free: 4, start: 9 },
    { free: 2, start: 7 },
    { free: 8, start: 8 },
    { free: 3, gpus: 4, start: 2 },
  ]);
  const place = (name: PlacementName) => placementOf(name).place(request(2), 0, nodes);
  deepStrictEqual(
    namesOf(PLACEMENT_POLICIES).map(place),
    [0, 1, 2, 3],
  );
});

Deno.test("best-fit keeps room for a large instance that first-fit and spread break up", () => {
  const room = (name: PlacementName) => {
    const policy = placementOf(name);
    const nodes = nodesOf([{ free: 8 }, { free: 4 }]);
    for (let i = 0; i < 4; i++) nodes.freeGpus[policy.place(request(1), 0, nodes)]--;
    return policy.place(request(8), 0, nodes) >= 0;
  };
  deepStrictEqual([room("best-fit"), room("first-fit"), room("spread")], [true, false, false]);
});

Deno.test("startup-time: a cached node behind a queue against a cold one, by hand", () => {
  const bandwidths = {
    dramBytesPerSecond: 25e9,
    ssdBytesPerSecond: 5e9,
    remoteBytesPerSecond: 1e9,
  };
  const queues = [new LoadQueue(bandwidths), new LoadQueue(bandwidths), new LoadQueue(bandwidths)];
  const tiers = ["ssd", "remote", "dram"] as const;
  const bytes = 10e9;
  // Node 0 has it on disk behind 40 GB (8 s); node 1 fetches (10 s); node 2 has it in memory.
  strictEqual(queues[0].add("ssd", 40e9, 0), 8);
  const view = { ...nodesOf([{ free: 1 }, { free: 1 }, { free: 0 }]) };
  const at = (now: number): NodesView => ({
    ...view,
    startSeconds: (node) => queues[node].estimateSeconds(tiers[node], bytes, now),
  });
  const policy = placementOf("startup-time");
  strictEqual(policy.place(request(1), 0, at(0)), 0, "8 + 2 = 10 s each: the lower id");
  queues[0].add("ssd", 5e9, 0);
  strictEqual(policy.place(request(1), 0, at(0)), 1, "9 + 2 > 10");
  strictEqual(policy.place(request(1), 0, at(2)), 0, "two seconds later 7 + 2 < 10");
  view.freeGpus[2] = 1;
  queues[2].add("ssd", 100e9, 0);
  strictEqual(policy.place(request(1), 0, at(0)), 2, "host memory does not queue: 0.4 s");
});

Deno.test("placeInstance() prefers GPU types in order and evicts only when no pool has room", () => {
  const nodes = nodesOf([{ free: 0, type: 0 }, { free: 2, type: 1 }]);
  const idle = idleOf([{ id: 5, node: 0, gpus: 2, since: 3 }]);
  const policy = placementOf("first-fit");
  const place = (gpus: number, gpuTypes: number[], victims?: IdleInstances) =>
    placeInstance(policy, request(gpus, { gpuTypes }), nodes, victims);
  deepStrictEqual(place(2, [0, 1], idle), { node: 1, gpuType: 1, instanceIds: [] });
  deepStrictEqual(place(2, [0], idle), { node: 0, gpuType: 0, instanceIds: [5] });
  strictEqual(place(2, [0]), undefined);
  strictEqual(place(3, [0, 1], idle), undefined);
});

Deno.test("chooseVictims: fewest stops, then the longest idle, never its own or protected ones", () => {
  const nodes = nodesOf([{ free: 1 }, { free: 0 }, { free: 0 }, { free: 0, open: 0 }]);
  const place = (rows: Parameters<typeof idleOf>[0], gpus = 2) =>
    placeInstance(placementOf("first-fit"), request(gpus), nodes, idleOf(rows))?.instanceIds;
  deepStrictEqual(
    place([
      { id: 1, node: 0, since: 50 },
      { id: 2, node: 1, since: 1 },
      { id: 3, node: 1, since: 2 },
    ]),
    [1],
    "one stop on node 0 rather than two",
  );
  deepStrictEqual(
    place([
      { id: 1, node: 0, since: 50 },
      { id: 2, node: 1, gpus: 2, since: 30 },
      { id: 3, node: 2, gpus: 2, since: 20 },
    ]),
    [3],
    "of one stop each, the longest idle",
  );
  deepStrictEqual(
    place([
      { id: 1, node: 0, since: 5, fn: 0 },
      { id: 2, fn: AT_ITS_FEWEST, node: 0, since: 6 },
      { id: 4, node: 3, gpus: 8, since: 1 },
      { id: 3, node: 1, since: 8 },
      { id: 6, node: 1, since: 7 },
    ]),
    [6, 3],
    "not its own function, not at its fewest, not on a closed node",
  );
  strictEqual(place([{ id: 1, node: 0, since: 1 }], 3), undefined);
});

Deno.test("placement refuses unknown names and bandwidths", () => {
  throws(() => placementOf("nearest" as PlacementName), {
    name: "RangeError",
    message: /^Cannot use a placement policy as one of first-fit, .*: current value is "nearest"$/,
  });
  const zero = { dramBytesPerSecond: 1, ssdBytesPerSecond: 0, remoteBytesPerSecond: 1 };
  throws(() => new LoadQueue(zero), {
    message: "Cannot use ssdBytesPerSecond as a bandwidth > 0: current value is 0",
  });
});

Deno.test("LoadQueue.giveUp() lets those behind a load come earlier by what was left of it", () => {
  const queue = new LoadQueue({
    dramBytesPerSecond: 1,
    ssdBytesPerSecond: 1,
    remoteBytesPerSecond: 1,
  });
  const first = queue.add("ssd", 10, 0);
  queue.add("ssd", 5, 0);
  // Given up at 4 s the first load leaves 6 of its 10 s; the second one then ends at 9 s.
  queue.giveUp(first, 10, 4);
  strictEqual(queue.estimateSeconds("ssd", 0, 4), 5);
  // What is over has nothing left; a load that had not begun leaves all of it.
  queue.giveUp(first, 10, 12);
  strictEqual(queue.estimateSeconds("ssd", 0, 12), 0);
  const waits = queue.add("ssd", 7, 12);
  const later = queue.add("ssd", 3, 12);
  strictEqual(later, 22);
  queue.giveUp(later, 3, 13);
  strictEqual(queue.estimateSeconds("ssd", 0, 13), waits - 13);
});
