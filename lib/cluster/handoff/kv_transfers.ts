import type { Clock } from "../../engine/clock.ts";
import { InvariantError } from "../../sim/invariant_error.ts";
import { EVENTS } from "../events.ts";
import type { Fleet } from "../fleet/fleet.ts";
import type { Schedule } from "../schedule.ts";
import type { KvTransferParts } from "./kv_transfer_parts.ts";

/** Whoever has KV entries sent. */
export interface KvReceiver {
  /** All entries of a transfer are there. It is over, so that another may begin. */
  entriesArrive(transfer: KvTransfer, nowSeconds: number): void;
}

/** KV entries of a request on their way from one instance to another. */
export interface KvTransfer {
  /** Number of the transfer, in order of the beginnings; never used again. */
  readonly id: number;
  readonly request: number;
  /** Instances that send and receive. */
  readonly from: number;
  readonly to: number;
  /** Bytes on the wire. */
  readonly bytes: number;
  /** Beginning of its set-up, seconds. */
  readonly beginAtSeconds: number;
}

/** One under way. */
interface UnderWay extends KvTransfer {
  readonly receiver: KvReceiver;
  /** Number among the transfers of the network; -1 before its bytes flow, and after. */
  flow: number;
}

/** What has become of the KV entries that were sent. */
export interface KvTransferCounts {
  /** Transfers begun, ended and given up. */
  readonly begun: number;
  readonly arrived: number;
  readonly givenUp: number;
  /** Bytes of those. */
  readonly begunBytes: number;
  readonly arrivedBytes: number;
  readonly givenUpBytes: number;
}

/** Sums of bytes that were added in different orders differ by so much of themselves at most. */
const SAME_SUM = 1e-9;

/**
 * The KV entries on their way between instances, whoever has them sent: the one owner of these bytes
 * between the engine that lets them go and the one that they come to. A transfer takes its set-up time,
 * what its messages cost, and then the time that the links give its bytes, beside images and weights.
 * Its end is an event of the run.
 */
