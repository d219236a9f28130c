import { findExternalData } from "../../results/external_data.ts";

/** A job that `deno task bench` runs. */
export interface BenchCase {
  readonly name: string;
  /** What is different from the standard job, for a reader of the table. */
  readonly describe: string;
  /** Requests, of which `--quick` runs a tenth. */
  readonly requests: number;
  /** Settings over those of tests/bench/standard.yaml; undefined: these requests alone. */
  readonly settings: readonly string[];
  /** Configuration of tests/bench in place of the standard job's. */
  readonly file?: string;
  /** Further arguments of the command line, in place of a file. */
  readonly args?: readonly string[];
  /** Most runs of it, for long ones. */
  readonly mostRuns?: number;
  /** Memory that has to be free for it, bytes. */
  readonly needsBytes?: number;
  /** Left out by `--quick`. */
  readonly long?: boolean;
  /** Most CPU time per request, in that of the standard job. */
  readonly mostOfStandard?: number;
  /** Most CPU time per request in the loop, in that of the standard job. */
  readonly mostOfStandardLoop?: number;
  /** Most CPU time of the whole process with all requests, in that of the yardstick, start-up included. */
  readonly mostYardsticks?: number;
  /** Most memory, bytes. */
  readonly mostBytes?: number;
  /** Whether its requests follow from its duration; otherwise their number is set. */
  readonly isTimed?: boolean;
  /** Most CPU time of the whole process with all requests, seconds. */
  readonly mostCpuSeconds?: number;
  /** Most wall time of the whole process, seconds. */
  readonly mostWallSeconds?: number;
}

/** The first case, that the others are compared with. */
export const STANDARD = "standard";

/** The cases, in the order of the table. */
export function benchCases(): BenchCase[] {
  const million = { requests: 1_000_000, settings: [] };
  return [
    { ...million, name: STANDARD, describe: "tests/bench/standard.yaml, Parquet written" },
    {
      ...million,
      name: "ten-million",
      describe: "10 times the requests: linear within 15 %",
      requests: 10_000_000,
      mostRuns: 1,
      needsBytes: 4e9,
      long: true,
      mostOfStandard: 1.15,
    },
    {
      ...million,
      name: "64-instances",
      describe: "16 times the instances and the rate",
      settings: ["cluster.num_replicas=64", "workload.arrival_rate=512"],
      mostOfStandard: 1.5,
    },
    {
      ...million,
      name: "long-outputs",
      describe: "outputs 4 times as long, a quarter of the rate",
      settings: [
        "workload.decode_length.mean=800",
        "workload.decode_length.max=8192",
        "workload.arrival_rate=8",
      ],
      mostOfStandard: 1.3,
    },
    ...["profiled", "calibrated"].map((source) => ({
      ...million,
      name: source,
      describe: `step times from measured tables (execution.source: ${source})`,
      settings: [`execution.source=${source}`],
      mostOfStandard: 1.17,
    })),
    {
      ...million,
      name: "kv-pressure",
      // At 128 requests per second the requests hold 3,842 blocks on the mean when they get them.
      describe: "4 times the rate, KV blocks for 25 % of the demand",
      settings: ["workload.arrival_rate=128", "memory.num_gpu_blocks=960"],
      mostOfStandard: 4,
    },
    {
      ...million,
      name: "prefix-affinity",
      describe: "64 instances, 1000 groups of prompts with 512 shared tokens each",
      requests: 250_000,
      settings: [
        "cluster.num_replicas=64",
        "cluster.routing.policy=prefix-affinity",
        "workload.arrival_rate=512",
        "workload.prefix_groups.groups=1000",
        "workload.prefix_groups.tokens=512",
      ],
      mostOfStandard: 10,
    },
    {
      ...million,
      name: "fleet",
      describe: "tests/bench/fleet.yaml: 1,000 functions, 1,600 GPUs, 11,300 starts",
      file: "fleet.yaml",
      mostCpuSeconds: 10,
    },
    ...shortRuns(),
    ...manyFunctions(),
    ...azureTrace(),
  ];
}

/** Runs that are mostly start-up. */
function shortRuns(): BenchCase[] {
  return [
    {
      name: "ten-requests",
      describe: "10 requests: start-up",
      requests: 10,
      settings: [],
      mostYardsticks: 0.25,
    },
    {
      name: "thousand-requests",
      describe: "1,000 requests: start-up and code that runs for the first time",
      requests: 1000,
      settings: [],
      mostYardsticks: 0.28,
    },
  ];
}

/** Jobs whose cost is in instances, functions, starts and time rather than in requests. */
function manyFunctions(): BenchCase[] {
  const job = { file: "functions.yaml", isTimed: true, requests: 36_000 };
  const cluster = ["cluster.nodes=[{ count: 200, gpus: 8 }]", "scaling.period=10"];
  return [
    {
      name: "1000-instances",
      describe: "250 times the instances and the rate of the standard job",
      requests: 1_000_000,
      settings: ["cluster.num_replicas=1000", "workload.arrival_rate=8000"],
      mostOfStandardLoop: 1.6,
    },
    {
      ...job,
      name: "functions",
      describe: "tests/bench/functions.yaml: 10,000 functions, an hour",
      settings: [],
      mostYardsticks: 8,
    },
    {
      ...job,
      name: "full-cluster",
      describe: "the same on 1,600 GPUs that are all taken, instances kept for an hour",
      settings: [...cluster, "scaling.keep_alive={ policy: fixed, seconds: 3600 }"],
      mostYardsticks: 10,
    },
    {
      ...job,
      name: "functions-day",
      describe: "10,000 functions, a day: 401,000 starts",
      requests: 864_000,
      settings: ["simulation.duration=24h"],
      mostRuns: 1,
      needsBytes: 2.5e9,
      long: true,
      mostYardsticks: 120,
      mostBytes: 1.5e9,
    },
    {
      ...job,
      name: "month",
      describe: "one function, 30 days, 26,000 requests",
      requests: 26_000,
      settings: [
        "functions=[]",
        "workload.functions={}",
        "workload.arrival_rate=0.01",
        "simulation.duration=30d",
      ],
      mostYardsticks: 4,
      mostBytes: 200e6,
    },
  ];
}

/** The whole Azure conversation trace of 2023, where a copy is at hand. */
function azureTrace(): BenchCase[] {
  const trace = findExternalData("azure-llm-2023", "AzureLLMInferenceTrace_conv.csv");
  if (trace === undefined) return [];
  return [{
    name: "azure-conversation",
    describe: "the whole trace, default deployment",
    requests: 19_366,
    settings: [],
    args: ["--trace", trace],
    mostWallSeconds: 1,
  }];
}
