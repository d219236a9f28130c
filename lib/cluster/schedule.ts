import { EventQueue } from "../sim/event_queue.ts";
import type { EventKind } from "./events.ts";

/** The pending events of a run. */
export class Schedule extends EventQueue {
  /** Has an event happen at an instant, seconds; `a` and `b` are its operands. */
  at({ kind, priority }: EventKind, atSeconds: number, a = 0, b = 0): void {
    this.push(atSeconds, priority, kind, a, b);
  }
}
