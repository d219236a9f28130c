import { checkConfiguration } from "./check/mod.ts";
import type { Configuration } from "./configuration.ts";
import { GROUPS, hasGroups, readGroup } from "./group_configurations.ts";

/** One line per mistake in the settings of a function's groups, and between them. */
export function groupProblems(config: Configuration): string[] {
  if (!hasGroups(config)) return [];
  const { cluster, groups } = config;
  const [lacking] = GROUPS.filter((name) => groups[name] === null);
  if (lacking !== undefined) {
    const lone = GROUPS.find((name) => name !== lacking)!;
    return [
      `Cannot read "groups.${lone}" as one of two groups: current value of groups.${lacking} is ` +
      `null (allowed: settings, {} for those of the function)`,
    ];
  }
  const { preset, rate } = cluster.kv_transfer;
  if (cluster.nodes.length === 0 && preset === null && rate === null) {
    return [
      `Cannot read "groups" as groups that a link joins: current value of ` +
      `cluster.kv_transfer.rate is null (allowed: a rate, or cluster.kv_transfer.preset)`,
    ];
  }
  const common = new Set(checkConfiguration(config).map(({ path }) => path));
  return GROUPS.flatMap((name) => {
    const { config: own, problems } = readGroup(config, name);
    const contradictions = own === undefined ? [] : checkConfiguration(own)
      .filter(({ path }) => !common.has(path))
      .map(({ path, text }) => `Cannot read "${path}" ${text}`);
    return [...problems, ...contradictions, ...(own === undefined ? [] : strategyProblem(own))]
      .map((line) => `groups.${name}: ${line}`);
  });
}

/** Strategies between whose engines no request moves: it returns with its batch, or its books are others. */
export const STAYING: readonly string[] = ["fastertransformer", "sglang", "trt-llm"];

/** A batch that returns as a whole cannot hand its requests on one by one. */
function strategyProblem({ scheduler: { type } }: Configuration): string[] {
  if (!STAYING.includes(type)) return [];
  return [
    `Cannot read "scheduler.type" as that of a group: current value is ${type} (allowed: vllm, ` +
    `vllm-v0, sarathi, orca)`,
  ];
}
