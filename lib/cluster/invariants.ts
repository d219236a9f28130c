import { InvariantError } from "../sim/invariant_error.ts";
import { InstanceState } from "../serverless/lifecycle.ts";
import type { Fleet } from "./fleet/fleet.ts";
import type { Gateway } from "./gateway/gateway.ts";

/**
 * The laws of conservation, looked at where a run pauses (samples and its end): what the functions
 * count is what their instances come to; requests that have arrived have ended, wait or are inside; no
 * instance has room while a request waits that it could serve; KV blocks stay within what there is.
 *
 * @throws {InvariantError} That names the time, and function and instance as far as they matter.
 */
export function checkInvariants(fleet: Fleet, gateway: Gateway, now: number): void {
  const { functions, alive, outstanding } = fleet;
  const count = functions.length;
  const starting = new Int32Array(count);
  const draining = new Int32Array(count);
  const ready = new Int32Array(count);
  const inFlight = new Int32Array(count);
  const withRoom = new Int32Array(count).fill(-1);
  for (const { id, functionId, state, engine } of alive) {
    const { parts } = functions[functionId];
    const place = { atSeconds: now, functionName: parts.name, instanceId: id };
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
    inFlight[functionId] += outstanding[id];
    if (state === InstanceState.starting) starting[functionId]++;
    else if (state === InstanceState.draining) draining[functionId]++;
    else {
      ready[functionId]++;
      if (outstanding[id] < parts.concurrencyPerInstance) withRoom[functionId] = id;
    }
  }
  let inside = 0;
  for (const fn of functions) {
    const { id, waiting } = fn;
    inside += fn.inFlight + waiting.size;
    const place = { atSeconds: now, functionName: fn.parts.name };
    const same = fn.inFlight === inFlight[id] && fn.starting === starting[id] &&
      fn.draining === draining[id] && fn.ready.count === ready[id];
    if (!same) throw new InvariantError("a function's counters are not its instances'", place);
    if (waiting.queued > 0 && withRoom[id] >= 0) {
      throw new InvariantError("a request waits beside an instance with room", {
        ...place,
        instanceId: withRoom[id],
        request: waiting.any,
      });
    }
  }
  if (gateway.arrived !== gateway.ended + inside) {
    throw new InvariantError(
      `${gateway.arrived} requests arrived, ${gateway.ended} ended, ${inside} are inside`,
      { atSeconds: now },
    );
  }
}
