import type { GapSketch } from "../stats/gap_sketch.ts";

/** What has come of the decisions to move running requests. */
export interface MigrationRecord {
  /** Migrations begun. */
  readonly begun: number;
  /** Those after which the request went on elsewhere. */
  readonly moved: number;
  /** Those that were given up. */
  readonly aborted: number;
  /** Times for which a request that moved stood still, until its KV entries were there, seconds. */
  readonly downtimes: GapSketch;
}
