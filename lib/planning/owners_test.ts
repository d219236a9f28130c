import { equal, ok, rejects, throws } from "#assert";
import { makeCandidates } from "./candidates.ts";
import { combinations, readFactors } from "./factors.ts";
import { checkLevels, checkNames } from "./levels.ts";
import { checkOwners } from "./owners.ts";

Deno.test("a setting has one owner: a factor, what is set for all, or the rate that is asked for", () => {
  const wrong = (
    over: string,
    set: readonly string[],
    rate: number | "highest" | undefined,
    message: RegExp,
  ) => throws(() => checkOwners(readFactors(over), set, rate), message);
  wrong("workload.arrival_rate=[1,2]", [], 5, /both decide the rate.*5 requests per second/);
  wrong("workload.qps=[1,2]", [], 5, /"workload\.qps"/);
  wrong("workload.arrival_rate=[1,2]", [], "highest", /the highest rate/);
  wrong("workload.trace.rate_scale=[1,2]", [], 5, /"workload\.trace\.rate_scale"/);
  wrong("workload.burst.burst_rate=[1,2]", [], 5, /both decide the rate/);
  wrong("cluster.num_replicas=[1,2]", ["workload.rate=3"], 5, /"workload\.rate"/);
  wrong(
    "workload.trace.path=[a.csv,b.csv]",
    ["workload.type=trace", 'workload.trace.path="c.csv"'],
    undefined,
    /beside a value that is set for all.*"workload\.trace\.path" is "c\.csv"/,
  );
  wrong(
    "cluster.num_replicas=[1,2]",
    ["num_replicas=3", "cluster.num_replicas=3"],
    undefined,
    /is 3/,
  );
  wrong("cluster.num_replicas=[1,2]", ["cluster={num_replicas: 3}"], undefined, /is 3/);
  throws(
    () => readFactors("workload.qps=[1];workload.arrival_rate=[2]"),
    /"workload\.arrival_rate" twice/,
  );
  checkOwners(readFactors("cluster.num_replicas=1..4"), ["workload.type=poisson"], 5);
  checkOwners(readFactors("workload.arrival_rate=[1,2]"), ["workload.num_requests=9"], undefined);
  // A rate in place of the highest one is where the search may begin.
  checkOwners(readFactors("cluster.num_replicas=1..4"), ["workload.arrival_rate=5"], "highest");
});

Deno.test("a level that is no value of its setting is refused at once, with the nearest name", async () => {
  const wrong = (over: string, message: RegExp) =>
    throws(() => checkLevels(readFactors(over)), message);
  wrong("scheduler.type=[vllm,vlm]", /"scheduler\.type".*"vlm".*did you mean "vllm"\?/);
  wrong("cluster.num_replicas=[1,2.5]", /whole number: current value is 2\.5/);
  wrong("workload.qps=[1,-2]", /current value is -2/);
  checkLevels(readFactors("parallelization.tensor_parallel_size=1..4"));
  const check = async (over: string, text = "scaling: { enabled: false }") => {
    const factors = readFactors(over);
    const candidates = await makeCandidates(combinations(factors), {
      ...{ texts: [text], options: {}, objectives: [], inputs: {} },
    });
    await checkNames(factors, candidates);
    return candidates;
  };
  await rejects(check("cluster.gpu_type=[H100,H10O]"), /"H10O".*did you mean "h100"\?/);
  await rejects(check("model.name=[Llama-3.1-8B,Llama-3.1-8]"), /did you mean "llama-3\.1-8b"\?/);
  await rejects(check("cold_start.preset=[vllm-v1,vlm-v1]"), /did you mean "vllm-v1"\?/);
  // What only a combination makes wrong is a row with its reason.
  const rows = await check(
    "cluster.gpu_type=[T4,H100];parallelization.tensor_parallel_size=[1,3]",
    "scaling: { enabled: false }\nmodel: { name: Llama-3.1-8B, dtype: bf16 }",
  );
  equal(rows.map(({ refusal }) => refusal === undefined).join(), "false,false,true,false");
  ok(/dealt evenly/.test(rows[3].refusal!), rows[3].refusal);
});
