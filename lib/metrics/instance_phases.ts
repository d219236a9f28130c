import {
  type LifePhase,
  lifePhases,
  type PhaseSpan,
  poolMemberPhases,
} from "../serverless/life_phases.ts";
import type { PoolMemberLife } from "../serverless/lifecycle.ts";
import { columnsOf } from "./columns/column.ts";
import { INSTANCE_COLUMNS, type PhaseRow } from "./columns/instance_columns.ts";
import type { RunRecord } from "./run_record.ts";
import type { InstancePhases } from "./run_tables.ts";

/** Phases that have the stages of a start. */
const STARTS: readonly LifePhase[] = ["warming", "starting", "waking"];

/**
 * The lives of all instances as rows: the start (or the waking) as a whole and by stage, the time
 * ready, draining, asleep; before it the time as a pool's member, if it was made of one. Sorted by
 * instance, then by start; members that no instance was made of come first, as instance -1.
 */
export function instancePhases(run: RunRecord): InstancePhases {
  const names: string[] = ["starting", "ready", "draining"];
  const rows: PhaseRow[] = [];
  const spansOf = Map.groupBy(run.stageSpans, (span) => span.instanceId);
  const add = (id: number, fn: number, life: readonly PhaseSpan[], startId: number) => {
    const addRow = (name: string, start: number, end: number) => {
      let phase = names.indexOf(name);
      if (phase < 0) phase = names.push(name) - 1;
      if (!(end > start)) return;
      rows.push({
        instanceId: id,
        functionId: fn,
        phase,
        startAtSeconds: start,
        endAtSeconds: end,
      });
    };
    for (const { phase, startAtSeconds, endAtSeconds } of life) {
      addRow(phase, startAtSeconds, endAtSeconds);
      if (!STARTS.includes(phase)) continue;
      for (const span of spansOf.get(startId) ?? []) {
        addRow(`start:${span.stage}`, span.startAtSeconds, span.endAtSeconds);
      }
    }
  };
  const addMember = (one: PoolMemberLife) =>
    add(one.instanceId, one.functionId, poolMemberPhases(one), one.memberId);
  const members = (run.pools ?? []).flatMap((pool) => pool.members);
  members.filter((one) => one.instanceId < 0).forEach(addMember);
  const memberOf = new Map(members.map((one) => [one.instanceId, one]));
  for (const life of run.lives) {
    const member = memberOf.get(life.instanceId);
    if (member !== undefined) addMember(member);
    add(life.instanceId, life.functionId, lifePhases(life), life.instanceId);
  }
  return {
    count: rows.length,
    ...columnsOf(INSTANCE_COLUMNS, rows),
    phaseNames: names,
  } as unknown as InstancePhases;
}
