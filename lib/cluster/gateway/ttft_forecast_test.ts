import { deepEqual } from "#assert";
import {
  FROM_ZERO,
  type HandMadeRequest,
  impatient,
  outcomes,
  runSmall,
  type SmallClusterChanges,
} from "../../../tests/support/small_cluster.ts";

/** A limit of 10 s on the foreseen time to first token. */
const EARLY: SmallClusterChanges["cluster"] = {
  admission: { ttftLimitSeconds: new Map([[0, 10]]) },
};

Deno.test("what a cold start took is not taken for the time of a prompt", () => {
  // The first request waits 50 s for its instance; those after it take a second each.
  const run = runSmall([[0, 10, 1], [100, 10, 1], [200, 10, 1]], {
    scaling: FROM_ZERO,
    startSeconds: 50,
    cluster: EARLY,
  });
  deepEqual([...run.columns.firstTokenAtSeconds], [51, 101, 201]);
  deepEqual(outcomes(run), ["completed", "completed", "completed"]);
});

Deno.test("what requests took that found an instance is", () => {
  // Each takes 20 s for 10 tokens, which is foreseen once the first has ended.
  const rows: HandMadeRequest[] = [[0, 10, 1], [100, 10, 1]];
  const slow = {
    name: "slow",
    stepSeconds: () => 20,
    decodeLine: () => false,
  };
  const run = runSmall(rows, {
    engine: { execution: slow, maxTokensPerStep: 1000 },
    cluster: EARLY,
  });
  deepEqual(outcomes(run), ["completed", "rejected_slo"]);
});

Deno.test("who has given up is not in the way of those that come later", () => {
  // The second request gives up behind the first one, whose 10 tokens have taken a second: it is
  // foreseen to take 9 s, the third 1 s; with 90 tokens that were still counted that would be 10 s.
  const run = runSmall([[0, 10, 100], [50, 90, 1], [200, 10, 1]], {
    fn: impatient(6),
    cluster: { admission: { ttftLimitSeconds: new Map([[0, 9.5]]) } },
  });
  deepEqual(outcomes(run), ["completed", "timed_out", "completed"]);
});
