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
    ...azureTrace(),
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
