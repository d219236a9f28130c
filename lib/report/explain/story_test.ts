import { deepEqual, equal, match, ok, throws } from "#assert";
import { loadConfig } from "../../config/load.ts";
import { LATENCY_PART_NAMES } from "../../metrics/latency_parts.ts";
import { simulate } from "../../run/simulate.ts";
import { explain } from "./explain.ts";
import { type ExplainSource, explainSource } from "./explain_source.ts";
import { Storyteller } from "./story.ts";
import { whereCondition } from "./where.ts";

/** A source of requests that all arrived at 312.4 s, with the parts that each is given. */
function sourceOf(
  requests: readonly Partial<Record<typeof LATENCY_PART_NAMES[number], number>>[],
  others: Partial<ExplainSource> = {},
): ExplainSource {
  const count = requests.length;
  const sum = (row: number, isIn: (name: string) => boolean) =>
    LATENCY_PART_NAMES.reduce((all, name) => all + (isIn(name) ? requests[row][name] ?? 0 : 0), 0);
  const instant = (isIn: (name: string) => boolean) =>
    Float64Array.from(requests, (_, row) => 312.4 + sum(row, isIn));
  const isAfter = (name: string) => name.startsWith("decode");
  return {
    count,
    functionId: new Uint8Array(count),
    functionNames: ["f"],
    instanceId: new Int32Array(count).fill(7),
    arrivalAtSeconds: new Float64Array(count).fill(312.4),
    scheduledAtSeconds: instant((name) => !isAfter(name) && !name.startsWith("prefill")),
    firstTokenAtSeconds: instant((name) => !isAfter(name)),
    completedAtSeconds: instant(() => true),
    promptTokens: new Int32Array(count).fill(100),
    outputTokens: new Int32Array(count).fill(20),
    cachedTokens: new Int32Array(count),
    preemptions: Int32Array.from(
      requests,
      ({ decode_preempted = 0 }) => decode_preempted > 0 ? 1 : 0,
    ),
    outcome: new Uint8Array(count),
    outcomeNames: ["completed"],
    parts: Object.fromEntries(
      LATENCY_PART_NAMES.map((
        name,
      ) => [name, Float64Array.from(requests, (own) => own[name] ?? 0)]),
    ) as unknown as ExplainSource["parts"],
    waits: {
      request: [],
      instanceId: [],
      stage: [],
      stageNames: [],
      waitSeconds: new Float64Array(0),
    },
    stages: [],
    measuredFromSeconds: 0,
    ...others,
  };
}

Deno.test("a story says in a line what a request waited for, whose prompt it was behind, and the sums", () => {
  const slow = { start: 11.2, budget: 0.6, prefill: 0.8, decode: 1.6, decode_preempted: 0.8 };
  // Computed while the other waits: from 0.1 s before its wait in the instance until it is scheduled.
  const long = { start: 11.1, prefill: 0.7, decode: 1 };
  const source = sourceOf([slow, long], {
    promptTokens: [100, 14_027],
    waits: {
      request: [0, 0, 0],
      instanceId: [7, 7, 7],
      stage: [0, 1, 2],
      stageNames: ["before_start", "weights_load", "compile"],
      waitSeconds: Float64Array.of(0.9, 8.3, 2),
    },
    // Two others were on the link all the time, one for a tenth of it; a compilation moves nothing.
    stages: [["weights_load", 3.1], ["compile", NaN]].map(([stage, sharers]) => ({
      ...{ instanceId: 7, stage: String(stage), sharers: Number(sharers) },
      ...{ startAtSeconds: 313.3, endAtSeconds: 321.6 },
    })),
  });
  equal(
    new Storyteller(source).tell(0).text,
    "request 0: arrived 312.4 s; waited 11.2 s for instance 7 (until it began 0.90 s; weights load " +
      "8.3 s over a link shared by 3; compile 2.0 s); behind a 14,027-token prompt 0.60 s (request 1, " +
      "steps had no tokens left); 100 prompt tokens computed in 0.80 s; 20 tokens decoded in 1.6 s; " +
      "preempted once (0.80 s); TTFT 12.6 s, E2E 15.0 s",
  );
  match(
    new Storyteller(source).tell(1).text,
    /^request 1: arrived .*; waited 11\.1 s for an instance;/,
  );
  throws(() => new Storyteller(source).tell(2), /one of the 2 from 0 on: current value is 2$/);
});

