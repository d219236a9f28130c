import type { Clock } from "../../engine/clock.ts";
import type { Engine } from "../../engine/engine.ts";
import type { RunColumns } from "../../engine/engine_parts.ts";
import type { EntryPulls } from "../../engine/mod.ts";
import { GrowingColumns } from "../../metrics/columns/growing_columns.ts";
import { KV_TRANSFER_COLUMNS } from "../../metrics/columns/kv_transfer_columns.ts";
import { OUTCOME_CODE } from "../../metrics/recorder.ts";
import type { GapSketch } from "../../stats/gap_sketch.ts";
import type { KvTransferColumns } from "../../metrics/run_tables.ts";
import { InvariantError } from "../../sim/invariant_error.ts";
import { EVENTS } from "../events.ts";
import type { Fleet } from "../fleet/fleet.ts";
import type { Instance } from "../fleet/instance.ts";
import type { FunctionState } from "../functions/function_state.ts";
import type { EngineSteps } from "../engine_steps.ts";
import type { Schedule } from "../schedule.ts";
import type { HandoffParts } from "./kv_transfer_parts.ts";
import type { KvReceiver, KvTransfer, KvTransfers } from "./kv_transfers.ts";

/** Has the run's event table told of blocks that engines have taken for entries to come. */
export function pullsByEvent(schedule: Schedule, clock: Clock): EntryPulls {
  return {
    blocksTaken: (_, request, tokens) => schedule.at(EVENTS.kvPull, clock.now, request, tokens),
  };
}

const NONE: readonly number[] = [];

/** The function whose business a request is that has not ended: where it is, waits or is to be. */
export function functionOf(
  request: number,
  { columns }: RunColumns,
  { functions, instances }: Fleet,
  handoffs: Handoffs | undefined,
): FunctionState {
  const { functionId, instanceId } = columns;
  if (handoffs === undefined) return functions[functionId[request]];
  const { [request]: id } = instanceId;
  if (id >= 0) return functions[instances[id].functionId];
  return handoffs.functionOf(request) ?? functions[functionId[request]];
}

/** A request between its groups. */
interface Handoff {
  /** Instance that has its entries; its blocks stay taken until they are elsewhere. */
  readonly from: number;
  /** Tokens whose entries there are. */
  readonly tokens: number;
  /** Function that goes on with it. */
  readonly target: FunctionState;
  readonly wireBytes: HandoffParts["wireBytes"];
  /** End of the step that completed its prefill, or after which it left, seconds. */
  readonly sinceSeconds: number;
  /** Leading tokens whose entries were sent while the request still ran; default none. */
  readonly sentTokens?: number;
  /** Time before the entries flow beyond that of the set-up, seconds; default none. */
  readonly extraSeconds?: number;
  /** Where it is noted how long it stood still; absent: nobody asks. */
  readonly standstills?: GapSketch;
  /** Instance that it has been given to; -1 while it waits for one. */
  to: number;
  /** Transfer of its entries; -1 before there is one. */
  transfer: number;
}

/** How a request moves to another instance of its function. */
export type MoveParts = Pick<Handoff, "wireBytes" | "sentTokens" | "extraSeconds" | "standstills">;

/** What handoffs work with. */
export interface HandoffDependencies {
  readonly run: RunColumns;
  readonly clock: Clock;
  readonly schedule: Schedule;
  readonly fleet: Fleet;
  readonly steps: EngineSteps;
  readonly transfers: KvTransfers;
}

/**
 * The requests on their way from a group that prefills to one that decodes. From its first token until
 * its entries are in the other engine, a request keeps its blocks in the engine that computed them;
 * meanwhile it waits at the gateway or is inside the other engine, whose business it is in any case.
 */
export class Handoffs implements KvReceiver {
  readonly #run: RunColumns;
  readonly #clock: Clock;
  readonly #schedule: Schedule;
  readonly #fleet: Fleet;
  readonly #steps: EngineSteps;
  readonly #transfers: KvTransfers;
  readonly #handoffs = new Map<number, Handoff>();
  readonly #rows = new GrowingColumns(KV_TRANSFER_COLUMNS);

