import { deepStrictEqual, ok, strictEqual, throws } from "#assert";
import * as fc from "fast-check";
import { fleetView, runEntryLaws } from "../../../tests/conformance/routing_laws.ts";
import { fromTable, namesOf } from "../../settings/from_table.ts";
import { type RandomStream, randomStreams } from "../../sim/random_streams.ts";
import type { RequestTable } from "../../workload/request_table.ts";
import { ROUTING_POLICIES, type RoutingName } from "./policies.ts";
import type { RoutableRequests, RoutingEntry, RoutingPolicy } from "./policy.ts";
import { prefixAffinity } from "./prefix_affinity.ts";
import { StaleSignals } from "./stale_signals.ts";

for (const entry of ROUTING_POLICIES.entries as readonly RoutingEntry<RoutingName, object>[]) {
  runEntryLaws(entry);
}

/** A policy by name, with a stream for those that draw. */
function routingOf(
  name: RoutingName,
  stream: RandomStream = randomStreams(1).take("routing"),
): RoutingPolicy {
  return fromTable(ROUTING_POLICIES, name, {}, { stream });
}

Deno.test("newest-idle takes the youngest of the idle ones, then of the least loaded", () => {
  const pick = (outstanding: number[]) =>
    routingOf("newest-idle").pick(
      0,
      { promptTokens: Int32Array.of(1) },
      fleetView([0, 1, 2], {
        outstanding,
      }),
    );
  strictEqual(pick([0, 0, 1]), 1);
  strictEqual(pick([3, 1, 1]), 2);
});

Deno.test("fill-first takes the first that is not full, and the least loaded when all are", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 40 }),
      fc.option(fc.integer({ min: 1, max: 6 })),
      (outstanding, fullAt) => {
        const ids = outstanding.map((_, id) => id);
        const [fewest] = ids.toSorted((a, b) => outstanding[a] - outstanding[b] || a - b);
        const expected = ids.find((id) => outstanding[id] < (fullAt ?? Infinity)) ?? fewest;
        const policy = fromTable(ROUTING_POLICIES, "fill-first", { fullAt }, {
          stream: randomStreams(1).take("routing"),
        });
        strictEqual(policy.pick(0, ONE, fleetView(ids, { outstanding })), expected);
      },
    ),
  );
});

const ONE: RoutableRequests = { promptTokens: Int32Array.of(100) };

Deno.test("a workload's table is what a router may see, without output lengths", () => {
  // Compile-time: a RequestTable fits, and the router's type has no output column.
  const asRouter = (table: RequestTable): RoutableRequests => table;
  type Hidden = "outputTokens" extends keyof RoutableRequests ? never : true;
  const hidden: Hidden = true;
  ok(hidden && typeof asRouter === "function");
});

Deno.test("round-robin serves every candidate once in a round, whoever comes or goes", () => {
  const policy = routingOf("round-robin");
  const serve = (ids: number[], times: number) =>
    Array.from({ length: times }, () => policy.pick(0, ONE, fleetView(ids, { outstanding: [] })));
  deepStrictEqual(serve([1, 4, 6], 4), [1, 4, 6, 1]);
  deepStrictEqual(serve([1, 6], 1), [6], "4 is gone: 6 is next");
  deepStrictEqual(serve([1, 6, 8], 3), [8, 1, 6], "8 came: it is next");
});

Deno.test("least-loaded agrees with sorting by (requests, id)", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 40 }),
      (outstanding) => {
        const ids = outstanding.map((_, id) => id);
        const [expected] = ids.toSorted((a, b) => outstanding[a] - outstanding[b] || a - b);
        const view = fleetView(ids, { outstanding });
        strictEqual(routingOf("least-loaded").pick(0, ONE, view), expected);
      },
    ),
  );
});

