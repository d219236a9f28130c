import type { Clock } from "../../engine/clock.ts";
import type { RunColumns } from "../../engine/engine_parts.ts";
import type { MigrationRecord } from "../../metrics/migration_record.ts";
import { GapSketch } from "../../stats/gap_sketch.ts";
import { freeness } from "../../scheduling/rescheduling/freeness.ts";
import type { MovableLoad } from "../../scheduling/rescheduling/policy.ts";
import { nextMultiple } from "../../serverless/scaling/policy.ts";
import { InstanceState } from "../../serverless/lifecycle.ts";
import type { EngineSteps } from "../engine_steps.ts";
import { InvariantError } from "../../sim/invariant_error.ts";
import { EVENTS } from "../events.ts";
import type { Fleet } from "../fleet/fleet.ts";
import type { Instance } from "../fleet/instance.ts";
import type { FunctionState } from "../functions/function_state.ts";
import type { Schedule } from "../schedule.ts";
import type { Handoffs } from "./handoffs.ts";
import type { KvReceiver, KvTransfer, KvTransfers } from "./kv_transfers.ts";
import type { MigrationParts } from "./migration_parts.ts";

/** What migrations work with. */
export interface MigrationDependencies {
  readonly parts: MigrationParts;
  readonly run: RunColumns;
  readonly clock: Clock;
  readonly schedule: Schedule;
  readonly fleet: Fleet;
  readonly steps: EngineSteps;
  readonly transfers: KvTransfers;
  readonly handoffs: Handoffs;
}

/** A request on its way to another instance, while it still runs where it was. */
interface Migration {
  readonly request: number;
  readonly from: number;
  readonly to: number;
  /** Stages begun. */
  stages: number;
  /** Leading tokens whose entries are there already, and those that are being sent. */
  sentTokens: number;
  sendingTokens: number;
  /** Transfer of the stage in progress; -1 where there is none. */
  transfer: number;
  /** Whether the request is to leave at the end of the step in progress. */
  leaves: boolean;
  /** Whether it has left, so that what follows is the handoff's business. */
  hasLeft: boolean;
}

/** Takes a request that has left an instance to another one. */
export interface MigrationGateway {
  /** The request goes on in an instance: its entries, or what is left of them, are sent for. */
  goesOnIn(instanceId: number, request: number): void;
  /** The request finds an instance by itself, or waits. */
  reroute(request: number): void;
}

/** Frees instances that are to stop from their requests, whatever the policy. */
const EMPTIES = freeness({ threshold: Number.MIN_VALUE, headroomBlocks: 0 });

/**
 * Running requests that move from one instance of a function to another. While a request is copied it
 * runs on where it is; only when it leaves, between two steps, is it a handoff like others. An instance
 * takes part in one migration at a time.
 */
export class Migrations implements KvReceiver {
  readonly #parts: MigrationParts;
  readonly #run: RunColumns;
  readonly #clock: Clock;
  readonly #schedule: Schedule;
  readonly #fleet: Fleet;
  readonly #steps: EngineSteps;
  readonly #transfers: KvTransfers;
  readonly #handoffs: Handoffs;
  /** By either instance. */
  readonly #under = new Map<number, Migration>();
  /** Functions whose next decision is planned. */
  readonly #awake = new Set<number>();
  /** Instances that had gone by the last look. */
  #gone = 0;
  #begun = 0;
  #moved = 0;
  #aborted = 0;
  readonly #downtimes = new GapSketch();

  constructor(deps: MigrationDependencies) {
    this.#parts = deps.parts;
    this.#run = deps.run;
    this.#clock = deps.clock;
    this.#schedule = deps.schedule;
    this.#fleet = deps.fleet;
    this.#steps = deps.steps;
    this.#transfers = deps.transfers;
    this.#handoffs = deps.handoffs;
  }

  /** What has come of them so far. */
  get record(): MigrationRecord {
    return {
      begun: this.#begun,
      moved: this.#moved,
      aborted: this.#aborted,
      downtimes: this.#downtimes,
    };
  }

