import type { GapSketch } from "../stats/gap_sketch.ts";

/** What has come of the decisions to move running requests. */
export interface MigrationRecord {
  /** Migrations begun; after `moved` of them the request went on elsewhere, `aborted` were given up. */
  readonly begun: number;
  readonly moved: number;
  readonly aborted: number;
  /** Times for which a request that moved stood still, until its KV entries were there, seconds. */
  readonly downtimes: GapSketch;
}