Deno.test("random serves candidates evenly", () => {
  const policy = routingOf("random", randomStreams(1).take("routing"));
  const view = fleetView([0, 1, 2, 3], { outstanding: [] });
  const counts = [0, 0, 0, 0];
  for (let i = 0; i < 40_000; i++) counts[policy.pick(0, ONE, view)]++;
  // Binomial: sd = sqrt(40000 x .25 x .75) = 87; five of them.
  for (const count of counts) ok(Math.abs(count - 10_000) < 433, `${counts}`);
});

/** Balls into bins: the greatest load after `count` requests that never end. */
function greatestLoad(policy: RoutingPolicy, bins: number, count: number): number {
  const view = fleetView([...Array(bins).keys()], { outstanding: [] });
  for (let i = 0; i < count; i++) view.outstanding[policy.pick(0, ONE, view)]++;
  return Math.max(...view.outstanding);
}

Deno.test("power-of-two is far more even than random, as the balls-into-bins bounds say", () => {
  const bins = 4096;
  const stream = (name: string) => randomStreams(5).take(name);
  const two = greatestLoad(routingOf("power-of-two", stream("two")), bins, bins);
  const one = greatestLoad(routingOf("random", stream("one")), bins, bins);
  // n balls in n bins: ln ln n / ln 2 + O(1) = 3.06 + O(1) against ~ ln n / ln ln n (1 + o(1)) = 3.9+.
  ok(two <= 4, `${two}`);
  ok(one >= 6 && one <= 9, `${one}`);
});

Deno.test("power-of-two never takes the greatest of three loads", () => {
  const policy = routingOf("power-of-two", randomStreams(2).take("routing"));
  const view = fleetView([0, 1, 2], { outstanding: [3, 9, 1] });
  for (let i = 0; i < 500; i++) ok(policy.pick(0, ONE, view) !== 1);
});

Deno.test("least-tokens looks at tokens, not at requests", () => {
  const view = fleetView([0, 1], { outstanding: [1, 5], tokens: [30_000, 900] });
  strictEqual(routingOf("least-tokens").pick(0, ONE, view), 1);
  strictEqual(routingOf("least-loaded").pick(0, ONE, view), 0);
});

Deno.test("kv-aware takes the emptiest cache among the instances with short queues", () => {
  const policy = routingOf("kv-aware");
  // Requests 2..12 in 4 slices of 2.5: up to 4.5 requests are few.
  const view = fleetView([0, 1, 2, 3], { outstanding: [2, 4, 12, 5], kv: [0.8, 0.3, 0, 0.1] });
  strictEqual(policy.pick(0, ONE, view), 1);
});

Deno.test("prefix-affinity follows the longest prefix until the instance is overloaded", () => {
  const cached = (id: number) => [0, 64, 48][id];
  const pick = (outstanding: number[], policy = prefixAffinity({ loadDifference: 8 })) =>
    policy.pick(0, ONE, fleetView([0, 1, 2], { outstanding, cached }));
  strictEqual(pick([0, 8, 8]), 1, "8 more than the least loaded is within the bound");
  strictEqual(pick([0, 9, 8]), 2, "the next longest prefix within the bound");
  strictEqual(pick([0, 9, 9]), 0, "both overloaded");
  strictEqual(pick([40, 60, 0]), 2, "an idle instance with a prefix");
  strictEqual(pick([40, 60, 50]), 1, "60 <= 1.5 x 40");
  strictEqual(pick([40, 61, 50]), 2, "61 > 1.5 x 40");
  strictEqual(pick([0, 0, 0], prefixAffinity({ minimumMatch: 0.65 })), 0, "64 of 100 is too few");
});

Deno.test("prefix-affinity counts what an instance would load at its worth", () => {
  const view = {
    ...fleetView([0, 1, 2], { outstanding: [0, 0, 0], cached: (id) => [0, 40, 0][id] }),
    reachablePrefixTokens: (id: number) => [90, 48, 64][id],
  };
  const pick = (tierWeight: number) => prefixAffinity({ tierWeight }).pick(0, ONE, view);
  deepStrictEqual([0, 0.4, 0.6, 1].map(pick), [1, 1, 0, 0], "0, 36, 54 and 90 beside 40 and more");
  const without = { ...view, reachablePrefixTokens: undefined };
  strictEqual(prefixAffinity({ tierWeight: 1 }).pick(0, ONE, without), 1, "nobody has tiers");
});