  /** Something may move that could not before: the next decision on the function is planned. */
  wake({ id }: FunctionState): void {
    if (this.#awake.has(id)) return;
    this.#awake.add(id);
    const atSeconds = nextMultiple(this.#clock.now, this.#parts.periodSeconds);
    this.#schedule.at(EVENTS.reschedule, atSeconds, id);
  }

  /** Decides which of a function's requests move. */
  decide(functionId: number, gateway: MigrationGateway): void {
    const fn = this.#fleet.functions[functionId];
    this.#awake.delete(functionId);
    this.#forgetArrived();
    const move = (source: number, target: number) => this.#begin(source, target);
    this.#parts.policies[functionId].decide(this.#loads(fn), move);
    if (this.#parts.drains && fn.draining > 0) this.#drain(fn, gateway);
    if (fn.inFlight > 0) this.wake(fn);
  }

  /** Empties the instances that are to stop: who waits there leaves, who runs moves. */
  #drain(fn: FunctionState, gateway: MigrationGateway): void {
    const loads = this.#loads(fn);
    for (const { id, isLeaving, waiting } of loads) {
      if (isLeaving && waiting > 0) this.#leaveQueue(this.#fleet.instances[id], gateway);
    }
    EMPTIES.decide(loads, (source, target) => {
      if (loads.find(({ id }) => id === source)!.isLeaving) this.#begin(source, target);
    });
  }

  /** Who waits in an instance for its first step goes elsewhere. */
  #leaveQueue({ id, engine }: Instance, gateway: MigrationGateway): void {
    const { columns } = this.#run;
    let count = 0;
    for (const request of engine.readings.queued()) {
      if (this.#handoffs.has(request) || !engine.withdraw(request)) continue;
      columns.instanceId[request] = -1;
      this.#fleet.leave(id, 1);
      gateway.reroute(request);
      count++;
    }
    if (count === 0) return;
    if (engine.endAtSeconds < Infinity) this.#steps.endChanges(this.#fleet.instances[id]);
    this.#schedule.at(EVENTS.kvLeft, this.#clock.now, id);
  }

  /** The function's instances that serve, ascending ids; those of others are passed over where some leave. */
  #serving(fn: FunctionState): readonly Instance[] {
    const { alive, instances } = this.#fleet;
    if (fn.draining === 0) {
      return Array.from(fn.ready.ids.subarray(0, fn.ready.count), (id) => instances[id]);
    }
    return alive.filter(({ functionId, state }) =>
      functionId === fn.id && state !== InstanceState.starting
    );
  }

  #loads(fn: FunctionState): MovableLoad[] {
    const { outstanding } = this.#fleet;
    const { urgentClasses } = this.#parts;
    const { now } = this.#clock;
    return this.#serving(fn).map(({ id, state, engine: { readings } }) => {
      const read = readings.movable(now, outstanding[id], (request) => this.#isUrgent(request));
      return {
        id,
        kvBlocks: readings.kvBlocks,
        freeBlocks: read.freeBlocks,
        running: read.running,
        waiting: read.waiting,
        firstWaitingBlocks: read.firstWaitingBlocks,
        lastBlocks: Math.ceil(read.lastTokens / fn.parts.engine.blockTokens),
        urgent: urgentClasses === undefined ? 0 : readings.count((one) => this.#isUrgent(one)),
        preempted: read.isPreempted ? 1 : 0,
        isLeaving: state === InstanceState.draining,
        isMoving: this.#under.has(id),
      };
    });
  }