  constructor({ run, clock, schedule, fleet, steps, transfers }: HandoffDependencies) {
    this.#run = run;
    this.#clock = clock;
    this.#schedule = schedule;
    this.#fleet = fleet;
    this.#steps = steps;
    this.#transfers = transfers;
  }

  /** Whether a request is on its way. */
  has(request: number): boolean {
    return this.#handoffs.has(request);
  }

  /**
   * Takes the requests out of an engine that have their prompts computed by the step which has just
   * ended, and returns them; those that have left since stay out.
   */
  take({ id, engine, functionId }: Instance): readonly number[] {
    const { functions } = this.#fleet;
    const { outcome, instanceId } = this.#run.columns;
    const { handoff } = functions[functionId].parts;
    if (handoff === undefined || engine.ledger.prefilled.length === 0) return NONE;
    const { to, wireBytes } = handoff;
    const target = functions[to];
    const requests = engine.ledger.prefilled.filter((request) =>
      outcome[request] === OUTCOME_CODE.unfinished
    );
    if (requests.length === 0) return requests;
    functions[functionId].requestsChange();
    this.#fleet.leave(id, requests.length);
    for (const request of requests) {
      const tokens = engine.detach(request);
      instanceId[request] = -1;
      const handoff = { from: id, tokens, target, wireBytes, sinceSeconds: this.#clock.now };
      this.#handoffs.set(request, { ...handoff, to: -1, transfer: -1 });
    }
    return requests;
  }

  /**
   * Takes a running request out of an engine between two steps, to go on in another instance of its
   * function. Who it is given to, and when, is the caller's business.
   */
  leave(request: number, { id, engine, functionId }: Instance, how: MoveParts): void {
    this.#fleet.leave(id, 1);
    const tokens = engine.detach(request);
    this.#run.columns.instanceId[request] = -1;
    const target = this.#fleet.functions[functionId];
    const place = { from: id, tokens, target, to: -1, transfer: -1 };
    this.#handoffs.set(request, { ...how, ...place, sinceSeconds: this.#clock.now });
  }

  /** The function that goes on with a request on its way; undefined if it is not. */
  functionOf(request: number): FunctionState | undefined {
    return this.#handoffs.get(request)?.target;
  }

  /** A request on its way is given to an instance, which takes blocks for its entries when it can. */
  give(request: number, { id, engine }: Instance): void {
    const handoff = this.#handoffs.get(request)!;
    handoff.to = id;
    engine.expect(request, handoff.tokens);
  }

  /** There are blocks for the entries of a request beyond those of its first `tokens`: they are sent. */
  pull(request: number, tokens: number): void {
    const handoff = this.#handoffs.get(request);
    if (handoff === undefined || handoff.to < 0 || handoff.transfer >= 0) return;
    const { from, to, sentTokens = 0, extraSeconds } = handoff;
    const bytes = handoff.wireBytes(Math.max(tokens, sentTokens), handoff.tokens);
    handoff.transfer = this.#transfers.start(request, from, to, bytes, this, extraSeconds);
  }

  entriesArrive(transfer: KvTransfer, nowSeconds: number): void {
    const { request, to } = transfer;
    this.#note(transfer, nowSeconds);
    const { standstills, sinceSeconds } = this.#handoffs.get(request)!;
    standstills?.add(nowSeconds - sinceSeconds, 1);
    this.#release(request);
    this.#change(this.#fleet.instances[to], (engine) => engine.arrive(request));
  }

  /** A request has ended, or is to be computed anew: nobody needs its entries. */
  forget(request: number): void {
    const handoff = this.#handoffs.get(request);
    if (handoff === undefined) return;
    this.#giveUp(handoff);
    this.#release(request);
  }

  /** A request has lost the instance that was to go on with it; its entries are where they were. */
  losesTarget(request: number): void {
    const handoff = this.#handoffs.get(request)!;
    this.#giveUp(handoff);
    // What was sent before it left went to the one that is lost.
    this.#handoffs.set(request, { ...handoff, sentTokens: 0, to: -1, transfer: -1 });
  }

  /**
   * An instance is gone, and the entries that it kept with it. Adds the requests to `displaced` that
   * were to have them and are somewhere else: they leave where they are.
   */
  losesEntries(id: number, displaced: number[]): void {
    for (const [request, handoff] of this.#handoffs) {
      const { from, to, target } = handoff;
      if (from !== id) continue;
      this.#giveUp(handoff);
      this.#handoffs.delete(request);
      target.requestsChange();
      if (to < 0) target.waiting.remove(request);
      else {
        const instance = this.#fleet.find(to);
        // One that is lost as well has given its requests up by itself.
        if (instance === undefined) continue;
        this.#change(instance, (engine) => engine.withdraw(request));
        this.#fleet.leave(to, 1);
        this.#schedule.at(EVENTS.kvLeft, this.#clock.now, to);
      }
      displaced.push(request);
    }
  }

  /** The transfer of a request's entries ends before they are there, if there is one. */
  #giveUp({ transfer: id }: Handoff): void {
    if (id < 0) return;
    const transfer = this.#transfers.cancel(id);
    if (transfer !== undefined) this.#note(transfer, NaN);
  }