Deno.test("prefix-affinity keeps each of many sharing groups on few instances", () => {
  const groups = 40, instances = 8;
  const policy = prefixAffinity({ loadDifference: 2 });
  const holds = Array.from({ length: instances }, () => new Set<number>());
  const requests = { promptTokens: new Int32Array(4000).fill(512) };
  const stream = randomStreams(3).take("groups");
  const groupOf = Int32Array.from({ length: 4000 }, () => Math.floor(stream.next() * groups));
  const view = fleetView([...Array(instances).keys()], {
    outstanding: [],
    cached: (id, request) => holds[id].has(groupOf[request]) ? 500 : 0,
  });
  const inside: number[] = [];
  let hits = 0;
  for (let request = 0; request < 4000; request++) {
    const id = policy.pick(request, requests, view);
    const fewest = Math.min(...view.outstanding);
    ok(view.outstanding[id] <= Math.max(fewest + 2, 1.5 * fewest), "within the bound");
    if (holds[id].has(groupOf[request])) hits++;
    holds[id].add(groupOf[request]);
    view.outstanding[id]++;
    inside.push(id);
    if (inside.length > 24) view.outstanding[inside.shift()!]--;
  }
  // Random routing would miss groups x instances = 320 times.
  ok(hits > 4000 - 0.8 * groups * instances, `${hits}`);
});

Deno.test("session keeps a session in one place and moves it once when that place goes", () => {
  const policy = routingOf("session");
  const requests = {
    promptTokens: new Int32Array(5).fill(10),
    sessionId: Int32Array.of(3, 3, -1, 3, 3),
  };
  const pick = (request: number, ids: number[], outstanding: number[]) =>
    policy.pick(request, requests, fleetView(ids, { outstanding }));
  strictEqual(pick(0, [0, 1, 2], [1, 0, 0]), 1);
  strictEqual(pick(1, [0, 1, 2], [0, 50, 0]), 1, "whatever the load");
  strictEqual(pick(2, [0, 1, 2], [0, 50, 0]), 0, "no session: least loaded");
  strictEqual(pick(3, [0, 2], [5, 0, 4]), 2, "its instance is gone");
  strictEqual(pick(4, [0, 1, 2], [0, 0, 9]), 2, "it stays at the new one");
});

Deno.test("StaleSignals shows the loads of the last report and the candidates of the moment", () => {
  const live = fleetView([0, 1], { outstanding: [1, 2], tokens: [10, 20], kv: [0.1, 0.2] });
  const seen = new StaleSignals(live, 1);
  seen.refresh(0.2);
  live.outstanding[0] = 9;
  live.outstandingTokens[0] = 90;
  live.kv[0] = 0.9;
  seen.refresh(0.9);
  strictEqual(seen.outstanding[0], 1);
  strictEqual(seen.outstandingTokens[0], 10);
  strictEqual(seen.kvUtilization(0), 0.1);
  strictEqual(seen.candidateCount, 2);
  strictEqual(routingOf("least-loaded").pick(0, ONE, seen), 0, "routed by what it heard");
  seen.refresh(1);
  strictEqual(seen.outstanding[0], 9);
  strictEqual(routingOf("least-loaded").pick(0, ONE, seen), 1);
});

Deno.test("fromTable() names the routing policies and what is out of range", () => {
  throws(() => routingOf("nearest" as RoutingName), {
    name: "RangeError",
    message: /^Cannot use a routing policy as one of round-robin, .*: current value is "nearest"$/,
  });
  throws(() => prefixAffinity({ loadRatio: 0.5 }), {
    name: "RangeError",
    message: "Cannot use loadRatio as a number >= 1: current value is 0.5",
  });
  for (const name of namesOf(ROUTING_POLICIES)) strictEqual(routingOf(name).name, name);
});
