import { deepEqual, equal, notEqual } from "#assert";
import { loadConfig } from "../../lib/config/load.ts";
import { simulate } from "../../lib/run/simulate.ts";
import type { RunResult } from "../../lib/metrics/run_tables.ts";

/** A small deployment in which nothing is random: every draw below is added to it by one setting. */
const NOTHING_RANDOM = `
simulation: { duration: 40 }
workload:
  type: uniform
  arrival_rate: 5
  prompt_length: { distribution: constant, mean: 600 }
  decode_length: { distribution: constant, mean: 60 }
cluster: { routing: { policy: round-robin } }
scaling: { enabled: false }
`;
const THREE = "cluster: { num_replicas: 3 }\n";

/** Every setting that makes a run draw random numbers, and a configuration in which only it does. */
const DRAWS: Readonly<Record<string, string>> = {
  "Poisson arrivals": "workload: { type: poisson }",
  "gamma arrivals": "workload: { type: gamma, cv: 3 }",
  "Weibull arrivals": "workload: { type: weibull, cv: 2 }",
  "bursts":
    "workload: { type: synthetic, burst: { base_rate: 2, burst_rate: 9, period: 10, length: 3 } }",
  "the embedded arrivals": "workload: { type: embedded }",
  "prompt lengths": "workload: { prompt_length: { distribution: gamma, std: 300 } }",
  "output lengths": "workload: { decode_length: { distribution: lognormal, std: 30 } }",
  "the embedded lengths":
    "workload: { prompt_length: { distribution: joint }, decode_length: { distribution: joint } }",
  "random routing": "cluster: { num_replicas: 3, routing: { policy: random } }",
  "routing by the power of two": "cluster: { num_replicas: 3, routing: { policy: power-of-two } }",
  "jitter of cold starts":
    "{ scaling: { enabled: true }, cold_start: { jitter: 0.5, initial_instances: 0 } }",
  "shares of classes": `{ scheduler: { scheduling_policy: priority, max_num_seqs: 1 },
    workload: { classes: [{ name: a, share: 0.5, priority: 1 }, { name: b, share: 0.5 }] } }`,
  "prefix groups": "workload: { prefix_groups: { groups: 8, tokens: 512 } }",
  "turns of sessions": "workload: { sessions: { mean_turns: 4, think_time: 2 } }",
};

const digests = new Map<string, Promise<string>>();

function digestOf(yaml: readonly string[], set: Record<string, number>): Promise<string> {
  const key = JSON.stringify([yaml, set]);
  let digest = digests.get(key);
  if (digest === undefined) {
    digest = simulate(loadConfig(yaml, { set })).then(({ summary }) => summary.digest);
    digests.set(key, digest);
  }
  return digest;
}

function runOf(...yaml: string[]): Promise<RunResult> {
  return simulate(loadConfig([NOTHING_RANDOM, ...yaml]));
}

Deno.test("a deployment in which nothing is random does not depend on the seed", async () => {
  const first = await digestOf([NOTHING_RANDOM], { "simulation.random_seed": 1 });
  equal(await digestOf([NOTHING_RANDOM], { "simulation.random_seed": 2 }), first);
  equal(await digestOf([NOTHING_RANDOM], { "simulation.replication": 1 }), first);
});

for (const [name, yaml] of Object.entries(DRAWS)) {
  Deno.test(`seed and replication reach ${name}`, async () => {
    const texts = [NOTHING_RANDOM, yaml];
    const first = await digestOf(texts, { "simulation.random_seed": 1 });
    const { summary } = await simulate(
      loadConfig(texts, { set: { "simulation.random_seed": 1 } }),
    );
    equal(summary.digest, first, "the same seed gives the same digest");
    notEqual(await digestOf(texts, { "simulation.random_seed": 2 }), first);
    notEqual(
      await digestOf(texts, { "simulation.random_seed": 1, "simulation.replication": 1 }),
      first,
    );
  });
}

Deno.test("seed and replication reach the jitter of a trace", async () => {
  const rows = Array.from({ length: 60 }, (_, i) => `${Math.floor(i / 3)},500,40`);
  const traceText = `arrival_s,prompt_tokens,output_tokens\n${rows.join("\n")}\n`;
  const digest = async (set: Record<string, number>) => {
    const config = loadConfig(
      [
        NOTHING_RANDOM,
        "workload: { type: trace, trace: { path: trace.csv, format: csv, jitter: 1 } }",
      ],
      { set },
    );
    return (await simulate(config, { traceText })).summary.digest;
  };
  const first = await digest({ "simulation.random_seed": 1 });
  equal(await digest({ "simulation.random_seed": 1 }), first);
  notEqual(await digest({ "simulation.random_seed": 2 }), first);
  notEqual(await digest({ "simulation.random_seed": 1, "simulation.replication": 1 }), first);
});

Deno.test("policies are compared on the same requests: routing, scaling and starts draw none of theirs", async () => {
  const workload = `workload:
  type: poisson
  prompt_length: { distribution: gamma, std: 300 }
  decode_length: { distribution: gamma, std: 30 }\n`;
  const base = await runOf(workload, THREE);
  for (
    const change of [
      DRAWS["random routing"],
      DRAWS["jitter of cold starts"],
      "scheduler: { type: sarathi }",
    ]
  ) {
    const other = await runOf(workload, THREE, change);
    notEqual(other.summary.digest, base.summary.digest, change);
    for (const column of ["arrivalAtSeconds", "promptTokens", "outputTokens"] as const) {
      deepEqual(other.requests[column], base.requests[column]);
    }
  }
});

Deno.test("each part of the workload draws from a stream of its own", async () => {
  const gamma = `workload:
  prompt_length: { distribution: gamma, std: 300 }
  decode_length: { distribution: gamma, std: 30 }
  num_requests: 150\n`;
  const base = await runOf(gamma, "workload: { type: poisson }");
  const otherArrivals = await runOf(gamma, "workload: { type: gamma, cv: 2 }");
  deepEqual(otherArrivals.requests.promptTokens, base.requests.promptTokens);
  deepEqual(otherArrivals.requests.outputTokens, base.requests.outputTokens);
  notEqual(otherArrivals.requests.arrivalAtSeconds[9], base.requests.arrivalAtSeconds[9]);
  const otherPrompts = await runOf(
    gamma,
    "workload: { type: poisson, prompt_length: { distribution: uniform, min: 1, max: 1199 } }",
  );
  deepEqual(otherPrompts.requests.arrivalAtSeconds, base.requests.arrivalAtSeconds);
  deepEqual(otherPrompts.requests.outputTokens, base.requests.outputTokens);
  notEqual(otherPrompts.requests.promptTokens.join(), base.requests.promptTokens.join());
});
