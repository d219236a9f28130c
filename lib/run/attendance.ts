import type { ReportProgress } from "../cluster/cluster_parts.ts";

/** Who attends a run: somebody who may stop it, somebody who is told how far it is. */
export interface Attendance {
  /** Stops the run when it is aborted. */
  readonly signal?: AbortSignal;
  /** Is told now and then how far the run is. */
  readonly onProgress?: ReportProgress;
  /** Called when the run is over, has failed or is stopped. */
  end?(): void;
}

/**
 * Who attends runs that name nobody themselves. One place in the whole program, since a notebook's
 * stop button is for whatever runs, whoever began it; nobody outside notebooks sets it.
 */
let attend: (() => Attendance) | undefined;

/** From now on whoever `begin` returns attends each run of {@link simulate} in this thread. */
export function attendRuns(begin: (() => Attendance) | undefined): void {
  attend = begin;
}

/** Who attends the run that begins. */
export function attendance(): Attendance {
  return attend?.() ?? {};
}
