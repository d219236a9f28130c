import assert from "#assert";
import fc from "fast-check";
import { FlowNetwork } from "./flow_network.ts";

/** Runs a network to its end and returns [instant, token] of every completion. */
function drain(network: FlowNetwork): [number, number][] {
  const done: [number, number][] = [];
  for (let at = network.nextCompletionSeconds(); at < Infinity;) {
    for (const token of network.advance(at)) done.push([at, token]);
    at = network.nextCompletionSeconds();
  }
  return done;
}

function near(actual: number, expected: number, tolerance = 1e-9) {
  assert.ok(
    Math.abs(actual - expected) <= tolerance * Math.max(1, Math.abs(expected)),
    `${actual} is not ${expected}`,
  );
}

Deno.test("FlowNetwork shares one link between two flows", () => {
  // 10 B/s. A = 100 B from 0 s, B = 30 B from 2 s. A alone moves 20 B; both get 5 B/s, so B is done
  // at 8 s; A has then 100 - 20 - 30 = 50 B left, at 10 B/s: 13 s.
  const network = new FlowNetwork();
  const link = network.addLink(10);
  network.start([link], 100, 0, 1);
  network.start([link], 30, 2, 2);
  assert.deepEqual(drain(network), [[8, 2], [13, 1]]);
});

Deno.test("FlowNetwork gives three flows on two links what the textbook gives", () => {
  // Links X = 10, Y = 4. A over X, B over X and Y, C over Y. Y's equal share is 2: B = C = 2,
  // A takes the rest of X: 8.
  const network = new FlowNetwork();
  const x = network.addLink(10);
  const y = network.addLink(4);
  const a = network.start([x], 80, 0, 1);
  const b = network.start([x, y], 10, 0, 2);
  const c = network.start([y], 40, 0, 3);
  assert.deepEqual([a, b, c].map((flow) => network.rate(flow)), [8, 2, 2]);
  // B is done at 5 s; then A has 40 B left at 10 B/s: 9 s; C has 30 B left at 4 B/s: 12.5 s.
  assert.deepEqual(drain(network), [[5, 2], [9, 1], [12.5, 3]]);
});

Deno.test("FlowNetwork fills five flows in three rounds", () => {
  // Links P = 6, Q = 10, R = 30. Flows: 1 and 2 over P, 3 over P and Q, 4 over Q and R, 5 over R.
  // P's share is 2 (flows 1, 2, 3); Q has 8 left for flow 4; R has 22 left for flow 5.
  const network = new FlowNetwork();
  const [p, q, r] = [6, 10, 30].map((capacity) => network.addLink(capacity));
  const flows = [[p], [p], [p, q], [q, r], [r]].map((links, i) =>
    network.start(links, [4, 20, 12, 64, 440][i], 0, i + 1)
  );
  assert.deepEqual(flows.map((flow) => network.rate(flow)), [2, 2, 2, 8, 22]);
  // 2 s: flow 1 done (4 B). P's share is now 3: flows 2, 3 = 3; flow 4 = 7; flow 5 = 23.
  assert.deepEqual(network.advance(2), [1]);
  assert.deepEqual(flows.map((flow) => network.rate(flow)), [0, 3, 3, 7, 23]);
  // Flow 3 has 8 left: done at 2 + 8/3; flow 2 has 16 - 8 = 8 left at 6 B/s from then on.
  const rest = drain(network);
  assert.deepEqual(rest.map(([, token]) => token), [3, 2, 4, 5]);
  near(rest[0][0], 2 + 8 / 3);
  near(rest[1][0], 2 + 8 / 3 + 8 / 6);
  // Flow 4: 64 - 16 - 7 * 8/3 left at 10 B/s; flow 5: 440 - 44 - 23 * 8/3, then 20 B/s, then 30.
  const four = 2 + 8 / 3 + (48 - 56 / 3) / 10;
  near(rest[2][0], four);
  near(rest[3][0], four + (396 - (23 * 8) / 3 - 20 * (four - 2 - 8 / 3)) / 30);
});

Deno.test("FlowNetwork keeps a limited flow at its limit and gives the rest away", () => {
  const network = new FlowNetwork();
  const link = network.addLink(10);
  const slow = network.startOnPath(network.path([link], 2), 20, 0, 1);
  const fast = network.start([link], 20, 0, 2);
  assert.deepEqual([network.rate(slow), network.rate(fast)], [2, 8]);
});

Deno.test("FlowNetwork returns simultaneous completions by flow id", () => {
  const network = new FlowNetwork();
  const shared = network.addLink(3e9);
  const links = Array.from({ length: 7 }, () => network.addLink(1e9));
  for (let i = 0; i < 7; i++) network.start([links[6 - i], shared], 1e9 / 3, 0, 100 + i);
  const done = drain(network);
  assert.deepEqual(done.map(([, token]) => token), [100, 101, 102, 103, 104, 105, 106]);
  assert.equal(new Set(done.map(([at]) => at)).size, 1);
});

