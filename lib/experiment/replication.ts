import type { ConfiguredTexts } from "../run/cluster.ts";
import type { Configuration } from "../config/configuration.ts";
import { simulate } from "../run/simulate.ts";
import type { RunResult, Summary } from "../metrics/run_tables.ts";

/** One replication of a configuration: the same run with random streams of its own. */
export interface ReplicationTask {
  readonly config: Configuration;
  readonly texts: ConfiguredTexts;
  /** Which replication, >= 0: every number has its own streams. */
  readonly replication: number;
  /** Whether the whole result is wanted, rather than its summary alone. */
  readonly whole: boolean;
}

/** What is kept of a replication. */
export interface Replication {
  readonly replication: number;
  readonly summary: Summary;
  readonly result?: RunResult;
}

/** Runs one replication. */
export async function runReplication(task: ReplicationTask): Promise<Replication> {
  const { config, texts, replication, whole } = task;
  const simulation = { ...config.simulation, replication, replications: 1 };
  const result = await simulate({ ...config, simulation }, texts);
  return { replication, summary: result.summary, ...(whole && { result }) };
}
