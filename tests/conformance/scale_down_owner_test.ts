import { deepEqual, equal, ok } from "#assert";
import { loadConfig } from "../../lib/config/load.ts";
import type { RunResult } from "../../lib/metrics/run_tables.ts";
import { buildCluster } from "../../lib/run/cluster.ts";
import { simulate } from "../../lib/run/simulate.ts";
import { KEEP_ALIVE_POLICIES } from "../../lib/serverless/keep_alive/policies.ts";
import { PLATFORMS } from "../../lib/serverless/platforms/mod.ts";
import { SCALING_POLICIES } from "../../lib/serverless/scaling/policies.ts";
import { namesOf } from "../../lib/settings/from_table.ts";

const BASE = `
workload: { type: trace, trace: { path: trace.csv } }
execution: { source: constant, step_seconds: 0.1 }
cold_start: { preset: start.yaml }
scaling: { max_instances: 8 }
cost: { gpu_cost_per_hour: { H100: 3.6 } }
`;

/** Requests of so many output tokens, a tenth of a second each, at these instants; a start is one stage. */
async function run(
  arrivals: readonly number[],
  settings: string,
  startSeconds = 10,
  tokens = 10,
): Promise<RunResult> {
  const rows = arrivals.map((at) => `${at},10,${tokens}`).join("\n");
  const preset = `id: start
summary: One stage
sources: ["made up"]
stages: [{ stage: container_create, after: [], seconds: ${startSeconds} }]
`;
  return await simulate(loadConfig([BASE, settings]), {
    traceText: `arrival_s,prompt_tokens,output_tokens\n${rows}\n`,
    files: new Map([["start.yaml", preset]]),
  });
}

/** Starts of all instances: when each was created, seconds. */
function starts({ instances }: RunResult): number[] {
  const starting = instances.phaseNames.indexOf("starting");
  return Array.from(instances.startAtSeconds).filter((_, row) => instances.phase[row] === starting);
}

Deno.test("a timetable keeps what it says, without a keep-alive that undoes it", async () => {
  const schedule =
    "scaling: { policy: schedule, schedule: { entries: [{ from: 0s, instances: 3 }] } }";
  const { summary, engine } = await run([20, 3500], schedule);
  equal(summary.cold_starts, 3);
  deepEqual(engine.notices.filter((notice) => notice.includes("take idle instances away")), []);
});

Deno.test("a keep-alive beside a policy that takes instances away acts where it is set, and says so", async () => {
  const both = `scaling:
  policy: schedule
  schedule: { entries: [{ from: 0s, instances: 3 }] }
  keep_alive: { seconds: 60 }`;
  const { summary, engine } = await run([20, 3500], both);
  ok(summary.cold_starts > 50, String(summary.cold_starts));
  equal(
    engine.notices.filter((notice) => notice.includes("take idle instances away"))[0],
    "scaling.policy schedule and scaling.keep_alive.policy fixed both take idle instances away, " +
      "whichever is first: the scaling policy at an evaluation that asks for fewer (every 5 s), " +
      "the keep-alive takes one once it has been idle for 60 s",
  );
});

Deno.test("two owners say so whoever has set them, a platform or a hand", async () => {
  const leave: readonly string[] = ["queue-delay", "request-count", "none"];
  const preset = PLATFORMS.flatMap((platform) =>
    [undefined, ...namesOf(KEEP_ALIVE_POLICIES)].map((keepAlive) => ({ platform, keepAlive }))
  );
  const byHand = namesOf(SCALING_POLICIES).map((policy) => ({ policy, keepAlive: "fixed" }));
  for (const { keepAlive, ...given } of [...preset, ...byHand]) {
    const section = {
      ...("policy" in given && { policy: given.policy }),
      ...(keepAlive !== undefined && { keep_alive: { policy: keepAlive } }),
      schedule: { entries: [{ from: "0s", instances: 1 }] },
      sky_serve: { target_qps_per_replica: 1 },
    };
    const platform = "platform" in given ? { platform: given.platform } : {};
    const config = loadConfig([
      "{ workload: { type: poisson, num_requests: 1 }, slo: { ttft_s: 1 } }",
      JSON.stringify({ ...platform, scaling: section }),
    ]);
    const { notices } = await buildCluster(config);
    const said = notices.filter((notice) => notice.includes("both take idle instances away"));
    const { policy, keep_alive: own } = config.scaling;
    const who = JSON.stringify([given, keepAlive]);
    // A preset names both; by hand both are named above.
    const isOne = leave.includes(policy!) || own.policy === "always";
    equal(said.length, isOne ? 0 : 1, who);
    if (isOne) continue;
    ok(said[0].startsWith(`scaling.policy ${policy} and scaling.keep_alive.policy ${own.policy} `));
    ok(
      /every \d+(\.\d+)? s\), the keep-alive takes one (once|as soon as|when) /.test(said[0]),
      who,
    );
  }
});

