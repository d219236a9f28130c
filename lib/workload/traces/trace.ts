import type { RequestTable } from "../request_table.ts";
import type { TimeUnit } from "./units.ts";

/** What to do with a call that has failed, one without output tokens. */
export type FailedRule = "drop" | "prefill-only";

/** What can be done with calls that have failed. */
export const FAILED_RULES: readonly FailedRule[] = ["drop", "prefill-only"];

/** What every reader takes beside the text. */
export interface TraceOptions {
  /** Name of the file, for messages; nothing is opened. */
  readonly fileName: string;
  /** Whether a malformed row is an error (default) or left out and counted. */
  readonly onBadRow?: "error" | "skip";
  /**
   * Unit of numeric instants. Default "auto": what the format or the column's name says; else a number
   * that is a date of this century in exactly one unit; else the user is asked.
   */
  readonly unit?: TimeUnit | "auto";
  /**
   * Rows without output tokens are left out ("drop"), or their prompts are processed and one token is
   * generated ("prefill-only"). Default: as the format says; where it says nothing they are malformed.
   */
  readonly failed?: FailedRule;
  /** Tokens per block of `hash_ids`, >= 1. Default: as the format says. */
  readonly blockTokens?: number;
  /** Characters that make a token where a trace holds texts and no lengths, > 0. Default 4. */
  readonly charactersPerToken?: number;
}

/** Requests of an interval that a trace describes by a law of its own. */
export interface ArrivalWindow {
  /** Start, seconds on the trace's clock. */
  readonly startSeconds: number;
  /** Length, seconds. */
  readonly seconds: number;
  /** Family of the gaps between arrivals. */
  readonly law: "gamma" | "weibull" | "exponential";
  /** Arrivals per second, > 0. */
  readonly ratePerSecond: number;
  /** Coefficient of variation of the gaps, > 0. */
  readonly variation: number;
}

/** A recorded workload. */
export interface Trace {
  /** The requests, sorted by arrival; rows of equal instants keep the order of the file. */
  readonly table: RequestTable;
  /** Name of the format that it was read as. */
  readonly format: string;
  /** Columns or keys that nothing reads, in the order of first appearance; absent: none. */
  readonly unread?: readonly string[];
  /** Malformed rows that were left out. */
  readonly skippedRows: number;
  /** Rows without output, which were left out or replayed by the rule for them. */
  readonly failedRows: number;
  /** Whether the file holds arrival instants. If not, all are 0 and the lengths alone mean something. */
  readonly hasArrivals: boolean;
  /** Whether it holds lengths. If not, all are 1 token and the arrivals alone mean something. */
  readonly hasLengths: boolean;
  /**
   * Whether instants count from the beginning of a run. If not, their zero means nothing to it: dates
   * and Unix times, which count from the earliest row already, and other clocks, which do not.
   */
  readonly countsFromRun: boolean;
  /** Unix time of the earliest row, seconds, where instants are such numbers. */
  readonly beginSeconds?: number;
  /** Arrivals are known to intervals of this length, seconds, and stand at their beginnings. */
  readonly binSeconds?: number;
  /** Arrivals are to be drawn in these windows, and the table is empty. */
  readonly windows?: readonly ArrivalWindow[];
  /** Whether its functions bear names that nobody gave them, such as hashes. */
  readonly hasAnonymousFunctions: boolean;
  /** Names of the functions, `functionId` being the index; in the order of first appearance. */
  readonly functionNames: readonly string[];
  /** Names of the service classes, `classId` being the index. */
  readonly classNames: readonly string[];
  /** Names of the tenants, `tenantId` being the index. */
  readonly tenantNames: readonly string[];
  /** What was assumed in reading it, a sentence each. */
  readonly notices: readonly string[];
}
