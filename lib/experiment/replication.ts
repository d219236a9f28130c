import type { ConfiguredTexts } from "../run/cluster.ts";
import type { Configuration } from "../config/configuration.ts";
import { rememberGiven } from "../config/given.ts";
import { simulate } from "../run/simulate.ts";
import type { RunResult, Summary } from "../metrics/run_tables.ts";

/** One replication of a configuration: the same run with random streams of its own. */
export interface ReplicationTask {
  readonly config: Configuration;
  /** Paths of the settings that the configuration was given, which a Worker could not know. */
  readonly given?: readonly string[];
  readonly texts: ConfiguredTexts;
  /** Which replication, >= 0: every number has its own streams. */
  readonly replication: number;
  /** Whether the whole result is wanted, rather than its summary alone. */
  readonly whole: boolean;
}

/** What is kept of a replication. */
export interface Replication {
  /** Number of the replication, from 0. */
  readonly replication: number;
  /** Summary of its run. */
  readonly summary: Summary;
  /** Its whole result, where that was asked for. */
  readonly result?: RunResult;
}

/** Runs one replication, until the signal is aborted. */
export async function runReplication(
  task: ReplicationTask,
  signal?: AbortSignal,
): Promise<Replication> {
  const { config, given, texts, replication, whole } = task;
  const simulation = { ...config.simulation, replication, replications: 1 };
  const own = { ...config, simulation };
  if (given !== undefined) rememberGiven(own, new Set(given));
  const result = await simulate(own, { ...texts, ...(signal && { signal }) });
  return { replication, summary: result.summary, ...(whole && { result }) };
}