Deno.test("after a lost instance the last part of the wait for a start is by stage", () => {
  // It waited 5 s for a start, lost the instance after 3 s, and waited 4 s for another one.
  const source = sourceOf([{ start: 9, lost: 3, prefill: 1 }], {
    waits: {
      request: [0, 0],
      instanceId: [8, 8],
      stage: [0, 1],
      stageNames: ["before_start", "weights_load"],
      waitSeconds: Float64Array.of(10, 2),
    },
  });
  const { stages } = new Storyteller(source).tell(0);
  deepEqual(stages.map(({ stage, seconds }) => [stage, seconds]), [["before_start", 7], [
    "weights_load",
    2,
  ]]);
});

Deno.test("conditions compare columns, and null meets none", () => {
  const source = sourceOf([{ start: 3, decode: 1 }, { start: 1, decode: 5 }]);
  const rows = (text: string) => [0, 1].filter(whereCondition(text)(source));
  deepEqual(rows("ttft_s>2"), [0]);
  deepEqual(rows("e2e_s >= 4 and start_s<=1"), [1]);
  deepEqual(rows("outcome=completed"), [0, 1]);
  deepEqual(rows("outcome != 'completed'"), []);
  deepEqual(rows("instance=7 and decode_s=1"), [0]);
  const named = { ...source, functionNames: ['search and rank & "more"', "f"] };
  named.functionId = Uint8Array.of(0, 1);
  const rowsOf = (text: string) => [0, 1].filter(whereCondition(text)(named));
  deepEqual(rowsOf(`function='search and rank & "more"' and start_s=3`), [0]);
  deepEqual(rowsOf(`function != 'search and rank & "more"' && decode_s=5`), [1]);
  throws(
    () => whereCondition("function=search and rank"),
    /in quotes\): current value is "function/,
  );
  source.firstTokenAtSeconds[0] = NaN;
  deepEqual(rows("ttft_s>=0"), [1]);
  deepEqual(rows("ttft_s!=7"), [1]);
});

Deno.test("explain() of a run: bands are means of the parts, and stories those of the slowest", async () => {
  const config = "workload: { type: poisson, arrival_rate: 4, num_requests: 120 }";
  const run = await simulate(loadConfig(config));
  const { bands, stories, count } = await explain(run, { slowest: 4, by: "ttft_s" });
  equal(count, 120);
  const ttfts = Array.from(
    run.requests.firstTokenAtSeconds,
    (first, i) => first - run.requests.arrivalAtSeconds[i],
  ).sort((a, b) => b - a);
  deepEqual(stories.map(({ ttftSeconds }) => ttftSeconds), ttfts.slice(0, 4));
  // Bands are of the requests that meet the condition, as are their percentiles.
  const { bands: slow, count: slowCount } = await explain(run, { where: `ttft_s>=${ttfts[9]}` });
  equal(slowCount, 10);
  deepEqual(slow.filter(({ band }) => band === "all").map(({ requests }) => requests), [10, 10]);
  ok(slow.every(({ latency, meanSeconds }) => latency === "e2e" || meanSeconds >= ttfts[9]));
  deepEqual((await explain(run, { requests: [3] })).bands, []);
  const [all, , , , slowest] = bands.filter(({ latency }) => latency === "ttft");
  equal(all.band, "all");
  ok(Math.abs(all.meanSeconds - ttfts.reduce((a, b) => a + b, 0) / 120) < 1e-12);
  equal(slowest.requests, 1);
  equal(slowest.meanSeconds, ttfts[0]);
  const off = await simulate(loadConfig([config, "metrics: { explain: false }"]));
  equal(off.summary.digest, run.summary.digest);
  throws(
    () => explainSource(off),
    /current value is none \(metrics\.explain: true records them\)$/,
  );
});
