import { deepEqual } from "#assert";
import { runSmall, watching } from "../../../tests/support/small_cluster.ts";

Deno.test("a time to first token is told at the first token, not when the request has completed", () => {
  // Steps of one second: the first token at 1, the tenth at 10.
  const { seen, decider } = watching([1]);
  runSmall([[0, 1, 10]], { scaling: { decider } });
  deepEqual(seen.slice(0, 3).map(({ ttftP95Seconds }) => ttftP95Seconds), [1, 0, 0]);
  deepEqual(seen.map(({ completions }) => completions), [0, 0, 0, 0, 0, 0, 0, 0, 0]);
});

Deno.test("the p95 of first tokens is that of the requests since the last evaluation", () => {
  // Four run together; the fifth has its first token when the first four have ended, at 4.
  const { seen, decider } = watching([1]);
  runSmall([[0, 1, 3], [0, 1, 3], [0, 1, 3], [0, 1, 3], [0.5, 1, 1]], { scaling: { decider } });
  deepEqual(seen.map(({ ttftP95Seconds }) => ttftP95Seconds), [1, 0, 0]);
  const horizon = watching([1]);
  runSmall([[0, 1, 3], [0, 1, 3], [0, 1, 3], [0, 1, 3], [0.5, 1, 1]], {
    scaling: { decider: horizon.decider },
    cluster: { horizonSeconds: 5 },
  });
  deepEqual(horizon.seen.map(({ ttftP95Seconds }) => ttftP95Seconds), [1, 0, 0, 3.5, 0]);
});
