import { deepEqual, equal } from "#assert";
import { Inbox } from "./inbox.ts";

Deno.test("a request that is taken out of the inbox takes its entries and its instant along", () => {
  const inbox = new Inbox();
  inbox.push(4, 1);
  inbox.push(7, 2, 30);
  inbox.push(2, 3);
  inbox.push(9, 4, 50);
  equal(inbox.remove(5), false);
  equal(inbox.remove(7), true);
  equal(inbox.remove(7), false);
  inbox.push(8, 4, 60, true);
  const seen: (readonly [request: number, kvTokens?: number, areToCome?: true])[] = [];
  const reader = {
    enqueue: (request: number) => void seen.push([request]),
    receive: (request: number, kvTokens: number) => void seen.push([request, kvTokens]),
    expect: (request: number, kvTokens: number) => void seen.push([request, kvTokens, true]),
  };
  equal(inbox.empty(3, reader), 2);
  equal(inbox.size, 2);
  equal(inbox.empty(4, reader), 2);
  deepEqual(seen, [[4], [2], [9, 50], [8, 60, true]]);
});
