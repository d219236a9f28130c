import type { StreamParts } from "../cluster/cluster_parts.ts";
import { checkSize, type RunSize, runSize } from "../config/check/mod.ts";
import { ConfigError } from "../config/config_error.ts";
import type { Configuration } from "../config/configuration.ts";
import type { RandomStreams } from "../sim/random_streams.ts";
import { buildClasses, type BuiltWorkload } from "./classes.ts";
import { type FunctionKind, withFunctionIds } from "./functions.ts";
import type { FunctionGroups } from "./handoffs.ts";
import type { BuiltRequests } from "./requests.ts";
import { checkStreamedTable, openStream, type StreamTarget, workloadOf } from "./stream.ts";
import { type WorkloadFacts, workloadFacts } from "./workload_facts.ts";

/** The requests of a run with their functions and classes, and what is known of all of them. */
export interface BuiltParts extends BuiltWorkload {
  readonly known: WorkloadFacts;
}

/**
 * The workload of a run once its functions are known.
 *
 * @param allNames Names of all functions, those first that requests call.
 * @param target Where rows go that are too many for memory; absent: they stay.
 * @throws {ConfigError} If it cannot be had.
 */
export function buildWorkload(
  config: Configuration,
  requests: BuiltRequests,
  allNames: readonly string[],
  streams: RandomStreams,
  target: StreamTarget | undefined,
  { called, calledCount }: Pick<FunctionGroups, "called" | "calledCount">,
): {
  readonly built: BuiltParts;
  readonly stream: StreamParts | undefined;
  readonly size: RunSize;
  /** What a user should know of its functions. */
  readonly notices: readonly string[];
} {
  const functionNames = allNames.slice(0, calledCount);
  const { table: assigned, notices } = withFunctionIds(config, requests, functionNames, streams);
  const classes = buildClasses(config, { ...requests, table: assigned }, streams);
  if (target !== undefined) checkStreamedTable(config, classes.table);
  const workload = workloadOf(classes.table, requests.pieces);
  const known = workloadFacts(workload, functionNames.length);
  const size = drawnSize(
    config,
    known,
    config.functions.length > 0 ? called : undefined,
    target !== undefined,
  );
  const stream = target && openStream(workload, target);
  const table = stream?.window.table ?? classes.table;
  return { built: { ...classes, table, workload, known }, stream, size, notices };
}

/**
 * Refuses a run that would hold too much, now that its requests are known.
 *
 * @throws {ConfigError} If it would.
 */
function drawnSize(
  config: Configuration,
  known: WorkloadFacts,
  kinds: readonly FunctionKind[] | undefined,
  isStreamed: boolean,
): RunSize {
  const size = runSize(config, known, kinds, isStreamed);
  const problems = checkSize(config, size);
  if (problems.length === 0) return size;
  throw new ConfigError(problems.map(({ path, text }) => `Cannot read "${path}" ${text}`));
}
