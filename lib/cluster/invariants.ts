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
  /** An instance that could take a request; -1 for none. */
  withRoom: number;
}

/**
 * The laws of conservation, looked at where a run pauses (samples and its end): what the functions
 * count is what their instances come to; requests that have arrived have ended, wait or are inside; no
 * instance has room while a request waits that it could serve; KV blocks stay within what there is.
 * The functions that have nothing are passed over.
 *
 * @throws {InvariantError} That names the time, and function and instance as far as they matter.
 */
export function checkInvariants(
  fleet: Fleet,
  occupied: OccupiedFunctions,
  gateway: Gateway,
  now: number,
): void {
  const recounts = new Map<number, Recount>();
  for (const instance of fleet.alive) {
    const { functionId } = instance;
    let recount = recounts.get(functionId);
    if (recount === undefined) {
      recount = { starting: 0, draining: 0, ready: 0, inFlight: 0, withRoom: -1 };
      recounts.set(functionId, recount);
    }
    countInstance(fleet, instance, recount, now);
  }
  let inside = 0;
  for (const fn of occupied.list) {
    inside += fn.inFlight + fn.waiting.size;
    checkFunction(fn, recounts.get(fn.id), now);
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
  { functions, outstanding }: Fleet,
  { id, functionId, state, engine }: Instance,
  recount: Recount,
  now: number,
): void {
  const { parts } = functions[functionId];
  const place: InvariantPlace = { atSeconds: now, functionName: parts.name, instanceId: id };
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
  else {
    recount.ready++;
    if (outstanding[id] < parts.concurrencyPerInstance) recount.withRoom = id;
  }
}

const NOTHING: Recount = { starting: 0, draining: 0, ready: 0, inFlight: 0, withRoom: -1 };

/** A function's counters are what its instances come to; nobody waits beside one with room. */
function checkFunction(fn: FunctionState, recount: Recount = NOTHING, now: number): void {
  const { waiting } = fn;
  const place: InvariantPlace = { atSeconds: now, functionName: fn.parts.name };
  const same = fn.inFlight === recount.inFlight && fn.starting === recount.starting &&
    fn.draining === recount.draining && fn.ready.count === recount.ready;
  if (!same) throw new InvariantError("a function's counters are not its instances'", place);
  if (waiting.queued > 0 && recount.withRoom >= 0) {
    throw new InvariantError("a request waits beside an instance with room", {
      ...place,
      instanceId: recount.withRoom,
      request: waiting.any,
    });
  }
}
