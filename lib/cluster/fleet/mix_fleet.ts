import { InstanceState } from "../../serverless/lifecycle.ts";
import type { FunctionState } from "../functions/function_state.ts";
import type { Fleet } from "./fleet.ts";
import type { Instance } from "./instance.ts";

/**
 * Brings a function's spot and on-demand instances to what its policy's mix wants of them. A zone
 * without capacity refuses a spot instance; it is asked for again, there or elsewhere, at the next
 * decision.
 *
 * @param desired Instances that the policy wants and its limits allow.
 * @param start Brings an instance up, on spot capacity of a zone or on demand.
 */
export function mixFleet(
  fn: FunctionState,
  desired: number,
  fleet: Fleet,
  start: (zone?: number) => void = (zone) => fleet.start(fn.id, zone),
): void {
  const spot = fn.parts.scaling.decider!.spot!;
  const zones = fleet.zones!;
  const own = () =>
    fleet.alive.filter(({ functionId, state }) =>
      functionId === fn.id && state !== InstanceState.draining
    );
  const before = own();
  const wanted = spot.wanted(desired, readySpot(before));
  if (wanted === undefined) return;
  const used = before.flatMap(({ zone }) => zone >= 0 ? [zone] : []);
  // Who has been refused that often has been in all zones.
  let refusals = 2 * zones.capacity.length;
  for (let i = used.length; i < wanted.spot && refusals > 0; i++) {
    const zone = spot.nextZone(used, wanted.spot);
    if (zones.hasRoom(zone)) {
      start(zone);
      used.push(zone);
    } else {
      spot.lost(zone);
      refusals--;
    }
  }
  const now = own();
  const onDemand = now.filter(({ zone }) => zone < 0);
  // The first instances of a run are ready as they begin.
  const count = spot.wanted(desired, readySpot(now))!.onDemand;
  for (let i = onDemand.length; i < count; i++) start();
  letGo(now.filter(({ zone }) => zone >= 0), wanted.spot, fn, fleet);
  letGo(onDemand, count, fn, fleet);
}

function readySpot(instances: readonly Instance[]): number {
  return instances.filter(({ zone, state }) => zone >= 0 && state !== InstanceState.starting)
    .length;
}

/** Lets those go that are too many: first who is starting for nobody, then the youngest. */
function letGo(instances: readonly Instance[], count: number, fn: FunctionState, fleet: Fleet) {
  const isStarting = ({ state }: Instance) => state === InstanceState.starting;
  const order = [...instances].reverse().filter(({ id }) => !fn.waiting.isReserved(id))
    .sort((one, other) => Number(isStarting(other)) - Number(isStarting(one)));
  for (const { id } of order.slice(0, Math.max(0, instances.length - count))) fleet.release(id);
}
