import type { PackedColumns } from "./packed_columns.ts";

/** A figure of the page. */
export interface PageChart {
  /** Id of the element that it stands in. */
  readonly id: string;
  /** A specification of Vega-Lite. */
  readonly spec: object;
}

/** A result of the page with its requests. */
export interface PageRun {
  /** Id of its section. */
  readonly id: string;
  readonly requests: PackedColumns;
  /** Whether `requests` are all of the run. */
  readonly isWhole: boolean;
}

/** What the page draws. */
export interface PageData {
  readonly charts: readonly PageChart[];
  readonly runs: readonly PageRun[];
}
