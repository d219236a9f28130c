import { deepEqual, equal, match, ok, throws } from "#assert";
import { meanInterval } from "../../stats/intervals.ts";
import { loadPolars } from "./load_polars.ts";
import { summarise } from "./summarise.ts";
import { sweep } from "./sweep.ts";

Deno.test("summaries have Student's interval of each figure over seeds, by factors", async () => {
  const polars = await loadPolars();
  const runs = polars.DataFrame({
    rate: [1, 1, 1, 2, 2, 2],
    policy: ["a", "a", "a", "a", "a", "a"],
    seed: [1, 2, 3, 1, 2, 3],
    "ttft_s.p99": [1, 2, 4, 5, null, null],
    cost: [1, 1, 1, 2, 3, 4],
  });
  const summary = summarise(runs, ["ttft_s.p99", "cost"]);
  deepEqual(summary.columns, [
    ...["rate", "policy", "seeds", "ttft_s.p99", "ttft_s.p99_low", "ttft_s.p99_high"],
    ...["ttft_s.p99_count", "cost", "cost_low", "cost_high"],
  ]);
  const [first, second] = summary.toRecords();
  const { estimate, lower, upper } = meanInterval([1, 2, 4]);
  deepEqual(
    [first["ttft_s.p99"], first["ttft_s.p99_low"], first["ttft_s.p99_high"]],
    [estimate, lower, upper],
  );
  deepEqual([second["ttft_s.p99"], second["ttft_s.p99_low"], second["ttft_s.p99_count"]], [
    5,
    null,
    1,
  ]);
  equal(second.seeds, 3);
  const wide = meanInterval([1, 1, 1, 2, 3, 4], 0.99);
  equal(
    summarise(runs, "cost", { by: ["policy"], level: 0.99 }).toRecords()[0].cost_high,
    wide.upper,
  );
  throws(() => summarise(runs, "ttft.p99"), /did you mean ttft_s\.p99\?/);
  throws(() => summarise(runs.drop("seed"), "cost"), /without a column "seed", or "by"/);
  throws(() => summarise(runs, "policy"), /"policy" as numbers: current value is "a"/);
  throws(() => summarise(Promise.resolve(runs) as never, "cost"), /was it awaited\?/);
});

Deno.test("a sweep is a long frame: factors, seed, figures by their path", async () => {
  const store = await Deno.makeTempDir();
  try {
    const config = "workload: { type: poisson, num_requests: 40 }";
    const over = { rate: [1, 2.5], policy: ["concurrency"] };
    const runs = await sweep({ config, over, seeds: 2, store, workers: 1 });
    deepEqual(runs.columns.slice(0, 3), ["rate", "policy", "seed"]);
    equal(runs.height, 4);
    deepEqual(runs.getColumn("seed").toArray().map(Number), [42, 43, 42, 43]);
    for (const name of ["ttft_s.p99", "cost.total_usd", "requests.completed"]) {
      ok(runs.getColumn(name).toArray().every((value) => Number(value) > 0), name);
    }
    const bad = { load: { bad: "workload: { type: trace, trace: { path: x.csv } }" } };
    let said = "";
    await sweep({ config, over: bad, store, workers: 1 }).catch((error) => said = error.message);
    match(said, /1 of 1 runs.*load=bad/);
    const kept = await sweep({ config, over: bad, store, workers: 1, keepFailed: true });
    match(String(kept.getColumn("error").toArray()[0]), /Error: /);
  } finally {
    await Deno.remove(store, { recursive: true });
  }
});
