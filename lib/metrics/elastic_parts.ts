import {
  asleepSeconds,
  LIFE_PHASES,
  type LifePhase,
  lifePhases,
  type PhaseSpan,
  poolMemberPhases,
} from "../serverless/life_phases.ts";
import type { RunRecord } from "./run_record.ts";

/** Time of all instances and of pools' members by phase, seconds; adds up to `instance_seconds`. */
export function phaseSeconds({ lives, pools = [] }: RunRecord): Record<LifePhase, number> {
  const seconds: Record<string, number> = Object.fromEntries(
    LIFE_PHASES.map((phase) => [phase, 0]),
  );
  const add = (spans: readonly PhaseSpan[]) => {
    for (const { phase, startAtSeconds, endAtSeconds } of spans) {
      seconds[phase] += endAtSeconds - startAtSeconds;
    }
  };
  for (const life of lives) add(lifePhases(life));
  for (const { members } of pools) for (const member of members) add(poolMemberPhases(member));
  return seconds as Record<LifePhase, number>;
}

/** What sleeping instances did, and how long; null where none can sleep. */
export function sleepPart({ sleep, lives }: RunRecord) {
  if (sleep === undefined) return null;
  return { ...sleep, asleepSeconds: lives.reduce((sum, life) => sum + asleepSeconds(life), 0) };
}

/** Each pool, the time its members could be taken, and how long the run was. */
export function poolParts(
  { pools = [], endAtSeconds }: RunRecord,
  functionNames: readonly string[],
) {
  return pools.map((pool) => ({
    ...pool,
    functions: pool.functions.map((id) => functionNames[id] ?? `${id}`),
    starts: pool.demands,
    readySeconds: pool.members.flatMap(poolMemberPhases)
      .filter(({ phase }) => phase === "pooled")
      .reduce((sum, span) => sum + span.endAtSeconds - span.startAtSeconds, 0),
    runSeconds: endAtSeconds,
  }));
}
