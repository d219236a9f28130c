import type { RunResult } from "../run_tables.ts";
import type { ColumnArray, DeclaredColumns } from "./column.ts";
import { FUNCTION_SERIES_COLUMNS } from "./function_series_columns.ts";
import {
  COLD_START_WAIT_COLUMNS,
  INSTANCE_COLUMNS,
  TOKEN_GAP_COLUMNS,
} from "./instance_columns.ts";
import { KV_TIER_COLUMNS } from "./kv_tier_columns.ts";
import { KV_TRANSFER_COLUMNS } from "./kv_transfer_columns.ts";
import { LATENCY_PART_COLUMNS } from "./latency_part_columns.ts";
import { REQUEST_COLUMNS } from "./request_columns.ts";
import { TIME_SERIES_COLUMNS } from "./time_series_columns.ts";

/** A table of a run. */
export interface ResultTable {
  readonly columns: DeclaredColumns<never>;
  /** Heading of its section in docs/metrics.md. */
  readonly heading: string;
  /** The type of its columns in programs, and of what it has one row; absent: written by hand. */
  readonly type?: { readonly name: string; readonly doc: string; readonly names?: NamesOfCodes };
  /** Whether a run has it; absent: every run does. */
  isIn?(run: RunResult): boolean;
  /** Its columns of a run, and how many rows they have. */
  of(run: RunResult): { readonly count: number; readonly data: object };
}

/** What codes of a table stand for: the key beside its columns, and its sentence. */
type NamesOfCodes = { readonly key: string; readonly doc: string };

/** The tables of a run, by their names in files, in the order they are written. */
export const TABLES = {
  requests: {
    columns: REQUEST_COLUMNS,
    heading: "Requests",
    type: {
      name: "RequestColumns",
      doc:
        "One row per request; instants in seconds since the start, NaN where the request never got there",
    },
    of: ({ requests }) => ({ count: requests.count, data: requests }),
  },
  latency_parts: {
    columns: LATENCY_PART_COLUMNS,
    heading: "Parts of latencies",
    isIn: ({ latencyParts }) => latencyParts !== undefined,
    of: ({ requests }) => ({ count: requests.count, data: requests }),
  },
  kv_tiers: {
    columns: KV_TIER_COLUMNS,
    heading: "Tokens from cache tiers",
    isIn: ({ kvTiers }) => kvTiers !== undefined,
    of: ({ requests }) => ({ count: requests.count, data: requests }),
  },
  timeseries: {
    columns: TIME_SERIES_COLUMNS,
    heading: "Time series",
    type: {
      name: "TimeSeriesColumns",
      doc: "One row per sampling interval; means and shares are over the interval",
    },
    of: ({ timeSeries }) => ({ count: timeSeries.count, data: timeSeries }),
  },
  instances: {
    columns: INSTANCE_COLUMNS,
    heading: "Instances",
    type: {
      name: "InstancePhases",
      doc: "One row per phase of the life of an instance or of a pool's member",
      names: { key: "phaseNames", doc: "Names of the phases, by code" },
    },
    of: ({ instances }) => ({ count: instances.count, data: instances }),
  },
  cold_start_waits: {
    columns: COLD_START_WAIT_COLUMNS,
    heading: "Waits for starts",
    type: {
      name: "ColdStartWaits",
      doc:
        "How the waits for starts split: one row per stage of the critical path that a request waited in. Requests without such a wait have no row; the rows of the others add up to their `coldStartWaitSeconds`",
      names: {
        key: "stageNames",
        doc:
          "Names of the stages in order of first appearance: `before_start`, `container_create` ...",
      },
    },
    of: ({ coldStartWaits }) => ({ count: coldStartWaits.count, data: coldStartWaits }),
  },
  token_gaps: {
    columns: TOKEN_GAP_COLUMNS,
    heading: "Token gaps",
    of: ({ tbtCdf }) => ({ count: tbtCdf.seconds.length, data: tbtCdf }),
  },
} as const satisfies Readonly<Record<string, ResultTable>>;

/** The series of each function, which a run has that is asked for it. */
export const FUNCTION_SERIES = {
  columns: FUNCTION_SERIES_COLUMNS,
  heading: "Time series of functions",
  type: {
    name: "FunctionSeriesColumns",
    doc:
      "One row per sampling interval and function that had anything in it; means are over the interval",
  },
  of: ({ functionSeries: series }) => ({ count: series?.count ?? 0, data: series ?? {} }),
} as const satisfies ResultTable;

/** What KV entries were sent, of a run whose instances are in groups. */
export const KV_TRANSFERS = {
  columns: KV_TRANSFER_COLUMNS,
  heading: "Transfers of KV entries",
  type: {
    name: "KvTransferColumns",
    doc: "One row per transfer of a request's KV entries from one instance to another",
  },
  of: ({ kvTransfers }) => ({ count: kvTransfers?.count ?? 0, data: kvTransfers ?? {} }),
} as const satisfies ResultTable;

/** All tables that a run may have, by their names in files. */
export const ALL_TABLES: Readonly<Record<string, ResultTable>> = {
  ...TABLES,
  function_series: FUNCTION_SERIES,
  kv_transfers: KV_TRANSFERS,
};

/** Name of a table of a run. */
export type TableName = keyof typeof TABLES;

/** An array of a run's columns. */
export function columnIn(data: object, key: string): ColumnArray {
  return (data as Readonly<Record<string, ColumnArray>>)[key];
}
