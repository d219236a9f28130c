import type { RequestTable } from "../request_table.ts";

/** What every reader takes beside the text. */
export interface TraceOptions {
  /** Name of the file, for messages; nothing is opened. */
  readonly fileName: string;
  /** Whether a malformed row is an error (default) or left out and counted. */
  readonly onBadRow?: "error" | "skip";
}

/** A recorded workload. */
export interface Trace {
  /** The requests, sorted by arrival; rows of equal instants keep the order of the file. */
  readonly table: RequestTable;
  /** Name of the format that it was read as, where `readTrace` read it. */
  readonly format?: string;
  /** Columns or keys that nothing reads, in the order of first appearance; absent: none. */
  readonly unread?: readonly string[];
  /** Malformed rows that were left out. */
  readonly skippedRows: number;
  /** Whether the file holds arrival instants. If not, all are 0 and the lengths alone mean something. */
  readonly hasArrivals: boolean;
  /** Names of the functions, `functionId` being the index; in the order of first appearance. */
  readonly functionNames: readonly string[];
  /** Names of the service classes, `classId` being the index. */
  readonly classNames: readonly string[];
  /** Names of the tenants, `tenantId` being the index. */
  readonly tenantNames: readonly string[];
}
