import type { RunRecord } from "./run_record.ts";
import type { InstancePhases } from "./run_tables.ts";

/**
 * The lives of all instances as rows: the start as a whole and by stage, the time ready, the time
 * draining. Sorted by instance, then by start.
 */
export function instancePhases(run: RunRecord): InstancePhases {
  const names: string[] = ["starting", "ready", "draining"];
  const rows: { id: number; fn: number; phase: number; start: number; end: number }[] = [];
  const spans = Map.groupBy(run.stageSpans, (span) => span.instanceId);
  for (const life of run.lives) {
    const { instanceId: id, functionId: fn } = life;
    const add = (phase: number, start: number, end: number) => {
      if (end > start) rows.push({ id, fn, phase, start, end });
    };
    const stopped = life.stoppedAtSeconds;
    const ready = Number.isNaN(life.readyAtSeconds) ? stopped : life.readyAtSeconds;
    const draining = Number.isNaN(life.drainingAtSeconds) ? stopped : life.drainingAtSeconds;
    add(0, life.createdAtSeconds, ready);
    for (const span of spans.get(id) ?? []) {
      const name = `start:${span.stage}`;
      let phase = names.indexOf(name);
      if (phase < 0) phase = names.push(name) - 1;
      add(phase, span.startAtSeconds, span.endAtSeconds);
    }
    add(1, ready, draining);
    add(2, draining, stopped);
  }
  return {
    count: rows.length,
    instanceId: Int32Array.from(rows, (row) => row.id),
    functionId: Uint16Array.from(rows, (row) => row.fn),
    phase: Uint16Array.from(rows, (row) => row.phase),
    startAtSeconds: Float64Array.from(rows, (row) => row.start),
    endAtSeconds: Float64Array.from(rows, (row) => row.end),
    phaseNames: names,
  };
}
