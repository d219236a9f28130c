import { deepEqual, equal, ok } from "#assert";
import { loadConfig } from "../config/load.ts";
import { simulate } from "../run/simulate.ts";
import { figureSource } from "./figure_source.ts";

/** Ends in the middle of its work, with a warm-up. */
const CUT = `
simulation: { duration: 60, warmup_duration: 20, drain: false, random_seed: 5 }
workload: { type: poisson, arrival_rate: 10 }
scaling: { enabled: false }
`;

Deno.test("figures, percentiles and their counts are of one selection of requests", async () => {
  const result = await simulate(loadConfig(CUT));
  const { summary, requests, engine } = result;
  const { measured } = summary;
  const rows = [...requests.outcome.keys()];
  const late = rows.filter((i) => requests.arrivalAtSeconds[i] >= 20);
  equal(measured.from_s, 20);
  equal(measured.completed, late.filter((i) => requests.completedAtSeconds[i] > 0).length);
  // By hand: who arrived in time and has no last token at the end.
  const cut = late.filter((i) =>
    requests.arrivalAtSeconds[i] <= 60 && Number.isNaN(requests.completedAtSeconds[i])
  );
  equal(measured.censored, cut.length);
  ok(cut.length > 0 && engine.notices.some((notice) => notice.includes("cut off")));
  const source = figureSource(result);
  equal(source.ttftSeconds.length, measured.completed);
  equal(source.e2eSeconds.length, measured.completed);
  deepEqual(Math.max(...source.ttftSeconds), summary.ttft_s.max);
  deepEqual(Math.max(...source.e2eSeconds), summary.e2e_s.max);
});
