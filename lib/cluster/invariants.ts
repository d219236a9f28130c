import { InvariantError, type InvariantPlace } from "../sim/invariant_error.ts";
import { InstanceState } from "../serverless/lifecycle.ts";
import type { Fleet } from "./fleet/fleet.ts";
import type { Instance } from "./fleet/instance.ts";
import type { FunctionState } from "./functions/function_state.ts";
import type { OccupiedFunctions } from "./functions/occupied_functions.ts";
import type { Gateway } from "./gateway/gateway.ts";

/** What a function's instances come to, counted anew. */
interface Recount {
  starting: number;
  draining: number;
  ready: number;
  inFlight: number;
}

/**
 * The laws of conservation, looked at where a run pauses (samples and its end): what the functions
 * count is what their instances come to; requests that have arrived have ended, wait or are inside; no
 * instance has room while a request waits that it could serve; KV blocks stay within what there is.
 * The functions that have nothing are passed over, and instances that rest are counted; the look at the
 * end of the run is at all instances.
 *
 * @throws {InvariantError} That names the time, and function and instance as far as they matter.
 */
export function checkInvariants(
  fleet: Fleet,
  occupied: OccupiedFunctions,
  gateway: Gateway,
  now: number,
  isLast: boolean,
): void {
  const { moving } = fleet;
  const recounts = new Map<number, Recount>();
  for (const instance of isLast ? fleet.alive : moving.list) {
    const { functionId } = instance;
    if (instance.state === InstanceState.stopped) continue;
    let recount = recounts.get(functionId);
    if (recount === undefined) {
      recount = { starting: 0, draining: 0, ready: 0, inFlight: 0 };
      recounts.set(functionId, recount);
    }
    countInstance(fleet, instance, recount, now);
  }
  let inside = 0;
  for (const fn of occupied.list) {
    inside += fn.inFlight + fn.waiting.size;
    checkFunction(fn, recounts.get(fn.id), isLast ? 0 : moving.restingOf[fn.id], now);
    if (fn.waiting.queued > 0) checkRoom(fn, fleet, now);
    recounts.delete(fn.id);
  }
  for (const functionId of recounts.keys()) {
    throw new InvariantError("an instance of a function that counts none", {
      atSeconds: now,
      functionName: fleet.functions[functionId].parts.name,
    });
  }
  const { arrived, ended } = gateway.counts;
  if (arrived !== ended + inside) {
    throw new InvariantError(
      `${arrived} requests arrived, ${ended} ended, ${inside} are inside`,
      { atSeconds: now },
    );
  }
  occupied.forgetEmpty();
}

/** Adds an instance to what its function comes to. */
function countInstance(
  { functions, outstanding, moving }: Fleet,
  { id, functionId, state, engine }: Instance,
  recount: Recount,
  now: number,
): void {
  const place: InvariantPlace = {
    atSeconds: now,
    functionName: functions[functionId].parts.name,
    instanceId: id,
  };
  if (moving.rests(id) && (state !== InstanceState.idle || outstanding[id] > 0)) {
    throw new InvariantError("an instance rests that is not idle", place);
  }
  if (outstanding[id] < 0) throw new InvariantError("requests in an instance below zero", place);
  if (outstanding[id] !== engine.ledger.outstanding) {
    throw new InvariantError("an instance's requests are not its engine's", place);
  }
  const used = engine.readings.usedBlocks(now);
  if (!(used >= 0 && used <= engine.readings.kvBlocks)) {
    throw new InvariantError(`${used} KV blocks in use of ${engine.readings.kvBlocks}`, place);
  }
  if (engine.ledger.outstanding === 0 && used > 0) {
    throw new InvariantError(`${used} KV blocks in use by nobody`, place);
  }
  recount.inFlight += outstanding[id];
  if (state === InstanceState.starting) recount.starting++;
  else if (state === InstanceState.draining) recount.draining++;
  else recount.ready++;
}

const NOTHING: Recount = { starting: 0, draining: 0, ready: 0, inFlight: 0 };

/** A function's counters are what its instances come to, those included that rest. */
function checkFunction(
  fn: FunctionState,
  recount: Recount = NOTHING,
  resting: number,
  now: number,
): void {
  const same = fn.inFlight === recount.inFlight && fn.starting === recount.starting &&
    fn.draining === recount.draining && fn.ready.count === recount.ready + resting;
  if (same) return;
  throw new InvariantError("a function's counters are not its instances'", {
    atSeconds: now,
    functionName: fn.parts.name,
  });
}

/** Nobody waits beside an instance with room. */
function checkRoom({ parts, ready, waiting }: FunctionState, fleet: Fleet, now: number): void {
  for (const id of ready.ids.subarray(0, ready.count)) {
    if (fleet.outstanding[id] >= parts.concurrencyPerInstance) continue;
    throw new InvariantError("a request waits beside an instance with room", {
      atSeconds: now,
      functionName: parts.name,
      instanceId: id,
      request: waiting.any,
    });
  }
}
