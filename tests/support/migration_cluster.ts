import fc from "fast-check";
import type { ClusterParts } from "../../lib/cluster/cluster_parts.ts";
import type { MigrationMethod } from "../../lib/cluster/handoff/mod.ts";
import type { Stepping } from "../../lib/engine/engine_parts.ts";
import { consolidate, freeness } from "../../lib/scheduling/rescheduling/mod.ts";
import { type SplitCase, splitCases, splitParts } from "./split_cluster.ts";

/** A random cluster between whose instances running requests move. */
export interface MigrationCase extends SplitCase {
  readonly method: MigrationMethod;
  readonly policy: "freeness" | "consolidate" | "any";
  readonly threshold: number;
  readonly periodSeconds: number;
  readonly maxStages: number;
  readonly lastStageTokens: number;
}

/** Random migrations: all methods, memory pressure, slow links, faults, limits, drains. */
export const migrationCases: fc.Arbitrary<MigrationCase> = fc.tuple(
  splitCases,
  fc.record({
    method: fc.constantFrom<MigrationMethod>("live", "blocking", "tokens", "recompute"),
    policy: fc.constantFrom("any", "any", "any", "freeness", "consolidate"),
    threshold: fc.constantFrom(0.5, 2, 6),
    periodSeconds: fc.constantFrom(0.031, 0.17, 0.5),
    maxStages: fc.integer({ min: 2, max: 4 }),
    lastStageTokens: fc.integer({ min: 0, max: 20 }),
  }),
).map(([split, migration]) => ({ ...split, ...migration }) as MigrationCase);

/** Moves somebody from every instance that runs anything to the next one, whatever it is good for. */
const anyMove = {
  name: "any",
  decide: (
    loads: readonly { id: number; running: number; isMoving: boolean; isLeaving: boolean }[],
    move: (source: number, target: number) => void,
  ) => {
    const able = loads.filter(({ isMoving }) => !isMoving);
    for (let i = 0; i + 1 < able.length; i += 2) {
      const [source, target] = able[i].running > 0
        ? [able[i], able[i + 1]]
        : [able[i + 1], able[i]];
      if (source.running > 0 && !target.isLeaving) move(source.id, target.id);
    }
  },
};

/** The parts of a case's run; new ones for every run. */
export function migrationParts(test: MigrationCase, stepping: Stepping): ClusterParts {
  const { functions: [, decode], ...parts } = splitParts(test, stepping);
  const { method, periodSeconds, maxStages, lastStageTokens, threshold } = test;
  const policy = test.policy === "any"
    ? anyMove
    : test.policy === "freeness"
    ? freeness({ threshold, headroomBlocks: 3 })
    : consolidate({ fillTo: 0.8 });
  return {
    ...parts,
    functions: [decode],
    migration: {
      ...{ method, periodSeconds, maxStages, lastStageTokens },
      drains: true,
      policies: [policy],
      urgentClasses: new Set([1]),
      wireBytes: (_functionId, from, until) => test.tokenBytes * (until - from),
      recomputeSeconds: (_functionId, from, until) => 1e-3 * (until - from) + 0.01,
    },
  };
}
