import type { StreamParts } from "../cluster/cluster_parts.ts";
import { RequestWindow } from "../cluster/stream/mod.ts";
import type { SpeculationParts } from "../engine/mod.ts";
import { mostReplications } from "../config/sections/replications.ts";
import { ConfigError } from "../config/config_error.ts";
import type { Configuration } from "../config/configuration.ts";
import { scalingPolicyName } from "../config/scaling_policy_name.ts";
import type { Hash } from "../metrics/digest.ts";
import type { PageStore } from "../metrics/rows/page_store.ts";
import { type PageOptions, RequestPages } from "../metrics/rows/request_pages.ts";
import { onePiece, type RequestPieces } from "../workload/request_pieces.ts";
import type { RequestTable } from "../workload/mod.ts";

/** Where the rows of a run go whose requests are too many for memory. */
export interface StreamTarget extends PageOptions {
  readonly store: PageStore;
  /** Makes what the digest of the rows is made with. */
  readonly newSha256: () => Hash;
  /** Requests that are drawn at a time. */
  readonly pieceRows?: number;
  /** Requests that may be inside at once. */
  readonly capacity?: number;
}

/** An error of a configuration that cannot be streamed. */
export function cannotStream(path: string, value: unknown, why: string): ConfigError {
  return new ConfigError([
    `Cannot read "${path}" as that of a run that is streamed: current value is ${value} (${why}; ` +
    `without --stream it runs)`,
  ]);
}

/**
 * Refuses what needs all requests at once.
 *
 * @throws {ConfigError} If the configuration asks for it.
 */
export function checkStreamed({ simulation, workload }: Configuration): void {
  const { replications, warmup_duration: warmup, warmup_requests: byRequests } = simulation;
  if (mostReplications(replications) > 1) {
    throw cannotStream(
      "simulation.replications",
      mostReplications(replications),
      "one replication is streamed at a time: simulation.replication says which",
    );
  }
  if (warmup === "mser5") {
    const why = "it is found in the times of all requests; a number of seconds is none";
    throw cannotStream("simulation.warmup_duration", warmup, why);
  }
  if (byRequests !== null) {
    const why =
      "it is found in the arrivals of all requests; simulation.warmup_duration is in seconds";
    throw cannotStream("simulation.warmup_requests", byRequests, why);
  }
  if (workload.type === "trace") return;
  if (workload.sessions.mean_turns !== null) {
    const why = "each turn begins with all turns before it, which would have to be kept";
    throw cannotStream("workload.sessions.mean_turns", workload.sessions.mean_turns, why);
  }
  if (workload.distinct_prompts !== null) {
    const why = "prompts that come again share what would have to be kept";
    throw cannotStream("workload.distinct_prompts", workload.distinct_prompts, why);
  }
  if (workload.prefix_groups.groups > 0) {
    const why = "what prompts share would have to be kept";
    throw cannotStream("workload.prefix_groups.groups", workload.prefix_groups.groups, why);
  }
}

/**
 * Refuses a trace whose requests depend on each other.
 *
 * @throws {ConfigError} If they do.
 */
export function checkStreamedTable(config: Configuration, table: RequestTable): void {
  const { path } = config.workload.trace;
  if (config.workload.cycle_prompts) {
    const why = "prompts that come again share what would have to be kept";
    throw cannotStream("workload.cycle_prompts", true, why);
  }
  if (table.afterRequest !== undefined) {
    const why = "the turns of its sessions wait for each other";
    throw cannotStream("workload.trace.path", path, why);
  }
  if (table.prefix !== undefined) {
    const why = "its prompts share what would have to be kept";
    throw cannotStream("workload.trace.path", path, why);
  }
}

/**
 * Refuses functions that are not all as far from their clients.
 *
 * @param ways Seconds that a request of each function is on its way.
 * @throws {ConfigError} If they differ.
 */
export function checkStreamedWays(ways: readonly number[]): void {
  if (ways.every((seconds) => seconds === ways[0])) return;
  const why = "requests of functions at different distances arrive in another order";
  throw cannotStream("execution.overheads.request_seconds", ways.join(", "), why);
}

/** The window of a workload that is streamed, and where its rows go. */
export function openStream(
  workload: RequestPieces,
  { store, capacity, ...pages }: StreamTarget,
): StreamParts {
  return {
    window: new RequestWindow(workload, { ...(capacity !== undefined && { capacity }) }),
    rows: new RequestPages(workload.count, store, pages),
  };
}

/** Draws of acceptance by the rows of the workload, where requests have numbers of their own. */
export function speculationByRows(
  speculation: SpeculationParts | undefined,
  ids: Int32Array | undefined,
): SpeculationParts | undefined {
  if (speculation === undefined || ids === undefined) return speculation;
  return {
    ...speculation,
    accepted: (request, ...draft) => speculation.accepted(ids[request], ...draft),
  };
}

/**
 * All rows of a workload as they are once functions and classes are known.
 *
 * @param table Its rows, or the first of them, with the columns that all have.
 * @param pieces All rows as they are drawn; absent: `table` has them all.
 */
export function workloadOf(table: RequestTable, pieces: RequestPieces | undefined): RequestPieces {
  if (pieces === undefined) return onePiece(table);
  if (table.functionId !== undefined || pieces.count === 0) return pieces;
  return {
    count: pieces.count,
    *pieces() {
      // Where there is one function, nobody asks which.
      for (const { functionId: _, ...piece } of pieces.pieces()) yield piece;
    },
  };
}

/** Says what a run that is streamed is without. */
export function streamedNotices(
  { metrics }: Configuration,
  stream: StreamParts | undefined,
): string[] {
  return stream === undefined || metrics.explain === false ? [] : [
    "what the latency of each request is made of is not recorded with --stream (metrics.explain): " +
    "there is no table latency_parts",
  ];
}

/** In place of the arrivals of a function, for policies that know them ahead. */
export function refuseArrivals({ scaling }: Configuration): () => never {
  return () => {
    const why = "it knows all arrivals ahead";
    throw cannotStream("scaling.policy", scalingPolicyName(scaling), why);
  };
}