  #note({ request, from, to, bytes, beginAtSeconds }: KvTransfer, endAtSeconds: number): void {
    const { sinceSeconds } = this.#handoffs.get(request)!;
    this.#rows.add({
      request: this.#run.ids?.[request] ?? request,
      fromInstance: from,
      toInstance: to,
      bytes,
      queuedSeconds: beginAtSeconds - sinceSeconds,
      beginAtSeconds,
      seconds: endAtSeconds - beginAtSeconds,
      exposedSeconds: endAtSeconds - sinceSeconds,
    });
  }

  /** What was sent. */
  columns(): KvTransferColumns {
    const { count } = this.#rows;
    return { count, ...this.#rows.columns() } as unknown as KvTransferColumns;
  }

  /** The blocks of a request are free again that it kept where its entries were. */
  #release(request: number): void {
    const { from } = this.#handoffs.get(request)!;
    this.#handoffs.delete(request);
    this.#change(this.#fleet.instances[from], (engine) => engine.letGo(request));
    this.#schedule.at(EVENTS.kvLeft, this.#clock.now, from);
  }

  /** Does something between the steps of an engine, or during one, which may end earlier by it. */
  #change(instance: Instance, act: (engine: Engine) => void): void {
    const { engine, id } = instance;
    const endBefore = engine.endAtSeconds;
    act(engine);
    if (engine.needsPlan) this.#steps.formLater(id);
    else if (engine.endAtSeconds < endBefore) this.#steps.endChanges(instance);
  }

  /**
   * Looks at the law of conservation: the blocks that an engine keeps for requests which have left it
   * are those of the handoffs from it, and each transfer is one of them.
   *
   * @throws {InvariantError} If that is not so.
   */
  check(): void {
    const kept = new Map<number, number>();
    let sent = 0;
    for (const { from, transfer } of this.#handoffs.values()) {
      kept.set(from, (kept.get(from) ?? 0) + 1);
      if (transfer >= 0) sent++;
    }
    for (const { id, engine, functionId } of this.#fleet.alive) {
      const count = kept.get(id) ?? 0;
      kept.delete(id);
      if (count === engine.detached) continue;
      throw new InvariantError(
        `KV entries of ${count} requests are to be sent, those of ${engine.detached} are kept`,
        {
          atSeconds: this.#clock.now,
          functionName: this.#fleet.functions[functionId].parts.name,
          instanceId: id,
        },
      );
    }
    const underWay = this.#transfers.sizeOf(this);
    if (kept.size > 0 || sent !== underWay) {
      const words = `${underWay} transfers of KV entries are under way for ${sent} handoffs`;
      throw new InvariantError(words, { atSeconds: this.#clock.now });
    }
  }
}
