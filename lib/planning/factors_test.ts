import { deepEqual, equal, throws } from "#assert";
import { combinations, readFactors } from "./factors.ts";

Deno.test("factors are lists, ranges of whole numbers and evenly spaced numbers", () => {
  deepEqual(
    readFactors(
      'cluster.gpu_type=[H100, "A100; 80"];scaling.max_instances=1..4;' +
        "workload.arrival_rate=0.5..2/4;max_num_seqs=[7]",
    ),
    [
      { path: "cluster.gpu_type", levels: ["H100", "A100; 80"] },
      { path: "scaling.max_instances", levels: [1, 2, 3, 4] },
      { path: "workload.arrival_rate", levels: [0.5, 1, 1.5, 2] },
      { path: "scheduler.max_num_seqs", levels: [7] },
    ],
  );
  deepEqual(readFactors({ "cluster.num_replicas": "2..3", "scaling.enabled": [true, false] }), [
    { path: "cluster.num_replicas", levels: [2, 3] },
    { path: "scaling.enabled", levels: [true, false] },
  ]);
  equal(readFactors("cost.gpu_cost_per_hour.H100=[1,2]")[0].path, "cost.gpu_cost_per_hour.H100");
  equal(readFactors("workload.qps=[1]")[0].path, "workload.qps");
});

Deno.test("an unknown path, an empty range and levels that are none are refused", () => {
  const wrong = (text: string, message: RegExp) => throws(() => readFactors(text), message);
  wrong("cluster.gpu_typ=[H100]", /did you mean "cluster\.gpu_type"\?/);
  wrong("clster.gpu_type=[H100]", /did you mean "cluster\.gpu_type"\?/);
  wrong("gpus_type=[H100]", /current value is "gpus_type"/);
  wrong("cluster.num_replicas=4..1", /different values.*"4\.\.1"/);
  wrong("cluster.num_replicas=[]", /different values/);
  wrong("cluster.num_replicas=1.5..3", /different values/);
  wrong("cluster.num_replicas=[1,1]", /different values/);
  wrong("cluster.num_replicas=1..3/0", /different values/);
  wrong("cluster.num_replicas=1..99999", /different values/);
  wrong("cluster.num_replicas=[[1]]", /different values/);
  wrong("cluster.num_replicas", /PATH=\[A,B\]/);
  wrong("num_replicas=[1];cluster.num_replicas=[2]", /"cluster\.num_replicas" twice/);
});

Deno.test("candidates are all combinations, the last factor fastest", () => {
  deepEqual(
    combinations([{ path: "a", levels: [1, 2] }, { path: "b", levels: ["x", "y"] }]),
    [{ a: 1, b: "x" }, { a: 1, b: "y" }, { a: 2, b: "x" }, { a: 2, b: "y" }],
  );
  deepEqual(combinations([]), [{}]);
});
