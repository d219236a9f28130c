import { deepEqual, equal, ok, throws } from "#assert";
import { loadConfig } from "../config/load.ts";
import { simulate } from "../run/simulate.ts";
import { summaryPaths } from "../experiment/replication_figures.ts";
import { checkObjectives, keeps, missBy, percentilesFor, readObjectives } from "./objectives.ts";

Deno.test("limits are names, comparisons and limits in any unit", () => {
  const read = readObjectives(
    "ttft_p99<2s, tpot_p99.9 <= 50ms,attainment>=99%,cost.idle_share<0.5",
  );
  deepEqual(
    read.map(({ path, comparison, limit, percentile }) => [path, comparison, limit, percentile]),
    [
      ["ttft_s.p99", "<", 2, 99],
      ["tpot_s.p99.9", "<=", 0.05, 99.9],
      ["slo_attainment", ">=", 0.99, undefined],
      ["cost.idle_share", "<", 0.5, undefined],
    ],
  );
  equal(readObjectives("e2e_max<1 min")[0].limit, 60);
  equal(readObjectives("ttft_s.p50<1")[0].path, "ttft_s.p50");
  equal(readObjectives("ttft_p099<1")[0].path, "ttft_s.p99");
  equal(readObjectives("cost.total_usd<40 USD")[0].limit, 40);
  equal(readObjectives("attainment>=0.9")[0].limit, 0.9);
  equal(readObjectives("throughput_rps>2,throughput_rps<5").length, 2);
  equal(readObjectives("cost.idle_share>=1%,cost.idle_share<=1%").length, 2);
});

Deno.test("what is no limit is refused, with the nearest figure", () => {
  const wrong = (text: string, message: RegExp) => throws(() => readObjectives(text), message);
  wrong("tttft_p99<2s", /"tttft_p99"; did you mean "ttft_p99"\?/);
  wrong("ttft_p99.5.1<2s", /Cannot limit a figure/);
  wrong("ttft_p101<2s", /Cannot limit a figure/);
  wrong("atainment>=1", /did you mean "attainment"/);
  wrong("cost.idle_shar<1", /did you mean "cost.idle_share"/);
  wrong("ttft_p99=2s", /NAME<LIMIT/);
  wrong("ttft_p99<fast", /seconds, such as 2s or 50ms: current value is "fast"/);
  wrong("ttft_p99<-1s", /seconds/);
  wrong("attainment>=150%", /a share/);
  wrong("ttft_p99<1s,ttft_p99<2s", /ttft_p99 twice/);
  wrong(" , ", /at least one/);
  wrong("", /at least one/);
  wrong("ttft_s.p99<1s,ttft_p99.0<=2s", /ttft_p99\.0 twice/);
  wrong("ttft<2s", /did you mean "ttft_p\d+"/);
  wrong("<2s", /NAME<LIMIT/);
  wrong("ttft_p99<5%", /seconds, such as 2s or 50ms: current value is "5%"/);
  wrong("ttft_p99<2s;tpot_p99<50ms", /seconds/);
  wrong("ttft_p99<0,5s", /seconds above 0.*"0"/);
  wrong("ttft_p99<.inf", /seconds/);
  wrong("attainment>=99", /a share, such as 99% or 0\.99: current value is "99"/);
  wrong("throughput_rps>fast", /a number/);
  // A limit the other way round is none that anyone means.
  wrong("ttft_p99>2s", /a latency as a longest one.*did you mean "ttft_p99<2s"\?/);
  wrong("e2e_mean>=2s", /did you mean "e2e_mean<=2s"\?/);
  wrong("attainment<99%", /attainment as a least one.*did you mean "attainment>99%"\?/);
  wrong("attainment>100%", /some runs keep/);
  wrong("cost.idle_share>=0%", /some runs keep/);
  wrong("throughput_rps>5,throughput_rps<5", /leaves nothing for throughput_rps/);
  wrong("throughput_rps>6,throughput_rps<5", /leaves nothing/);
  throws(
    () => checkObjectives(loadConfig(), readObjectives("attainment>=99%")),
    /without limits \(set slo\.ttft_s/,
  );
  checkObjectives(loadConfig("slo: { ttft_s: 1 }"), readObjectives("attainment>=99%"));
});

Deno.test("a value keeps a limit or misses it by a share of it", () => {
  const [below] = readObjectives("ttft_p99<2s");
  ok(keeps(below, 1.9) && !keeps(below, 2));
  equal(missBy(below, 3), 0.5);
  const [above] = readObjectives("attainment>=99%");
  ok(keeps(above, 0.99) && !keeps(above, 0.98));
  ok(missBy(above, 0.98) > 0 && missBy(above, 1) < 0);
});

Deno.test("every path that an objective may have is one of a summary that is measured for it", async () => {
  const objectives = readObjectives("ttft_p97<1s,tbt_mean<1s,e2e_max<9s,throughput_rps>0");
  const plain = loadConfig("workload: { type: poisson, num_requests: 20 }");
  const percentiles = percentilesFor(plain, objectives);
  deepEqual(percentiles, [50, 90, 95, 97, 99]);
  const config = { ...plain, metrics: { ...plain.metrics, percentiles: [...percentiles] } };
  const paths = summaryPaths((await simulate(config)).summary);
  for (const { path } of objectives) ok(typeof paths.get(path) === "number", path);
});