Deno.test("without a policy that takes instances away the keep-alive does, after 60 s by default", async () => {
  for (const policy of ["none", "queue-delay"]) {
    const { instances } = await run([0], `scaling: { policy: ${policy} }`);
    // Starts until 10, works until 11, is kept until 71.
    equal(instances.endAtSeconds[instances.count - 1], 71, policy);
  }
});

Deno.test("concurrency alone says when the last instance goes: its window after the last need", async () => {
  const { instances } = await run([0], "scaling: { policy: concurrency }");
  const end = instances.endAtSeconds[instances.count - 1];
  ok(end >= 71 && end <= 72, String(end));
});

Deno.test("a start under way counts: one request makes threshold start one instance", async () => {
  for (const activation of ["first", "none"]) {
    const settings = `scaling: { policy: threshold, activation: ${activation} }`;
    equal((await run([0], settings, 60)).summary.cold_starts, 1, activation);
  }
});

Deno.test("readings without a ready instance are no readings of low use", async () => {
  // Three readings of 0 while it starts would take the instance away as soon as it is ready.
  const settings = "scaling: { policy: threshold, cooldown_period: 0s }";
  const { instances } = await run([0, 60, 60.1, 60.2], settings, 60);
  const ready = instances.phaseNames.indexOf("ready");
  const row = instances.phase.indexOf(ready);
  ok(instances.endAtSeconds[row] - instances.startAtSeconds[row] > 10);
});

Deno.test("one start of queue-delay covers the requests that it will serve", async () => {
  // 80 requests at once, 30 to an instance, starts of a minute: three instances, not one a second.
  const burst = Array.from({ length: 80 }, () => 0);
  const settings = `{ scaling: { policy: queue-delay, max_instances: 60 },
    gateway: { concurrency_per_instance: 30 } }`;
  const result = await run(burst, settings, 60);
  deepEqual(starts(result).map(Math.round), [0, 5, 6]);
  equal((await run(burst.slice(50), settings, 60)).summary.cold_starts, 1);
});

Deno.test("queue-delay starts what a steady load needs, however long a start takes", async () => {
  // Four a second of 10 s each: 40 in flight, by the estimate up to 40 + 0.4 x concurrency.
  const arrivals = Array.from({ length: 1200 }, (_, i) => i / 4);
  for (const concurrency of [4, 14, 30]) {
    for (const startSeconds of [60, 120]) {
      const result = await run(
        arrivals,
        `{ scaling: { policy: queue-delay, max_instances: 60 },
          gateway: { concurrency_per_instance: ${concurrency} } }`,
        startSeconds,
        100,
      );
      const need = Math.ceil((40 + 0.4 * concurrency) / concurrency);
      const all = starts(result);
      const [first, later] = [
        all.filter((at) => at <= startSeconds),
        all.filter((at) => at > startSeconds),
      ];
      const what = `${concurrency} at once, ${startSeconds} s: ${all}`;
      ok(first.length <= need, what);
      // One for each length of a start, for as long as the queue of the first one is there.
      for (let i = 1; i < later.length; i++) ok(later[i] - later[i - 1] >= startSeconds, what);
      equal(result.summary.requests.completed, 1200);
    }
  }
});

Deno.test("a decision on its way is undone by nobody who only says that there are as many as now", async () => {
  const policies = {
    threshold: "",
    "queue-delay": "",
    "request-count": ", request_count: { requests: 2 }",
    slo: "",
    "target-tracking": ", activation: none, keep_alive: { policy: fixed, seconds: 60 }",
    concurrency: "",
    "ray-serve": "",
  };
  for (const [policy, more] of Object.entries(policies)) {
    for (const delay of [5, 10, 30]) {
      const settings = `slo: { ttft_s: 60 }
scaling: { policy: ${policy}, actuation_delay: ${delay}${more} }`;
      // A burst of eight, nothing for 800 s, and one: none starts without a request.
      const result = await run([...Array(8).fill(100), 900], settings);
      const all = starts(result);
      const idle = all.filter((at) => at > 300 && at < 900);
      deepEqual(idle, [], `${policy}, ${delay} s: ${all}`);
    }
  }
});

Deno.test("KEDA sees what a request has started before its first look as activated", async () => {
  const keda = (more = "") => `scaling: { policy: keda, keep_alive: { policy: always }${more} }`;
  for (const at of [0, 5, 20]) {
    const { instances } = await run([at], keda());
    const ready = instances.phaseNames.indexOf("ready");
    const row = instances.phase.indexOf(ready);
    const until = instances.endAtSeconds[row];
    // 300 s after it is seen, at a look of every 30 s.
    ok(until >= 315 && until <= 360, `one that comes at ${at} s is gone at ${until} s`);
  }
});
