import { deepStrictEqual, equal, ok, strictEqual } from "#assert";
import fc from "fast-check";
import {
  type OrderableRequests,
  type OrderEntry,
  QUEUE_ORDERS,
  type QueueOrder,
} from "./orders/mod.ts";
import { waitingQueue } from "./waiting_queue.ts";

const NO_ARRIVALS = new Float64Array(0);
const operations = fc.array(fc.constantFrom("push", "push", "pushBack", "pop"), {
  maxLength: 400,
});

Deno.test("waitingQueue() without keys serves in order of arrival; preempted requests come before all", () => {
  fc.assert(
    fc.property(operations, (steps) => {
      const queue = waitingQueue(NO_ARRIVALS);
      const list: number[] = [];
      let next = 0;
      for (const step of steps) {
        if (step === "push") {
          queue.push(next);
          list.push(next++);
        } else if (step === "pushBack") {
          queue.pushBack(next);
          list.unshift(next++);
        } else {
          equal(queue.pop(), list.shift() ?? -1);
        }
        equal(queue.size, list.length);
        equal(queue.peek(), list[0] ?? -1);
      }
    }),
    { seed: 1 },
  );
  equal(waitingQueue(NO_ARRIVALS).isFirstComeFirstServed, true);
});

Deno.test("waitingQueue() by a key serves the least one, of equal ones the earliest arrival", () => {
  const keys = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 100 });
  fc.assert(
    fc.property(keys, keys, operations, (values, instants, steps) => {
      const arrivals = values.map((_, request) => instants[request % instants.length]);
      const queue = waitingQueue(arrivals, Int32Array.from(values));
      equal(queue.isFirstComeFirstServed, false);
      const list: number[] = [];
      let next = 0;
      for (const step of steps) {
        if (step === "pop") {
          list.sort((a, b) => values[a] - values[b] || arrivals[a] - arrivals[b] || a - b);
          equal(queue.pop(), list.shift() ?? -1);
        } else if (next < values.length) {
          queue[step as "push" | "pushBack"](next);
          list.push(next++);
        }
        equal(queue.size, list.length);
      }
    }),
    { seed: 1 },
  );
});

Deno.test("a request that is taken out of a queue changes the order of nobody else", () => {
  const removals = fc.array(fc.nat(90), { maxLength: 60 });
  fc.assert(
    fc.property(removals, fc.boolean(), fc.nat(80), (removed, hasKeys, popped) => {
      const arrivals = Float64Array.from({ length: 90 }, (_, i) => Math.floor(i / 3));
      const keys = Float64Array.from({ length: 90 }, (_, i) => (i * 37) % 11);
      const queue = waitingQueue(arrivals, hasKeys ? keys : undefined);
      const order = (one: number, other: number) =>
        (hasKeys ? keys[one] - keys[other] : 0) || arrivals[one] - arrivals[other] || one - other;
      // The ring goes round where some have been popped before others come.
      for (let request = 0; request < 60; request++) queue.push(request);
      const left = Array.from({ length: 60 }, (_, i) => i).sort(order);
      for (let i = 0; i < popped % 50; i++) equal(queue.pop(), left.shift());
      for (let request = 60; request < 90; request++) {
        queue.push(request);
        left.push(request);
      }
      left.sort(order);
      for (const request of removed) {
        const place = left.indexOf(request);
        equal(queue.remove(request), place >= 0);
        if (place >= 0) left.splice(place, 1);
        equal(queue.size, left.length);
      }
      deepStrictEqual(Array.from(left, () => queue.pop()), left);
      equal(queue.pop(), -1);
    }),
    { seed: 3 },
  );
});

for (const entry of QUEUE_ORDERS.entries as readonly OrderEntry<QueueOrder>[]) {
  Deno.test(`${entry.name} order: a number for each request, or the order of arrival`, () => {
    const count = 50;
    const requests: OrderableRequests = {
      count,
      arrivalAtSeconds: Float64Array.from({ length: count }, (_, i) => i / 3),
      promptTokens: Int32Array.from({ length: count }, (_, i) => 1 + (i * 37) % 90),
      priorityOf: (request) => request % 3,
      ttftLimitSeconds: (request) => request % 2 === 0 ? 0.5 : 9,
    };
    const keys = entry.create({}, requests);
    strictEqual(keys?.length ?? count, count);
    ok(keys === undefined || keys.every((key) => !Number.isNaN(key)));
    deepStrictEqual(entry.create({}, requests), keys, "the same each time");
    const queue = waitingQueue(requests.arrivalAtSeconds, keys);
    for (let request = 0; request < count; request++) queue.push(request);
    const keyOf = (request: number) => keys === undefined ? request : keys[request];
    for (let last = queue.pop(); queue.size > 0;) {
      const next = queue.pop();
      ok(keyOf(last) < keyOf(next) || (keyOf(last) === keyOf(next) && last < next));
      last = next;
    }
  });
}
