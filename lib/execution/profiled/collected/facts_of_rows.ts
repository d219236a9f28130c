import type { ProfileFacts } from "../profile_facts.ts";
import type { CollectedRow, CollectedRows } from "./rows.ts";

/** What collected rows say beside the operators; undefined where they say nothing. */
export function factsOfRows(rows: CollectedRows): ProfileFacts | undefined {
  const host = (what: CollectedRow<"host">["what"]) => rows.host.filter((row) => row.what === what);
  const facts: ProfileFacts = {
    launches: host("launch").map(({ name = "kernel", us }) => ({ name, seconds: seconds(us) })),
    graphs: host("graph").map(graphTime),
    captures: host("capture").map(graphTime),
    prepares: host("prepare").map(prepareTime),
    pieces: host("pieces").map(prepareTime),
    power: rows.power.map(({ phase, watts, batch, context, tokens, step_ms, sm_mhz }) => ({
      phase,
      watts,
      ...(batch !== undefined && { batch }),
      ...(context !== undefined && { context }),
      ...(tokens !== undefined && { tokens }),
      ...(step_ms !== undefined && { stepSeconds: digits(step_ms * 1e-3) }),
      ...(sm_mhz !== undefined && { clockHertz: sm_mhz * 1e6 }),
    })),
    clocks: rows.clock.map(({ name, rows, burst_us, sustained_us, sm_mhz, watts }) => ({
      name,
      rows,
      burstSeconds: seconds(burst_us),
      sustainedSeconds: seconds(sustained_us),
      ...(sm_mhz !== undefined && { clockHertz: sm_mhz * 1e6 }),
      ...(watts !== undefined && { watts }),
    })),
    coldStart: stages(rows.cold_start),
  };
  return Object.values(facts).every((list) => list.length === 0) ? undefined : facts;
}

function graphTime({ nodes, us }: CollectedRow<"host">) {
  return { ...(nodes !== undefined && { nodes }), seconds: seconds(us) };
}

function prepareTime({ sequences = 0, us }: CollectedRow<"host">) {
  return { sequences, seconds: seconds(us) };
}

/** One entry for each stage and size: the median of its rows. */
function stages(rows: readonly CollectedRow<"cold_start">[]): ProfileFacts["coldStart"] {
  const groups = new Map<string, CollectedRow<"cold_start">[]>();
  for (const row of rows) {
    const key = `${row.stage} ${row.bytes ?? ""}`;
    groups.set(key, [...groups.get(key) ?? [], row]);
  }
  return [...groups.values()].map((group) => {
    const sorted = group.map(({ seconds }) => seconds).sort((a, b) => a - b);
    const middle = sorted.length >> 1;
    const median = sorted.length % 2 === 1
      ? sorted[middle]
      : (sorted[middle - 1] + sorted[middle]) / 2;
    const [{ stage, bytes }] = group;
    return { stage, seconds: digits(median), ...(bytes !== undefined && { bytes }) };
  });
}

function seconds(us: number): number {
  return digits(us * 1e-6);
}

/** Six significant digits: more than any of these times has. */
function digits(value: number): number {
  return Number(value.toPrecision(6));
}
