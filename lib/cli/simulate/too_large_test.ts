import { equal, match, ok } from "#assert";
import { LIMITS } from "../../sim/limits.ts";
import { main } from "../main.ts";
import { withFiles } from "../testing_command_line.ts";

/** What is asked for, and what the one line has to say. */
interface TooLarge {
  readonly name: string;
  readonly config: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly says: readonly (string | RegExp)[];
}

const SMALL = "workload: { type: poisson, arrival_rate: 5, num_requests: 20 }\n";
const MACHINES = `1 to ${LIMITS.machines.value}`;

const timedTrace = (header: string, times: readonly string[]) => ({
  "trace.csv": `${header}\n${times.map((time) => `${time},100,20\n`).join("")}`,
});
const REPLAY = "workload: { type: trace, trace: { path: trace.csv } }\n";

const preset = (bandwidth: string) => ({
  "start.yaml": `id: mine
summary: One load
parameters: { rate: ${bandwidth} }
stages:
  - stage: weights_load
    transfer: { what: weights, from: { remote: { links: [nic], limit_bytes_per_s: $rate } } }
`,
});

const TOO_LARGE: readonly TooLarge[] = [
  {
    name: "a trace whose clock began long before it",
    files: timedTrace("arrival_s,input_tokens,output_tokens", ["17152992.0", "17152993.0"]),
    config: REPLAY,
    says: ["trace.csv", "17152992 s", /look like Unix time: subtract the first/],
  },
  {
    name: "a trace of Unix time with a row of another clock",
    files: timedTrace("timestamp,prompt_tokens,output_tokens", ["1700000100", "60"]),
    config: REPLAY,
    says: ["workload.trace", "1,700,000,040 s"],
  },
  {
    name: "a trace stretched to a century",
    files: timedTrace("arrival_s,prompt_tokens,output_tokens", ["0", "10"]),
    config: "workload: { type: trace, trace: { path: trace.csv, time_scale: 3e8 } }\n",
    says: ["workload.trace", "3,000,000,000 s", "at most 1,000,000,000 s"],
  },
  {
    name: "a trace multiplied beyond all columns",
    files: timedTrace("arrival_s,prompt_tokens,output_tokens", ["0", "10"]),
    config: "workload: { type: trace, trace: { path: trace.csv, rate_scale: 1e9 } }\n",
    says: ["workload.trace.rate_scale", "2,000,000,000 requests", "at most 100,000,000"],
  },
  {
    name: "a bandwidth without its unit",
    config: SMALL + "cold_start: { load_bandwidth: 12 }\n",
    says: [
      /^Cannot read "cold_start.load_bandwidth" as a bandwidth that a link can have: /,
      "current value is 12 ",
      "12 bytes/s; did you mean 12GB/s?",
    ],
  },
  {
    name: "a bandwidth without its unit in a parameter of a preset",
    config: SMALL + "cold_start: { parameters: { load_bytes_per_s: 20000 } }\n",
    says: ["cold_start.parameters.load_bytes_per_s", "20000 bytes/s; did you mean 20000MB/s?"],
  },
  {
    name: "a bandwidth without its unit in a file of stages",
    files: preset("12"),
    config: SMALL + "cold_start: { preset: start.yaml }\n",
    says: ["start.yaml", "limit_bytes_per_s", "a bandwidth that a link can have", "value is 12"],
  },
  {
    name: "a disk without its unit",
    config: SMALL + "cluster: { nodes: [{ count: 1 }], weight_cache: { ssd: 512 } }\n",
    says: ["cluster.weight_cache.ssd", "512 bytes; did you mean 512GB?"],
  },
  {
    name: "a GPU's memory in bytes",
    config: SMALL + "cluster: { gpu_memory_gb: 80000000000 }\n",
    says: ["cluster.gpu_memory_gb", "did you mean 80000000000B?"],
  },
  {
    name: "a start of 68 years",
    config: SMALL + "cold_start: { container_seconds: 2147483648 }\n",
    says: ["cold_start.container_seconds", "a time that can be meant", "0 to 2147483647"],
  },
  {
    name: "a start of 63 years",
    config: SMALL + "cold_start: { container_seconds: 2000000000 }\n",
    says: ["cold_start.container_seconds", "2,000,000,004 s", "at most"],
  },
  {
    name: "a step of 68 years",
    config: SMALL + "execution: { source: constant, step_seconds: 2147483648 }\n",
    says: ["execution.step_seconds", "a time that can be meant", "2147483647"],
  },
  {
    name: "a step of a day",
    config: SMALL + "execution: { source: constant, step_seconds: 86400 }\n",
    says: ["metrics.collect_interval", "most of it execution.step_seconds"],
  },
  {
    name: "a billion GPUs in a machine",
    config: SMALL + "cluster: { nodes: [{ gpus: 1000000000 }] }\n",
    says: ["cluster.nodes[0].gpus", "1 to 1024"],
  },
  {
    name: "a billion machines",
    config: SMALL + "cluster: { nodes: [{ count: 1000000000 }] }\n",
    says: ["cluster.nodes[0].count", MACHINES],
  },
  {
    name: "twice as many machines as work",
    config: SMALL + "cluster: { nodes: [{ count: 200000 }] }\n",
    says: ["cluster.nodes[0].count", MACHINES],
  },
  {
    name: "a million replications",
    config: SMALL + "simulation: { replications: 1000000 }\n",
    says: ["simulation.replications", "1 to 10000"],
  },
  {
    name: "sessions without end",
    config: SMALL,
    files: { "more.yaml": "workload: { sessions: { mean_turns: 2147483647 } }\n" },
    says: ["workload.sessions.mean_turns", "1 to 1e6"],
  },
  {
    name: "long sessions in great number",
    config: "workload: { type: poisson, arrival_rate: 5, sessions: { mean_turns: 100000 } }\n",
    says: ["workload.sessions.mean_turns", "1,800,000,000 requests", "at most 100,000,000"],
  },
  {
    name: "a hundred million sequences",
    config: SMALL + "scheduler: { max_num_seqs: 100000000, max_num_batched_tokens: 1000000 }\n",
    says: ["scheduler.max_num_seqs", "1 to 65536"],
  },
  {
    name: "a step of a hundred million tokens",
    config: SMALL + "scheduler: { max_num_batched_tokens: 100000000 }\n",
    says: ["scheduler.max_num_batched_tokens", "1 to 1048576"],
  },
  {
    name: "many percentiles",
    config: `metrics: { percentiles: [${new Array(30_000).fill(50).join()}] }\n`,
    says: ["metrics.percentiles", "1 to 1000 numbers"],
  },
  {
    name: "more requests than can be drawn",
    config: "workload: { type: poisson, arrival_rate: 1e8 }\n",
    says: ["workload.arrival_rate", "360,000,000,000 requests", "at most 100,000,000"],
  },
  {
    name: "a recorded workload at more than can be drawn",
    config: "workload: { type: embedded, embedded: { rate_scale: 1e6 } }\n",
    says: ["workload.embedded.rate_scale", "at most 100,000,000 requests"],
  },
  {
    name: "a million instances",
    config: SMALL + "scaling: { enabled: false }\ncluster: { num_replicas: 1000000 }\n",
    says: ["cluster.num_replicas", "1 to 20000"],
  },
  {
    name: "a time series of a microsecond over an hour",
    config: "workload: { type: poisson }\nmetrics: { collect_interval: 1us }\n",
    says: ["metrics.collect_interval", "3,600,000,000 rows", "at most 5,000,000 rows"],
  },
  {
    name: "an evaluation each microsecond",
    config: "workload: { type: poisson }\nscaling: { policy: threshold, period: 1us }\n",
    says: ["scaling.period", "3,600,000,000 events", "at most 1,000,000,000"],
  },
  {
    name: "a failure each microsecond",
    config: "workload: { type: poisson }\nfaults: { failures: { mtbf: 1us } }\n",
    says: ["faults.failures.mtbf", "at most 2,000,000 instances"],
  },
];