export class KvTransfers {
  readonly #parts: KvTransferParts;
  readonly #clock: Clock;
  readonly #schedule: Schedule;
  readonly #fleet: Fleet;
  readonly #underWay = new Map<number, UnderWay>();
  /** Those whose bytes flow, by their numbers in the network. */
  readonly #flowing = new Map<number, UnderWay>();
  readonly #counts = {
    begun: 0,
    arrived: 0,
    givenUp: 0,
    begunBytes: 0,
    arrivedBytes: 0,
    givenUpBytes: 0,
  };

  constructor(parts: KvTransferParts, clock: Clock, schedule: Schedule, fleet: Fleet) {
    this.#parts = parts;
    this.#clock = clock;
    this.#schedule = schedule;
    this.#fleet = fleet;
  }

  /** What has become of all so far. */
  get counts(): KvTransferCounts {
    return this.#counts;
  }

  /** Transfers under way. */
  get size(): number {
    return this.#underWay.size;
  }

  /** Transfers under way that somebody is told of. */
  sizeOf(receiver: KvReceiver): number {
    let count = 0;
    for (const one of this.#underWay.values()) if (one.receiver === receiver) count++;
    return count;
  }

  /**
   * Begins to send KV entries and returns the number of the transfer.
   *
   * @param bytes Bytes on the wire, finite, >= 0; without any, the entries are there at once.
   * @param then Is told of the end, unless the transfer is cancelled before.
   * @param extraSeconds Time before the first byte beyond the set-up and the messages, seconds, >= 0.
   * @throws {RangeError} If the bytes are not such a number.
   */
  start(
    request: number,
    from: number,
    to: number,
    bytes: number,
    then: KvReceiver,
    extraSeconds = 0,
  ): number {
    if (!(bytes >= 0) || bytes === Infinity) {
      throw new RangeError(`Cannot send KV entries as bytes >= 0: current value is ${bytes}`);
    }
    const { setupSeconds, messageBytes, messageSeconds } = this.#parts;
    const { now } = this.#clock;
    const id = this.#counts.begun++;
    this.#counts.begunBytes += bytes;
    const transfer = {
      id,
      request,
      from,
      to,
      bytes,
      beginAtSeconds: now,
      receiver: then,
      flow: -1,
    };
    this.#underWay.set(id, transfer);
    if (bytes === 0) this.#schedule.at(EVENTS.kvArrival, now + extraSeconds, id);
    else {
      const messages = Math.max(1, Math.ceil(bytes / messageBytes));
      const beforeSeconds = setupSeconds + messages * messageSeconds + extraSeconds;
      this.#schedule.at(EVENTS.kvFlow, now + beforeSeconds, id);
    }
    return id;
  }

  /** What comes before the first byte is over; nothing happens if the transfer was cancelled. */
  flow(id: number): void {
    const transfer = this.#underWay.get(id);
    if (transfer === undefined) return;
    const { efficiency } = this.#parts;
    const { now } = this.#clock;
    const { instances } = this.#fleet;
    const [from, to] = [instances[transfer.from], instances[transfer.to]];
    // What the software does not make use of is taken from the links all the same.
    const flow = this.#parts.start(from, to, transfer.bytes / efficiency, this.#ended, now);
    if (flow < 0) return this.#schedule.at(EVENTS.kvArrival, now, id);
    transfer.flow = flow;
    this.#flowing.set(flow, transfer);
    this.#fleet.transfersChange();
  }

  /** The last byte of a flow is there; what follows from it happens in its place among the events. */
  readonly #ended = (flow: number, nowSeconds: number): void => {
    const transfer = this.#flowing.get(flow)!;
    this.#flowing.delete(flow);
    transfer.flow = -1;
    this.#schedule.at(EVENTS.kvArrival, nowSeconds, transfer.id);
  };

  /** The entries of a transfer are there; nothing happens if it was cancelled. */
  arrive(id: number): void {
    const transfer = this.#underWay.get(id);
    if (transfer === undefined) return;
    this.#underWay.delete(id);
    this.#counts.arrived++;
    this.#counts.arrivedBytes += transfer.bytes;
    transfer.receiver.entriesArrive(transfer, this.#clock.now);
  }

  /** Gives a transfer up and returns it; undefined when it is over. */
  cancel(id: number): KvTransfer | undefined {
    const transfer = this.#underWay.get(id);
    if (transfer === undefined) return undefined;
    this.#underWay.delete(id);
    this.#counts.givenUp++;
    this.#counts.givenUpBytes += transfer.bytes;
    if (transfer.flow >= 0) {
      this.#flowing.delete(transfer.flow);
      this.#parts.cancel(transfer.flow, this.#clock.now);
      this.#fleet.transfersChange();
    }
    return transfer;
  }

  /**
   * Looks at the law of conservation: what was sent has arrived, was given up or is under way between
   * two instances that are there.
   *
   * @throws {InvariantError} If that is not so.
   */
  check(): void {
    const { begun, arrived, givenUp, begunBytes, arrivedBytes, givenUpBytes } = this.#counts;
    let bytes = arrivedBytes + givenUpBytes;
    for (const one of this.#underWay.values()) {
      bytes += one.bytes;
      for (const id of [one.from, one.to]) {
        if (this.#fleet.find(id) !== undefined) continue;
        this.#broken(`KV entries of request ${one.request} on their way from or to nowhere`, id);
      }
    }
    if (
      begun !== arrived + givenUp + this.size || Math.abs(bytes - begunBytes) > SAME_SUM * bytes
    ) {
      this.#broken(
        `${begunBytes} bytes of KV entries were sent, of which ${bytes} are accounted for`,
      );
    }
  }

  #broken(law: string, instanceId?: number): never {
    throw new InvariantError(law, { atSeconds: this.#clock.now, instanceId });
  }
}
