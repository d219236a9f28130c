import type { RunObserver } from "../metrics/run_observer.ts";
import type { RunRecord } from "../metrics/run_record.ts";
import { Breaths } from "./breaths.ts";
import type { ClusterParts } from "./cluster_parts.ts";
import { Simulation } from "./simulation.ts";

/**
 * Runs a cluster until every request has ended (and the horizon is reached), or until
 * `stopAtSeconds`. Deterministic: equal parts give equal results to the byte.
 *
 * @throws {RangeError} If the run cannot go on: a request waits and no instance will ever come.
 */
export function simulateCluster(parts: ClusterParts): RunRecord {
  return runThrough(new Simulation(parts));
}

/**
 * Runs a cluster as {@link simulateCluster} does, to the byte, and lets the program do other things in
 * between, so that somebody can abort the run.
 *
 * @throws {Interrupted} If the signal is aborted, at the latest a few thousand events afterwards.
 * @throws {RangeError} If the run cannot go on.
 */
export async function simulateInterruptibly(
  parts: ClusterParts,
  signal: AbortSignal,
): Promise<RunRecord> {
  return await runInterruptibly(new Simulation(parts), signal);
}

/** Runs a cluster as {@link simulateCluster} does, to the byte, and tells somebody what it does. */
export async function simulateObserved(
  parts: ClusterParts,
  observer: RunObserver,
  signal?: AbortSignal,
): Promise<RunRecord> {
  observer.begins();
  const simulation = new Simulation(parts, observer);
  const record = signal ? await runInterruptibly(simulation, signal) : runThrough(simulation);
  observer.ends(record);
  return record;
}

function runThrough(simulation: Simulation): RunRecord {
  simulation.begin();
  while (!simulation.advance(MANY_EVENTS));
  return simulation.result();
}

async function runInterruptibly(simulation: Simulation, signal: AbortSignal): Promise<RunRecord> {
  simulation.begin();
  // Not declared with "using": Node 20, in which the package runs, does not know it.
  const breaths = new Breaths();
  try {
    do {
      await breaths.next();
      if (signal.aborted) throw simulation.interrupted(signal.reason);
    } while (!simulation.advance(EVENTS_IN_A_ROW));
  } finally {
    breaths.close();
  }
  return simulation.result();
}

/** A number of events that is a small integer of V8: more would be slower to count. */
const MANY_EVENTS = 2 ** 30;

/** Events between two looks at a signal: some milliseconds, and a look takes some microseconds. */
const EVENTS_IN_A_ROW = 4096;
