import { OUTCOME_CODE } from "../../metrics/recorder.ts";
import type { FunctionState } from "../functions/function_state.ts";

/** Whether a request that no instance can take starts one. */
export function willStart(fn: FunctionState): boolean {
  const { parts: { scaling }, size } = fn;
  if (size >= scaling.maxInstances) return false;
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

/** Why a request that no instance can take may not wait, a code of the outcome column; 0 when it may. */
export function waitRefusal(fn: FunctionState): number {
  const { noCapacity, scaling } = fn.parts;
  const { activation } = scaling;
  const comes = activation === "join" && fn.hasRoomComing ||
    (activation === "each" || activation === "join") && willStart(fn);
  if (noCapacity.action === "reject" && !comes) return OUTCOME_CODE.rejected_no_instance;
  return fn.waiting.size >= noCapacity.limit ? OUTCOME_CODE.rejected_queue_full : 0;
}
