import type { ArrivalProcess } from "./arrival_process.ts";

/** Completes a process with `fill` by calling `next` again and again. */
export function withFill(process: Omit<ArrivalProcess, "fill">): ArrivalProcess {
  return {
    ...process,
    fill(target, stream, previousSeconds) {
      let at = previousSeconds;
      for (let i = 0; i < target.length; i++) target[i] = at = process.next(stream, at);
    },
  };
}
