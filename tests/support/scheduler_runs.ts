/**
 * The cases of vLLM's scheduler on the simulator: through one engine, step by step, and through the
 * whole cluster loop.
 * @module
 */

import { Clock } from "../../lib/engine/clock.ts";
import { Engine } from "../../lib/engine/engine.ts";
import type { EngineParts, Stepping } from "../../lib/engine/engine_parts.ts";
import { simulateCluster } from "../../lib/cluster/simulate.ts";
import { requestColumns } from "../../lib/metrics/recorder.ts";
import type { RunRecord } from "../../lib/metrics/run_record.ts";
import type { BatchBuilder } from "../../lib/engine/batch_builder.ts";
import { SequenceState } from "../../lib/engine/sequences.ts";
import { vllm } from "../../lib/scheduling/batching/vllm.ts";
import { prefixIdentity } from "../../lib/scheduling/kv_cache/prefix_identity.ts";
import { GapSketch } from "../../lib/stats/gap_sketch.ts";
import type { RequestTable } from "../../lib/workload/request_table.ts";
import { outputLimitsOf, type SchedulerCase, type SchedulerStep } from "./scheduler_steps.ts";
import { smallCluster } from "./small_cluster.ts";

/**
 * Numbers of the requests in order of arrival: a later turn of a session comes behind requests with a
 * higher number.
 */
export function arrivalOrder({ requests }: SchedulerCase): number[] {
  return requests.map((_, request) => request)
    .sort((a, b) => requests[a][0] - requests[b][0] || a - b);
}

/** The requests of a case, in the given order. */
function tableOf({ requests, blocks, settings }: SchedulerCase, order: number[]): RequestTable {
  const rows = order.map((request) => requests[request]);
  const table = {
    count: rows.length,
    arrivalAtSeconds: Float64Array.from(rows, ([arrival]) => arrival),
    promptTokens: Int32Array.from(rows, ([, prompt]) => prompt),
    outputTokens: Int32Array.from(rows, ([, , output]) => output),
  };
  if (blocks === undefined) return table;
  const hashes: number[] = [];
  const offsets = [0];
  for (const request of order) {
    const runs = blocks[request];
    for (let i = 0; i < runs.length; i += 2) {
      for (let k = 0; k < runs[i + 1]; k++) hashes.push(runs[i] + k);
    }
    offsets.push(hashes.length);
  }
  const prefix = {
    blockTokens: settings.block,
    offsets: Uint32Array.from(offsets),
    hashes: Float64Array.from(hashes),
  };
  return { ...table, prefix };
}

/** The engine of a case, whose steps take one second each. */
function engineChanges(
  { settings, requests }: SchedulerCase,
  table: RequestTable,
  order: number[],
  stepping: Stepping,
): Partial<EngineParts> {
  return {
    strategy: vllm({
      reservesWholePrompt: settings.reserve,
      ...(settings.threshold > 0 && { longPrefillTokens: settings.threshold }),
    }),
    stepping,
    maxSequences: settings.seqs,
    maxTokensPerStep: settings.budget,
    kvBlocks: settings.blocks,
    blockTokens: settings.block,
    maxModelTokens: settings.window,
    asyncScheduling: settings.async,
    ...(settings.policy === "priority" && {
      queueKeys: Int32Array.from(order, (request) => requests[request][3]),
    }),
    ...(table.prefix && { prefix: prefixIdentity(table.prefix, settings.block) }),
  };
}

/** Runs a case through the whole cluster loop. Row i is request `arrivalOrder(one)[i]`. */
export function runCase(one: SchedulerCase, stepping: Stepping): RunRecord {
  const order = arrivalOrder(one);
  const table = tableOf(one, order);
  return simulateCluster(smallCluster([], {
    engine: engineChanges(one, table, order, stepping),
    cluster: { requests: table, sampleSeconds: 1e9 },
  }));
}

/** Runs a case through one engine and notes every step; those of a leap are written out. */
export function engineSteps(one: SchedulerCase, stepping: Stepping): SchedulerStep[] {
  const asNumbered = one.requests.map((_, request) => request);
  const table = tableOf(one, asNumbered);
  const { strategy, ...changes } = engineChanges(one, table, asNumbered, stepping);
  let builder: BatchBuilder | undefined;
  const engine = smallCluster([], { engine: changes }).functions[0].engine;
  const parts: EngineParts = {
    ...engine,
    strategy: {
      ...strategy!,
      plan(step) {
        builder = step as BatchBuilder;
        strategy!.plan(step);
      },
    },
  };
  const clock = new Clock();
  const outputLimit = outputLimitsOf(one);
  const columns = { ...requestColumns(table), outputTokens: outputLimit };
  const run = {
    clock,
    columns,
    generated: new Int32Array(table.count),
    outputLimit,
    waitedFor: undefined,
    gaps: new GapSketch(),
  };
  const subject = new Engine(0, parts, run);
  return drive(one, subject, clock, columns.preemptions, () => builder!);
}

/** Arrivals in, steps out: the least that a cluster loop has to do. */
function drive(
  one: SchedulerCase,
  engine: Engine,
  clock: Clock,
  preemptions: Int32Array | Uint16Array | Uint32Array,
  builderOf: () => BatchBuilder,
): SchedulerStep[] {
  const steps: SchedulerStep[] = [];
  const { requests } = one;
  const order = arrivalOrder(one);
  const before = Array.from(preemptions);
  let next = 0;
  let formed: SchedulerStep | undefined;
  for (;;) {
    const arrival = next < order.length ? requests[order[next]][0] : Infinity;
    const now = Math.min(engine.endAtSeconds, arrival);
    if (now === Infinity) return steps;
    clock.now = now;
    if (engine.endAtSeconds <= now) {
      engine.finish();
      noteRun(steps, formed!, now);
    }
    while (next < order.length && requests[order[next]][0] <= now) engine.enqueue(order[next++]);
    if (!engine.needsPlan) continue;
    engine.begin();
    formed = look(builderOf(), now, preemptions, before);
  }
}

/** Who is in the step that was formed now. */
function look(
  builder: BatchBuilder,
  step: number,
  preemptions: ArrayLike<number>,
  before: number[],
): SchedulerStep {
  const { sequences, shape, chunkSlots, pool } = builder;
  const entries: [number, number, number][] = [];
  for (let slot = sequences.first; slot >= 0; slot = sequences.next[slot]) {
    if (!builder.decodes || sequences.state[slot] !== SequenceState.decode) continue;
    entries.push([sequences.request[slot], 1, sequences.computedTokens(slot)]);
  }
  for (let i = 0; i < shape.chunkCount; i++) {
    const request = sequences.request[chunkSlots[i]];
    entries.push([request, shape.chunkTokens[i], shape.chunkPastTokens[i]]);
  }
  entries.sort((a, b) => a[0] - b[0]);
  const preempted: number[] = [];
  before.forEach((count, request) => {
    for (let i = count; i < preemptions[request]; i++) preempted.push(request);
    before[request] = preemptions[request];
  });
  return { step, entries, preempted, free: pool.free - builder.endedBlocks };
}

/** Writes out the steps of a run that ends now. */
function noteRun(steps: SchedulerStep[], first: SchedulerStep, now: number): void {
  steps.push(first);
  for (let step = first.step + 1; step < now; step++) {
    const ahead = step - first.step;
    const entries = first.entries.map(([request, tokens, before]) =>
      [request, tokens, before + ahead] as const
    );
    steps.push({ step, entries, preempted: [], free: undefined });
  }
}
