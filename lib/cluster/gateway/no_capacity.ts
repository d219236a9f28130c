import { OUTCOME_CODE } from "../../metrics/recorder.ts";
import type { FunctionState } from "../functions/function_state.ts";

/** Whether a request that no instance can take starts one. */
export function willStart(fn: FunctionState, now: number): boolean {
  const { parts: { scaling }, size } = fn;
  if (size >= scaling.maxInstances || fn.closedUntilSeconds > now) return false;
  switch (scaling.activation) {
    case "each":
      return true;
    case "join":
      return !fn.hasRoomComing;
    case "first":
      return size === 0;
    case "none":
      return false;
  }
}

/**
 * Why a request that no instance can take may not wait, a code of the outcome column; 0 when it may.
 *
 * @param clientsGiveUp Whether every client ends its wait some time.
 */
export function waitRefusal(fn: FunctionState, now: number, clientsGiveUp: boolean): number {
  const { noCapacity, scaling } = fn.parts;
  const { activation } = scaling;
  const comes = activation === "join" && fn.hasRoomComing ||
    (activation === "each" || activation === "join") && willStart(fn, now);
  if (noCapacity.action === "reject" && !comes) return OUTCOME_CODE.rejected_no_instance;
  if (!clientsGiveUp && fn.isClosedForGood) return OUTCOME_CODE.rejected_closed;
  return fn.waiting.size >= noCapacity.limit ? OUTCOME_CODE.rejected_queue_full : 0;
}

/**
 * Whether every client gives up some time, so that no wait is for ever.
 *
 * @param patienceSeconds How long clients wait, by service class, seconds; none: for ever.
 */
export function allGiveUp(patienceSeconds: readonly number[]): boolean {
  return patienceSeconds.length > 0 && patienceSeconds.every((seconds) => seconds < Infinity);
}
