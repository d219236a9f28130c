import type { Policy } from "../../settings/policy.ts";
import type { RequestTable } from "../request_table.ts";
import type { TraceColumns } from "./columns.ts";

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

/** What the reader of a format is given. */
export interface TraceNeeds {
  readonly text: string;
  readonly options: TraceOptions & { readonly columns?: TraceColumns };
}

/** The first row of a file: the keys of its JSON object, or the names of its header. */
export type FirstRow = { readonly keys: readonly string[] } | { readonly names: readonly string[] };

/** A format of recorded workloads as its table has it: it reads a text. */
export interface TraceEntry<Name extends string>
  extends Policy<Name, Record<never, never>, TraceNeeds, Trace> {
  /** Whether a file that begins so is of this format; absent: only where its name is given. */
  isOf?(first: FirstRow): boolean;
  /** Whether columns have no fixed names, so that a configuration may name them. */
  readonly hasFreeColumns?: boolean;
}
