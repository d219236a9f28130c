import type { WaitingQueue } from "../scheduling/batching/waiting_queue.ts";
import type { Sequences } from "./sequences.ts";

/** Slot of the running sequence that the queue order serves last; the one admitted last under `fcfs`. */
export function victimOf(
  { request, previous, last }: Sequences,
  queue: WaitingQueue,
): number {
  if (queue.isFirstComeFirstServed) return last;
  let victim = last;
  for (let slot = previous[last]; slot >= 0; slot = previous[slot]) {
    if (queue.isBefore(request[victim], request[slot])) victim = slot;
  }
  return victim;
}
