import {
  type LifePhase,
  lifePhases,
  type PhaseSpan,
  poolMemberPhases,
} from "../serverless/life_phases.ts";
import type { PoolMemberLife } from "../serverless/lifecycle.ts";
import { StageSpansByInstance } from "../serverless/cold_start/stage_spans.ts";
import { GrowingColumns } from "./columns/growing_columns.ts";
import { INSTANCE_COLUMNS, type PhaseRow } from "./columns/instance_columns.ts";
import type { RunRecord } from "./run_record.ts";
import type { InstancePhases } from "./run_tables.ts";

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Phases that have the stages of a start. */
const STARTS: readonly LifePhase[] = ["warming", "starting", "waking"];

/**
 * The lives of all instances as rows: the start (or the waking) as a whole and by stage, the time
 * ready, draining, asleep; before it the time as a pool's member, if it was made of one. Sorted by
 * instance, then by start; members that no instance was made of come first, as instance -1.
 */
export function instancePhases(run: RunRecord): InstancePhases {
  const names: string[] = ["starting", "ready", "draining"];
  const rows = new GrowingColumns(INSTANCE_COLUMNS);
  const spans = run.stageSpans;
  const byInstance = new StageSpansByInstance(spans);
  /** Codes of the stages among the phases; -1 for those that have not appeared. */
  const codes = new Int32Array(spans.names.length).fill(-1);
  const codeOf = (name: string) => {
    const code = names.indexOf(name);
    return code < 0 ? names.push(name) - 1 : code;
  };
  // One object for all rows.
  const row: Writable<PhaseRow> = {
    instanceId: 0,
    functionId: 0,
    phase: 0,
    startAtSeconds: 0,
    endAtSeconds: 0,
    sharers: 0,
  };
  const addRow = (phase: number, start: number, end: number, sharers = 0) => {
    if (!(end > start)) return;
    row.phase = phase;
    row.startAtSeconds = start;
    row.endAtSeconds = end;
    row.sharers = sharers;
    rows.add(row);
  };
  const add = (id: number, fn: number, life: readonly PhaseSpan[], startId: number) => {
    row.instanceId = id;
    row.functionId = fn;
    for (const { phase, startAtSeconds, endAtSeconds } of life) {
      addRow(codeOf(phase), startAtSeconds, endAtSeconds);
      if (!STARTS.includes(phase)) continue;
      for (const span of byInstance.rowsOf(startId)) {
        const stage = spans.stage[span];
        if (codes[stage] < 0) codes[stage] = codeOf(`start:${spans.names[stage]}`);
        const [from, to] = [spans.startAtSeconds[span], spans.endAtSeconds[span]];
        addRow(codes[stage], from, to, spans.sharers[span] || 0);
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
    count: rows.count,
    ...rows.columns(),
    phaseNames: names,
  } as unknown as InstancePhases;
}
