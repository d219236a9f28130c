import { InstanceState } from "../../serverless/lifecycle.ts";
import type { FunctionState } from "../functions/function_state.ts";
import type { Instance } from "./instance.ts";

/**
 * The instance of a function to retire first: the youngest one that is starting for nobody in
 * particular, else the ready one with the fewest requests, the youngest of equals. -1 when there is
 * none.
 *
 * @param alive Instances that are not stopped, ascending ids.
 * @param outstanding Requests by instance.
 */
export function retirementCandidate(
  { id: functionId, starting, waiting, ready }: FunctionState,
  alive: readonly Instance[],
  outstanding: Int32Array,
): number {
  for (let i = alive.length - 1; starting > 0 && i >= 0; i--) {
    const { id, functionId: of, state } = alive[i];
    if (of !== functionId || state !== InstanceState.starting) continue;
    if (!waiting.isReserved(id)) return id;
  }
  let best = -1;
  for (let i = ready.count - 1; i >= 0; i--) {
    const id = ready.ids[i];
    if (best < 0 || outstanding[id] < outstanding[best]) best = id;
  }
  return best;
}