  #isUrgent(request: number): boolean {
    return this.#parts.urgentClasses?.has(this.#run.columns.classId[request]) ?? false;
  }

  /** The request of the source that was admitted last moves; an urgent one only when it is alone. */
  #begin(source: number, target: number): void {
    const { engine } = this.#fleet.instances[source];
    const { now } = this.#clock;
    const inside = this.#fleet.outstanding[source];
    let read = engine.readings.movable(now, inside, (request) => this.#isUrgent(request));
    if (read.lastRequest < 0) read = engine.readings.movable(now, inside, () => false);
    if (read.lastRequest < 0) return;
    const migration: Migration = {
      request: read.lastRequest,
      from: source,
      to: target,
      stages: 0,
      sentTokens: 0,
      sendingTokens: 0,
      transfer: -1,
      leaves: false,
      hasLeft: false,
    };
    this.#under.set(source, migration);
    this.#under.set(target, migration);
    this.#begun++;
    const { method } = this.#parts;
    if (method === "live" || method === "tokens") this.#nextStage(migration);
    else this.#leaveAtBoundary(migration);
  }

  /** Begins a stage of a copy, or the last one, before which the request leaves. */
  #nextStage(migration: Migration): void {
    const tokens = this.#tokensOf(migration);
    if (tokens < 0 || !this.#hasRoom(migration, tokens)) return this.#abort(migration);
    const { maxStages, lastStageTokens, method } = this.#parts;
    const left = tokens - migration.sentTokens;
    const isLast = migration.stages > 0 &&
      (left <= lastStageTokens || migration.stages >= maxStages - 1);
    if (isLast) return this.#leaveAtBoundary(migration);
    migration.stages++;
    migration.sendingTokens = tokens;
    const { request, from, to, sentTokens } = migration;
    const { functionId } = this.#fleet.instances[from];
    if (method === "tokens") {
      const seconds = this.#parts.recomputeSeconds(functionId, sentTokens, tokens);
      this.#schedule.at(EVENTS.migrationStage, this.#clock.now + seconds, request, from);
    } else {
      const bytes = this.#parts.wireBytes(functionId, sentTokens, tokens);
      migration.transfer = this.#transfers.start(request, from, to, bytes, this);
    }
  }

  entriesArrive({ request, from }: KvTransfer): void {
    this.stageEnds(request, from);
  }

  /** What a stage has sent is there. */
  stageEnds(request: number, from: number): void {
    const migration = this.#under.get(from);
    if (migration?.request !== request || migration.leaves) return;
    migration.transfer = -1;
    migration.sentTokens = migration.sendingTokens;
    this.#nextStage(migration);
  }

  /** Tokens of a request whose entries are where it runs; -1 where it does not run any more. */
  #tokensOf({ request, from }: Migration): number {
    const source = this.#fleet.find(from);
    return source?.engine.readings.entriesOf(request, this.#clock.now) ?? -1;
  }

  /** Whether the target can take a request of so many tokens. */
  #hasRoom({ to }: Migration, tokens: number): boolean {
    const target = this.#fleet.find(to);
    if (target?.state !== InstanceState.idle && target?.state !== InstanceState.busy) return false;
    const { readings } = target.engine;
    const { blockTokens, maxSequences } = this.#fleet.functions[target.functionId].parts.engine;
    const freeBlocks = readings.kvBlocks - readings.usedBlocks(this.#clock.now);
    return freeBlocks > Math.ceil((tokens + 1) / blockTokens) && readings.running < maxSequences;
  }

  /** The request leaves with the end of the step in progress, or at once where there is none. */
  #leaveAtBoundary(migration: Migration): void {
    const { request, from } = migration;
    const source = this.#fleet.instances[from];
    migration.leaves = true;
    if (source.engine.endAtSeconds === Infinity) {
      this.#schedule.at(EVENTS.migrationLeave, this.#clock.now, request, from);
      return;
    }
    source.engine.limit(this.#clock.now);
    this.#steps.endChanges(source);
  }

  /** A request leaves that waited for no step; false when it cannot, or a step has begun meanwhile. */
  leaveNow(request: number, from: number, gateway: MigrationGateway): boolean {
    const migration = this.#under.get(from);
    if (migration?.request !== request || !migration.leaves || migration.hasLeft) return false;
    if (this.#fleet.instances[from].engine.endAtSeconds < Infinity) {
      this.#leaveAtBoundary(migration);
      return false;
    }
    return this.#leave(migration, gateway);
  }

  /** The step of an instance has ended: its request leaves that was to. Returns how many have left. */
  afterStep(id: number, gateway: MigrationGateway): number {
    if (this.#under.size === 0) return 0;
    const migration = this.#under.get(id);
    if (migration?.from !== id || !migration.leaves || migration.hasLeft) return 0;
    return this.#leave(migration, gateway) ? 1 : 0;
  }

  #leave(migration: Migration, gateway: MigrationGateway): boolean {
    const { request, from, to, sentTokens } = migration;
    const tokens = this.#tokensOf(migration);
    if (tokens < 0 || !this.#hasRoom(migration, tokens)) {
      this.#abort(migration);
      return false;
    }
    const source = this.#fleet.instances[from];
    const fn = this.#fleet.functions[source.functionId];
    fn.requestsChange();
    if (this.#parts.method === "recompute") {
      if (!source.engine.withdraw(request)) throw new RangeError("it runs between two steps");
      this.#fleet.leave(from, 1);
      this.#run.columns.instanceId[request] = -1;
      this.#run.latency?.leavesInstance(request, false);
      this.#forget(migration);
    } else {
      this.#handoffs.leave(request, source, {
        sentTokens,
        standstills: this.#downtimes,
        wireBytes: (first, until) => this.#bytes(fn.id, first, until),
        extraSeconds: this.#extraSeconds(fn.id, sentTokens, tokens),
      });
    }
    migration.hasLeft = true;
    this.#moved++;
    gateway.goesOnIn(to, request);
    return true;
  }

  #bytes(functionId: number, from: number, until: number): number {
    return this.#parts.method === "tokens" ? 0 : this.#parts.wireBytes(functionId, from, until);
  }

  #extraSeconds(functionId: number, from: number, until: number): number {
    return this.#parts.method === "tokens"
      ? this.#parts.recomputeSeconds(functionId, from, until)
      : 0;
  }

  #abort(migration: Migration): void {
    if (migration.transfer >= 0) this.#transfers.cancel(migration.transfer);
    this.#aborted++;
    this.#forget(migration);
  }

  #forget({ from, to }: Migration): void {
    this.#under.delete(from);
    this.#under.delete(to);
  }

  /** Those are over whose entries have arrived, or whose request has ended meanwhile. */
  #forgetArrived(): void {
    for (const migration of this.#under.values()) {
      if (migration.hasLeft && !this.#handoffs.has(migration.request)) this.#forget(migration);
    }
  }

  /** Gives up what was to move out of instances that are gone, or into them. */
  forgetLost(): void {
    const { instances, alive } = this.#fleet;
    const gone = instances.length - alive.length;
    if (gone === this.#gone) return;
    this.#gone = gone;
    for (const [id, migration] of this.#under) {
      if (this.#fleet.find(id) !== undefined) continue;
      if (migration.hasLeft) this.#forget(migration);
      else this.#abort(migration);
    }
  }

  /**
   * Looks at the law of conservation: each transfer of a copy belongs to a migration.
   *
   * @throws {InvariantError} If that is not so.
   */
  check(): void {
    let sending = 0;
    for (const [id, { from, transfer }] of this.#under) {
      if (id === from && transfer >= 0) sending++;
    }
    if (sending === this.#transfers.sizeOf(this)) return;
    const words = `${sending} of ${
      this.#transfers.sizeOf(this)
    } copies of KV entries are migrations`;
    throw new InvariantError(words, { atSeconds: this.#clock.now });
  }
}
