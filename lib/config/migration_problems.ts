import type { Configuration } from "./configuration.ts";
import { STAYING } from "./group_problems.ts";

/** One line per mistake in how running requests are to move. */
export function migrationProblems(
  { cluster, migration, scheduler, workload }: Configuration,
): string[] {
  const { method, urgent_classes: urgent } = migration;
  if (method === "off") return [];
  const problems: string[] = [];
  const { preset, rate } = cluster.kv_transfer;
  const copies = method === "live" || method === "blocking";
  if (copies && cluster.nodes.length === 0 && preset === null && rate === null) {
    problems.push(
      `Cannot read "migration.method" as a copy over a link: current value of ` +
        `cluster.kv_transfer.rate is null (allowed: a rate, or cluster.kv_transfer.preset)`,
    );
  }
  if (STAYING.includes(scheduler.type)) {
    problems.push(
      `Cannot read "scheduler.type" as batches that requests can leave: current value is ` +
        `${scheduler.type} (allowed with migration: vllm, vllm-v0, sarathi, orca)`,
    );
  }
  const names = workload.classes.map(({ name }) => name);
  for (const name of urgent) {
    if (names.includes(name)) continue;
    problems.push(
      `Cannot read "migration.urgent_classes" as names of classes: current value is ${name} ` +
        `(allowed: ${names.join(", ") || "none, since workload.classes is empty"})`,
    );
  }
  return problems;
}
