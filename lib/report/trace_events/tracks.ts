import type { TrackItem } from "./event_text.ts";

/** A row of the timeline. */
export interface Track {
  /** Numbers of its process and its own, which no other track has. */
  readonly pid: number;
  readonly tid: number;
  readonly name: string;
  /** What is on it, in any order. */
  readonly items: TrackItem[];
}

/** The process of counters of the whole run. */
export const RUN_PID = 1;
/** The process of the store and the registry. */
export const STORES_PID = 2;
/** The process of instances on no machine, and of pools' members that no instance was made of. */
export const INSTANCES_PID = 3;

/** The process of a machine. */
export function machinePid(node: number): number {
  return INSTANCES_PID + 1 + node;
}

/** Name of a process. */
export function processName(pid: number, hasMachines: boolean): string {
  if (pid === RUN_PID) return "run";
  if (pid === STORES_PID) return "stores";
  if (pid > INSTANCES_PID) return `machine ${pid - INSTANCES_PID - 1}`;
  return hasMachines ? "pools" : "instances";
}

/** Numbers of tracks, one after the other. */
export class TrackNumbers {
  #last = 0;

  /** The next one. */
  next(): number {
    return ++this.#last;
  }
}
