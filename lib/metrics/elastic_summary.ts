import {
  asleepSeconds,
  LIFE_PHASES,
  lifePhases,
  type PhaseSpan,
  poolMemberPhases,
} from "../serverless/life_phases.ts";
import type { RunRecord } from "./run_record.ts";
import type { PoolSummary, Summary } from "./run_tables.ts";

/** Time of all instances and of pools' members by phase, seconds; adds up to `instance_seconds`. */
export function phaseSeconds({ lives, pools = [] }: RunRecord): Summary["phase_seconds"] {
  const seconds = Object.fromEntries(LIFE_PHASES.map((phase) => [phase, 0]));
  const add = (spans: readonly PhaseSpan[]) => {
    for (const { phase, startAtSeconds, endAtSeconds } of spans) {
      seconds[phase] += endAtSeconds - startAtSeconds;
    }
  };
  for (const life of lives) add(lifePhases(life));
  for (const { members } of pools) for (const member of members) add(poolMemberPhases(member));
  return seconds as Summary["phase_seconds"];
}

/** What sleeping instances did; null where none can sleep. */
export function sleepFields({ sleep, lives }: RunRecord): Summary["sleep"] {
  if (sleep === undefined) return null;
  return {
    sleeps: sleep.sleeps,
    wakes: sleep.wakes,
    expired: sleep.expired,
    evicted: sleep.evicted,
    instance_seconds: lives.reduce((sum, life) => sum + asleepSeconds(life), 0),
    memory_gb_hours: sleep.byteSeconds / 1e9 / 3600,
  };
}

/** A row for each pool; none where there are no pools. */
export function poolFields(
  { pools = [], endAtSeconds }: RunRecord,
  functionNames: readonly string[],
): PoolSummary[] {
  return pools.map(({ of, functions, demands, hits, evicted, members }) => {
    const readySeconds = members.flatMap(poolMemberPhases)
      .filter(({ phase }) => phase === "pooled")
      .reduce((sum, span) => sum + span.endAtSeconds - span.startAtSeconds, 0);
    return {
      of,
      functions: functions.map((id) => functionNames[id] ?? `${id}`),
      starts: demands,
      hits,
      hit_rate: demands > 0 ? hits / demands : null,
      members: members.length,
      evicted,
      mean_size: endAtSeconds > 0 ? readySeconds / endAtSeconds : 0,
    };
  });
}
