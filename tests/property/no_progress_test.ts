import { deepEqual, equal, match, throws } from "#assert";
import { simulateCluster } from "../../lib/cluster/simulate.ts";
import { OUTCOME_CODE } from "../../lib/metrics/recorder.ts";
import { vllm } from "../../lib/scheduling/batching/vllm.ts";
import { ScalingDecider } from "../../lib/serverless/scaling/scaling_decider.ts";
import { smallCluster } from "../support/small_cluster.ts";

/** No instance at all, and no request may start one. */
const NOBODY = { minInstances: 0, initialInstances: 0, activation: "none" } as const;

Deno.test("a run whose request waits for an instance that nobody starts ends with an error", () => {
  const parts = smallCluster([[1.5, 10, 5], [2, 10, 5]], { scaling: NOBODY });
  throws(() => simulateCluster(parts), {
    name: "RangeError",
    message:
      'Cannot make progress at 2 s: request 0 waits for function "f" and no instance will come',
  });
});

Deno.test("a run whose scaling policy never wants an instance ends with an error", () => {
  const decider = new ScalingDecider({ periodSeconds: 1, desired: () => 0 }, { maxInstances: 1 });
  const parts = smallCluster([[1.5, 10, 5]], { scaling: { ...NOBODY, decider } });
  throws(() => simulateCluster(parts), (error: Error) => {
    match(error.message, /^Cannot make progress at \d+ s: request 0 waits for function "f"/);
    match(error.message, /its scaling policy keeps at 0 instances$/);
    return error instanceof RangeError;
  });
});

Deno.test("a run whose start never ends ends with an error", () => {
  const parts = smallCluster([[1, 10, 5]], {
    scaling: { ...NOBODY, activation: "first" },
    startSeconds: Infinity,
  });
  throws(() => simulateCluster(parts), /Cannot make progress at 1 s: request 0 waits/);
});

Deno.test("a run whose batching strategy schedules nothing ends with an error", () => {
  const parts = smallCluster([[1, 10, 5]], { engine: { strategy: { ...vllm(), plan() {} } } });
  throws(() => simulateCluster(parts), {
    name: "RangeError",
    message: "Cannot make progress at 1 s: vllm batching schedules nothing on instance 0, " +
      "where request 0 is next; current value of free KV blocks is 1000 of 1000",
  });
});

Deno.test("a request that waits for nobody gives up when it may, and the run ends", () => {
  const { columns, endAtSeconds } = simulateCluster(smallCluster([[1, 10, 5]], {
    scaling: NOBODY,
    fn: { noCapacity: { action: "queue", limit: Infinity, timeoutSeconds: 30 } },
  }));
  equal(columns.outcome[0], OUTCOME_CODE.timed_out);
  equal(endAtSeconds, 31);
});

Deno.test("a run that is to stop at an instant leaves what waits for nobody unfinished", () => {
  const { columns, endAtSeconds, arrived } = simulateCluster(smallCluster([[1, 10, 5]], {
    scaling: NOBODY,
    cluster: { stopAtSeconds: 50 },
  }));
  equal(columns.outcome[0], OUTCOME_CODE.unfinished);
  equal(arrived, 1);
  equal(endAtSeconds, 50);
});

Deno.test("a prompt that fills the model's limit, or could never fit, is turned away with its reason", () => {
  const { columns, arrived } = simulateCluster(smallCluster(
    [[0, 1000, 5], [0, 999, 5], [0, 100, 5], [0, 77, 5]],
    { engine: { kvBlocks: 20 } },
  ));
  equal(arrived, 4);
  // 999 and 100 prompt tokens need more than 20 blocks of 4; so would 77 + 4, but not 76 + 4.
  const { rejected_length, rejected_capacity } = OUTCOME_CODE;
  equal(
    columns.outcome.join(),
    [rejected_length, rejected_capacity, rejected_capacity, rejected_capacity].join(),
  );
  const fits = simulateCluster(smallCluster([[0, 76, 5]], { engine: { kvBlocks: 20 } }));
  equal(fits.columns.outcome[0], OUTCOME_CODE.completed);
});

Deno.test("evaluations between requests that end are not counted together", () => {
  // 60 000 evaluations without an instance before each of two requests is served.
  const asked = { evaluations: 0 };
  const decider = new ScalingDecider({
    periodSeconds: 1,
    desired: ({ queued }) => queued === 0 || ++asked.evaluations % 60_000 > 0 ? 0 : 1,
  }, { maxInstances: 1 });
  const { columns } = simulateCluster(smallCluster([[1, 10, 1], [70_000, 10, 1]], {
    scaling: { ...NOBODY, decider },
    startSeconds: 0.5,
    cluster: { sampleSeconds: 1e6 },
  }));
  deepEqual([...columns.outcome], [OUTCOME_CODE.completed, OUTCOME_CODE.completed]);
  equal(asked.evaluations, 120_000);
});
