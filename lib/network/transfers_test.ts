import { deepEqual, equal, ok, throws } from "#assert";
import fc from "fast-check";
import { FlowNetwork } from "./flow_network.ts";
import { type NodePlace, STORE } from "./places.ts";
import { Topology } from "./topology.ts";
import { type TransferOwner, Transfers } from "./transfers.ts";

const memory = (node: number): NodePlace => ({ kind: "host", node });
const gpu = (node: number, i: number): NodePlace => ({ kind: "gpu", node, gpu: i });

/** Who is told of ends, in order, with their instants. */
function listener() {
  const over: [id: number, atSeconds: number][] = [];
  const owner: TransferOwner = { transferEnds: (id, now) => void over.push([id, now]) };
  return { over, owner };
}

Deno.test("a transfer of several flows is over when the last of them is", () => {
  const topology = new Topology(new FlowNetwork());
  for (const nicBytesPerSecond of [10, 1]) topology.addNode({ gpus: 1, nicBytesPerSecond });
  const transfers = new Transfers(topology);
  const { over, owner } = listener();
  const both = transfers.start(STORE, [memory(0), memory(1)], 20, "weights", owner, 0);
  transfers.advance(1);
  deepEqual([over, transfers.size], [[], 1]);
  equal(transfers.nextSeconds, 10);
  transfers.advance(10);
  deepEqual([over, transfers.size], [[[both, 10]], 0]);
  equal(transfers.cancel(both, 10), 0);
  equal(transfers.movedBytes("weights"), 20);
});

Deno.test("KV entries go from the GPUs of one instance to those of another in equal parts", () => {
  const network = new FlowNetwork();
  const topology = new Topology(network);
  for (let i = 0; i < 2; i++) {
    topology.addNode({ gpus: 4, nicBytesPerSecond: 100, pcieBytesPerSecond: 10 });
  }
  const transfers = new Transfers(topology);
  const { over, owner } = listener();
  // Two ranks send to four: each sends 20 bytes over its 10 bytes per second, half to each of two.
  const id = transfers.start(
    [gpu(0, 0), gpu(0, 1)],
    [gpu(1, 0), gpu(1, 1), gpu(1, 2), gpu(1, 3)],
    40,
    "kv",
    owner,
    0,
  );
  equal(network.activeFlows, 4);
  equal(transfers.nextSeconds, 2);
  // The card is used by all, at 20 of its 100 bytes per second; weights the other way do not meet it.
  transfers.start(memory(1), memory(0), 150, "weights", owner, 0);
  transfers.advance(1.5);
  transfers.advance(2);
  deepEqual(over, [[id + 1, 1.5], [id, 2]]);
});

Deno.test("what nothing holds back is there at once", () => {
  const transfers = new Transfers(new Topology(new FlowNetwork()));
  const { over, owner } = listener();
  const topology = new Topology(new FlowNetwork());
  topology.addNode({ gpus: 2 });
  const free = new Transfers(topology);
  equal(free.start(STORE, gpu(0, 1), 5, "image", owner, 3), -1);
  equal(free.start(gpu(0, 1), gpu(0, 1), 5, "kv", owner, 3), -1);
  deepEqual([free.nextSeconds, free.size, over], [Infinity, 0, []]);
  deepEqual([free.movedBytes("image"), free.movedBytes("kv")], [5, 5]);
  throws(() => transfers.start(STORE, [], 5, "kv", owner, 0), /move kv as bytes >= 0.*to \[\]/);
  throws(() => free.start(STORE, gpu(0, 0), NaN, "kv", owner, 0), /is NaN from \[the store\]/);
});

Deno.test("owners are told when all that ends at an instant has ended", () => {
  const topology = new Topology(new FlowNetwork());
  topology.addNode({ gpus: 1, nicBytesPerSecond: 1 });
  const transfers = new Transfers(topology);
  const left: number[] = [];
  const ids: number[] = [];
  const owner: TransferOwner = {
    transferEnds(_, now) {
      for (const id of ids) left.push(transfers.cancel(id, now));
      if (left.length > 4) return;
      ids.push(transfers.start(STORE, memory(0), 6, "other", owner, now));
    },
  };
  for (let i = 0; i < 2; i++) ids.push(transfers.start(STORE, memory(0), 1, "other", owner, 0));
  transfers.advance(2);
  // Both had ended when the first was told; the second gave up what the first had begun anew.
  deepEqual(left, [0, 0, 0, 0, 6]);
  deepEqual([transfers.size, transfers.nextSeconds], [0, Infinity]);
});