Deno.test("FlowNetwork leaves components without a change alone", () => {
  const network = new FlowNetwork();
  const [left, right] = [network.addLink(10), network.addLink(10)];
  const a = network.start([left], 100, 0, 1);
  network.start([right], 10, 0, 2);
  network.start([right], 10, 1, 3);
  assert.equal(network.rate(a), 10);
  assert.equal(network.remainingBytes(a, 1.5), 85);
});

Deno.test("FlowNetwork ends a flow of zero bytes at once", () => {
  const network = new FlowNetwork();
  const link = network.addLink(5);
  network.start([link], 0, 3, 9);
  assert.equal(network.nextCompletionSeconds(), 3);
  assert.deepEqual(network.advance(3), [9]);
});

Deno.test("FlowNetwork refuses time that runs backwards and completions passed over", () => {
  const network = new FlowNetwork();
  const link = network.addLink(5);
  network.start([link], 10, 1, 9);
  assert.throws(() => network.start([link], 1, 0.5, 1), RangeError);
  assert.throws(() => network.start([link], 1, 4, 1), /advance first/);
  assert.throws(() => network.start([3], 1, 2, 1), RangeError);
  assert.throws(() => network.addLink(0), RangeError);
});

/** Random networks: capacities, and flows as (links, bytes, start, limit or none). */
const networks = fc.record({
  capacities: fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 6 }),
  flows: fc.array(
    fc.record({
      links: fc.array(fc.nat(5), { minLength: 1, maxLength: 4 }),
      bytes: fc.integer({ min: 0, max: 500 }),
      gap: fc.integer({ min: 0, max: 8 }),
      limit: fc.option(fc.integer({ min: 1, max: 20 }), { nil: Infinity }),
      cancel: fc.boolean(),
    }),
    { minLength: 1, maxLength: 25 },
  ),
});

Deno.test("FlowNetwork gives every flow a bottleneck (max-min optimality)", () => {
  fc.assert(fc.property(networks, ({ capacities, flows }) => {
    const network = new FlowNetwork();
    const links = capacities.map((capacity) => network.addLink(capacity));
    const live = new Map<number, { id: number; links: number[]; limit: number }>();
    let now = 0;
    flows.forEach((flow, token) => {
      now += flow.gap;
      for (const done of network.advance(now)) live.delete(done);
      const over = [...new Set(flow.links.map((link) => links[link % links.length]))];
      const id = network.startOnPath(network.path(over, flow.limit), flow.bytes, now, token);
      live.set(token, { id, links: over, limit: flow.limit });
      if (flow.cancel && live.size > 2) {
        const [first] = live.keys();
        network.cancel(live.get(first)!.id, now);
        live.delete(first);
      }
      const rates = new Map([...live.values()].map((it) => [it, network.rate(it.id)]));
      for (const link of links) {
        const users = [...live.values()].filter((it) => it.links.includes(link));
        const used = users.reduce((sum, it) => sum + rates.get(it)!, 0);
        assert.ok(used <= network.capacity(link) * (1 + 1e-9), "a link carries more than it can");
        near(network.linkRate(link), used);
      }
      for (const it of live.values()) {
        const rate = rates.get(it)!;
        const limited = rate >= it.limit * (1 - 1e-9);
        const blocked = it.links.some((link) => {
          const users = [...live.values()].filter((other) => other.links.includes(link));
          const used = users.reduce((sum, other) => sum + rates.get(other)!, 0);
          const largest = Math.max(...users.map((other) => rates.get(other)!));
          return used >= network.capacity(link) * (1 - 1e-9) && rate >= largest * (1 - 1e-9);
        });
        assert.ok(limited || blocked, "a flow could go faster without slowing a slower one");
      }
    });
  }));
});

Deno.test("FlowNetwork conserves bytes", () => {
  fc.assert(fc.property(networks, ({ capacities, flows }) => {
    const network = new FlowNetwork();
    const links = capacities.map((capacity) => network.addLink(capacity));
    const expected = new Map<number, number>();
    let now = 0;
    let finished = 0;
    flows.forEach((flow, token) => {
      now += flow.gap;
      finished += network.advance(now).length;
      const path = network.path(
        [...new Set(flow.links.map((link) => links[link % links.length]))],
        flow.limit,
      );
      const id = network.startOnPath(path, flow.bytes, now, token);
      const left = flow.cancel ? network.cancel(id, now) : 0;
      if (flow.cancel) finished++;
      expected.set(path, (expected.get(path) ?? 0) + flow.bytes - left);
    });
    finished += drain(network).length;
    assert.equal(finished, flows.length, "every flow ends once");
    assert.equal(network.activeFlows, 0);
    for (const [path, bytes] of expected) near(network.carriedBytes(path, 1e9), bytes, 1e-6);
  }));
});
