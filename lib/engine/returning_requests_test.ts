import { deepEqual, equal } from "#assert";
import { ReturningRequests } from "./returning_requests.ts";

Deno.test("a request that is taken out of those that return leaves its host memory", () => {
  const returning = new ReturningRequests();
  [[4, 10, 3], [7, 20, 0], [2, 30, 5]].forEach(([request, tokens, blocks]) =>
    returning.push(request, tokens, blocks)
  );
  equal(returning.remove(9), false);
  equal(returning.remove(4), true);
  equal(returning.remove(4), false);
  deepEqual([returning.size, returning.first, returning.firstTokens, returning.hostBlocks], [
    2,
    7,
    20,
    5,
  ]);
  equal(returning.remove(2), true);
  deepEqual([returning.size, returning.hostBlocks], [1, 0]);
});