for (const { name, config, files = {}, says } of TOO_LARGE) {
  Deno.test(`${name}: refused in one line, exit code 2`, async () => {
    await withFiles({ "config.yaml": config, ...files }, async (directory) => {
      const given = ["config.yaml", "more.yaml"].filter((file) =>
        file === "config.yaml" || file in files
      );
      const errors: string[] = [];
      const code = await main(
        ["simulate", "--quiet", ...given.map((file) => `${directory}/${file}`)],
        (line) => errors.push(`printed: ${line}`),
        (line) => errors.push(line),
      );
      equal(errors.length, 1, errors.join("\n"));
      match(errors[0], /^(\S+: )?Cannot /);
      ok(!errors[0].includes("\n"), errors[0]);
      ok(errors[0].length < 600, errors[0]);
      for (const words of says) {
        if (typeof words === "string") ok(errors[0].includes(words), `${words} in: ${errors[0]}`);
        else match(errors[0], words);
      }
      equal(code, 2);
    });
  });
}

Deno.test("a trace of Unix time is replayed from where `start` says that it begins", async () => {
  const files = timedTrace("timestamp,prompt_tokens,output_tokens", ["1700000100", "1700000160"]);
  const config = "workload: { type: trace, trace: { path: trace.csv, start: 1700000100 } }\n";
  await withFiles({ "config.yaml": config, ...files }, async (directory) => {
    const code = await main(
      ["simulate", "--quiet", `${directory}/config.yaml`],
      () => {},
      (line) => {
        throw new Error(line);
      },
    );
    equal(code, 0);
  });
});
