/**
 * A report as one page that opens anywhere. Read report.ts first, then run_part.ts and page.ts; the
 * folder client holds the page's own program.
 *
 * @module
 */
export { isReport } from "./page.ts";
export { type ReportOptions, reportPage } from "./report.ts";
export type { RunFacts } from "./run_answer.ts";
