import { InvariantError } from "../sim/invariant_error.ts";
import { InstanceState } from "../serverless/lifecycle.ts";
import type { Fleet } from "./fleet/fleet.ts";
import type { Instance } from "./fleet/instance.ts";
import type { FunctionState } from "./functions/function_state.ts";
import type { OccupiedFunctions } from "./functions/occupied_functions.ts";
import type { Gateway } from "./gateway/gateway.ts";

/** What is counted anew of a function's instances, and how many they are: places of a recount. */
const STARTING = 0, DRAINING = 1, READY = 2, IN_FLIGHT = 3, INSTANCES = 4, COUNTS = 5;

/** What the instances of each function come to, all zero between two looks. */
const recounts = new WeakMap<Fleet, Int32Array>();

function recountOf(fleet: Fleet): Int32Array {
  let counts = recounts.get(fleet);
  if (counts === undefined) {
    recounts.set(fleet, counts = new Int32Array(COUNTS * fleet.functions.length));
  }
  return counts;
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
  const recount = recountOf(fleet);
  let instances = 0;
  for (const instance of isLast ? fleet.alive : moving.list) {
    if (instance.state === InstanceState.stopped) continue;
    countInstance(fleet, instance, recount, now);
    instances++;
  }
  let inside = 0;
  for (const fn of occupied.list) {
    const at = COUNTS * fn.id;
    inside += fn.inFlight + fn.waiting.size;
    checkFunction(fn, recount, isLast ? 0 : moving.restingOf[fn.id], now);
    if (fn.waiting.queued > 0) checkRoom(fn, fleet, now);
    instances -= recount[at + INSTANCES];
    recount.fill(0, at, at + COUNTS);
  }
  if (instances > 0) {
    const other = recount.findIndex((count, place) => place % COUNTS === INSTANCES && count > 0);
    throw new InvariantError("an instance of a function that counts none", {
      atSeconds: now,
      functionName: fleet.functions[Math.floor(other / COUNTS)].parts.name,
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
  fleet: Fleet,
  instance: Instance,
  recount: Int32Array,
  now: number,
): void {
  const { id, functionId, state, engine } = instance;
  const requests = fleet.outstanding[id];
  if (fleet.moving.rests(id) && (state !== InstanceState.idle || requests > 0)) {
    throw broken("an instance rests that is not idle", fleet, instance, now);
  }
  if (requests < 0) throw broken("requests in an instance below zero", fleet, instance, now);
  if (requests !== engine.ledger.outstanding) {
    throw broken("an instance's requests are not its engine's", fleet, instance, now);
  }
  const used = engine.readings.usedBlocks(now);
  if (!(used >= 0 && used <= engine.readings.kvBlocks)) {
    const words = `${used} KV blocks in use of ${engine.readings.kvBlocks}`;
    throw broken(words, fleet, instance, now);
  }
  if (requests === 0 && used > 0 && engine.detached === 0) {
    throw broken(`${used} KV blocks in use by nobody`, fleet, instance, now);
  }
  const at = COUNTS * functionId;
  recount[at + IN_FLIGHT] += requests;
  recount[at + INSTANCES]++;
  if (state === InstanceState.starting) recount[at + STARTING]++;
  else if (state === InstanceState.draining) recount[at + DRAINING]++;
  else recount[at + READY]++;
}

function broken(
  words: string,
  { functions }: Fleet,
  { id, functionId }: Instance,
  now: number,
): InvariantError {
  return new InvariantError(words, {
    atSeconds: now,
    functionName: functions[functionId].parts.name,
    instanceId: id,
  });
}

/** A function's counters are what its instances come to, those included that rest. */
function checkFunction(
  fn: FunctionState,
  recount: Int32Array,
  resting: number,
  now: number,
): void {
  const at = COUNTS * fn.id;
  const same = fn.inFlight === recount[at + IN_FLIGHT] && fn.starting === recount[at + STARTING] &&
    fn.draining === recount[at + DRAINING] && fn.ready.count === recount[at + READY] + resting;
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