Deno.test("what is moved and what was left of transfers that are given up is what was to move", () => {
  const moves = fc.array(
    fc.record({
      bytes: fc.integer({ min: 1, max: 100 }),
      from: fc.nat(3),
      to: fc.nat(2),
      cancelled: fc.boolean(),
    }),
    { minLength: 1, maxLength: 12 },
  );
  fc.assert(fc.property(moves, fc.integer({ min: 0, max: 40 }), (list, atSeconds) => {
    const network = new FlowNetwork();
    const topology = new Topology(network, { storageBytesPerSecond: 7 });
    for (const nicBytesPerSecond of [3, 5, 11]) {
      topology.addNode({ gpus: 1, nicBytesPerSecond, pcieBytesPerSecond: 4 });
    }
    const transfers = new Transfers(topology);
    const { over, owner } = listener();
    const ids = list.map(({ bytes, from, to }) =>
      transfers.start(from === 3 ? STORE : gpu(from, 0), memory(to), bytes, "kv", owner, 0)
    );
    transfers.advance(atSeconds);
    const isOver = (id: number) => over.some(([other]) => other === id);
    let left = 0;
    list.forEach(({ cancelled }, i) => {
      if (cancelled && !isOver(ids[i])) left += transfers.cancel(ids[i], atSeconds);
    });
    while (transfers.nextSeconds < Infinity) transfers.advance(transfers.nextSeconds);
    const asked = list.reduce((sum, { bytes }) => sum + bytes, 0);
    const moved = transfers.movedBytes("kv");
    equal(Math.abs(moved + left - asked) < 1e-6 * asked, true, `${moved} + ${left}, ${asked}`);
    list.forEach(({ cancelled }, i) => cancelled || equal(isOver(ids[i]), true));
    for (let i = 1; i < over.length; i++) equal(over[i - 1][1] <= over[i][1], true);
  }));
});

Deno.test("sharers are the transfers on the busiest link of the way, mean over a transfer's own time", () => {
  const transfer = fc.record({
    node: fc.integer({ min: 0, max: 2 }),
    bytes: fc.integer({ min: 1, max: 40 }),
    afterSeconds: fc.constantFrom(0, 0, 0.5, 1, 7),
    toAll: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(transfer, { minLength: 1, maxLength: 12 }), (list) => {
      const topology = new Topology(new FlowNetwork(), { storageBytesPerSecond: 10 });
      // The cards are narrower than their share of the store's link, or wider.
      for (const nicBytesPerSecond of [2, 6, 100]) topology.addNode({ gpus: 1, nicBytesPerSecond });
      const transfers = new Transfers(topology, { countsSharers: true });
      const told = new Map<number, readonly [endAtSeconds: number, sharers: number]>();
      const owner: TransferOwner = {
        transferEnds: (id, now, sharers) => void told.set(id, [now, sharers]),
      };
      const begun = new Map<number, { readonly from: number; readonly nodes: readonly number[] }>();
      let now = 0;
      const advanceTo = (atSeconds: number) => {
        while (transfers.nextSeconds <= atSeconds) transfers.advance(transfers.nextSeconds);
        transfers.advance(atSeconds);
      };
      for (const { node, bytes, afterSeconds, toAll } of list) {
        advanceTo(now += afterSeconds);
        const nodes = toAll ? [0, 1, 2] : [node];
        const id = transfers.start(STORE, nodes.map(memory), bytes, "weights", owner, now);
        begun.set(id, { from: now, nodes });
      }
      while (transfers.nextSeconds < Infinity) transfers.advance(transfers.nextSeconds);
      equal(told.size, list.length);
      // By the times alone: the store's link is crossed by all, a card by those to its node.
      const capacities = [10, 2, 6, 100];
      for (const [id, [to, sharers]] of told) {
        const { from, nodes } = begun.get(id)!;
        const means = [0, ...nodes.map((one) => one + 1)].map((link) => {
          let seconds = 0;
          for (const [other, [end]] of told) {
            const { from: start, nodes: on } = begun.get(other)!;
            if (link > 0 && !on.includes(link - 1)) continue;
            seconds += Math.max(0, Math.min(end, to) - Math.max(start, from));
          }
          return { mean: seconds / (to - from), busy: seconds / capacities[link] };
        });
        const most = Math.max(...means.map(({ busy }) => busy));
        const busiest = means.filter(({ busy }) => busy > most * (1 - 1e-9));
        ok(
          busiest.some(({ mean }) => Math.abs(mean - sharers) < 1e-6),
          `${sharers} of transfer ${id}`,
        );
      }
    }),
    { numRuns: 60 },
  );
});
