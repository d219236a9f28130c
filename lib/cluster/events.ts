import type { FaultInjector } from "./faults/fault_injector.ts";
import type { FleetController } from "./fleet/fleet_controller.ts";
import type { Gateway } from "./gateway/gateway.ts";
import type { Handoffs } from "./handoff/handoffs.ts";
import type { KvTransfers } from "./handoff/kv_transfers.ts";
import type { Migrations } from "./handoff/migrations.ts";
import type { KvTiers } from "./kv_tiers/kv_tiers.ts";

/** What events are handled by. */
export interface EventHandlers {
  readonly gateway: Gateway;
  readonly controller: FleetController;
  /** Absent where nothing fails. */
  readonly faults: FaultInjector | undefined;
  /** Absent where no KV entries move. */
  readonly kvTransfers: KvTransfers | undefined;
  readonly handoffs: Handoffs | undefined;
  /** Absent where running requests stay where they are. */
  readonly migrations: Migrations | undefined;
  /** Absent where no function has cache tiers. */
  readonly tiers: KvTiers | undefined;
  /** Takes a sample of the time series, and plans the next. */
  sample(): void;
  /** The warm-up is over. */
  endWarmup(): void;
  /** A request has left an instance before its end; -1: none has. */
  leftEarly(instanceId: number): void;
  /** KV entries have left an instance, or a request to which some were to come. */
  entriesLeft(instanceId: number): void;
}

/** A kind of event that waits in the queue. */
export interface EventKind {
  /** What it is, in a few words. */
  readonly what: string;
  /** Place in {@link HANDLERS}. */
  readonly kind: number;
  /** Order among events of one instant, the lowest first; equal ones in the order they were planned. */
  readonly priority: number;
  /** Why there. */
  readonly why: string;
  /** What happens; `a` and `b` are the event's operands. */
  readonly handle: (handlers: EventHandlers, a: number, b: number) => void;
  /** Whether `a` is a request. */
  readonly isOfRequest?: true;
}

const timers = "after arrivals, which would have used the instance";
const hits = "after arrivals, which hit the instance";
const entries = "after arrivals, before timers: who has its entries in time is in time";
const evaluations = "sees the instant's arrivals and completions";

/** The events of the queue: the one place that says what comes when, why there, and what it does. */
export const EVENTS = {
  release: {
    what: "arrival released by the end of another request",
    kind: 0,
    priority: 0,
    why: "an arrival like the others, but known only now",
    handle: ({ gateway }, request) => gateway.releasedArrival(request),
    isOfRequest: true,
  },
  timeout: {
    what: "a wait at the gateway has lasted as long as it may",
    kind: 1,
    priority: 1,
    why: "after the chance to be served at the last instant",
    handle: ({ gateway }, request, ticket) => gateway.timeOut(request, ticket),
    isOfRequest: true,
  },
  keepAliveEnd: {
    what: "an instance has been idle as long as it is kept",
    kind: 2,
    priority: 2,
    why: timers,
    handle: ({ controller }, id, generation) => controller.endKeepAlive(id, generation),
  },
  prewarm: {
    what: "an instance is to start ahead of the next request",
    kind: 3,
    priority: 2,
    why: timers,
    handle: ({ controller }, functionId, arrivals) => controller.prewarm(functionId, arrivals),
  },
  sleepEnd: {
    what: "an instance has slept as long as it may",
    kind: 4,
    priority: 2,
    why: timers,
    handle: ({ controller }, id) => controller.endSleep(id),
  },
  faultNotice: {
    what: "a machine or instance is known to go",
    kind: 5,
    priority: 2,
    why: hits,
    handle: ({ faults }, unit, code) => faults!.giveNotice(unit, code),
  },
  fault: {
    what: "a machine or instance is gone",
    kind: 6,
    priority: 2,
    why: hits,
    handle: ({ faults }, unit, code) => faults!.strike(unit, code),
  },
  repair: {
    what: "a machine is there again",
    kind: 7,
    priority: 2,
    why: hits,
    handle: ({ faults }, node) => faults!.repair(node),
  },
  retryStart: {
    what: "a failed start is tried again",
    kind: 8,
    priority: 2,
    why: hits,
    handle: ({ faults }, functionId) => faults!.retryStart(functionId),
  },
  scaling: {
    what: "a scaling policy is asked",
    kind: 9,
    priority: 3,
    why: evaluations,
    handle: ({ controller, gateway }, functionId, plan) => {
      controller.evaluate(functionId, plan);
      gateway.scalingDecided(functionId);
    },
  },
  poolSize: {
    what: "the size of a pre-warmed pool is decided",
    kind: 10,
    priority: 3,
    why: evaluations,
    handle: ({ controller }, pool) => controller.resizePool(pool),
  },
  actuation: {
    what: "a scaling decision takes effect that was delayed",
    kind: 11,
    priority: 4,
    why: "after the evaluations of the same instant",
    handle: ({ controller, gateway }, functionId) => {
      controller.actuate(functionId);
      gateway.scalingDecided(functionId);
    },
  },
  sample: {
    what: "sample of the time series",
    kind: 12,
    priority: 5,
    why: "sees the instant as a whole",
    handle: (handlers) => handlers.sample(),
  },
  warmup: {
    what: "end of the warm-up",
    kind: 13,
    priority: 6,
    why: "steps that end with it belong to it",
    handle: (handlers) => handlers.endWarmup(),
  },
  executionLimit: {
    what: "a request has been in an instance as long as it may",
    kind: 14,
    priority: 1,
    why: "after the step that may complete it",
    handle: (handlers, request, stay) =>
      handlers.leftEarly(handlers.gateway.early!.executionEnds(request, stay)),
    isOfRequest: true,
  },
  clientDeadline: {
    what: "a client has waited as long as it will",
    kind: 15,
    priority: 1,
    why: "after the step that may complete its request",
    handle: (handlers, request) =>
      handlers.leftEarly(handlers.gateway.early!.clientGivesUp(request)),
    isOfRequest: true,
  },
  drainLimit: {
    what: "an instance has drained as long as it may",
    kind: 16,
    priority: 2,
    why: hits,
    handle: ({ gateway }, id) => gateway.endDrain(id),
  },
  kvPull: {
    what: "an engine has KV blocks for entries to come",
    kind: 17,
    priority: 0,
    why: "they are sent at once",
    handle: ({ handoffs }, request, tokens) => handoffs!.pull(request, tokens),
    isOfRequest: true,
  },
  kvFlow: {
    what: "the set-up of a transfer of KV entries is over",
    kind: 18,
    priority: 0,
    why: entries,
    handle: ({ kvTransfers }, transfer) => kvTransfers!.flow(transfer),
  },
  kvArrival: {
    what: "the last KV entry of a transfer arrives",
    kind: 19,
    priority: 0,
    why: entries,
    handle: ({ kvTransfers }, transfer) => kvTransfers!.arrive(transfer),
  },
  kvLeft: {
    what: "KV entries have left an instance, which may have nothing left",
    kind: 20,
    priority: 0,
    why: "at once, after what the entries bring where they go",
    handle: (handlers, id) => handlers.entriesLeft(id),
  },
  tierFlow: {
    what: "the set-up of a move of KV blocks, between an engine and cache tiers, is over",
    kind: 21,
    priority: 0,
    why: entries,
    handle: ({ tiers }, move) => tiers!.flow(move),
  },
  tierArrival: {
    what: "the last KV block of a move arrives",
    kind: 22,
    priority: 0,
    why: entries,
    handle: ({ tiers }, move) => tiers!.arrive(move),
  },
  reschedule: {
    what: "it is decided which running requests move",
    kind: 23,
    priority: 4,
    why: "after the scaling of the same instant, which tells instances to stop",
    handle: ({ migrations, gateway }, functionId) => migrations!.decide(functionId, gateway),
  },
  migrationStage: {
    what: "a stage of a migration by tokens is over",
    kind: 24,
    priority: 0,
    why: entries,
    handle: ({ migrations }, request, from) => migrations!.stageEnds(request, from),
    isOfRequest: true,
  },
  migrationLeave: {
    what: "a request moves out of an instance without a step in progress",
    kind: 25,
    priority: 0,
    why: "at once, since no step ends after which it could",
    handle: (handlers, request, from) => {
      if (handlers.migrations!.leaveNow(request, from, handlers.gateway)) {
        handlers.entriesLeft(from);
      }
    },
    isOfRequest: true,
  },
} as const satisfies Record<string, EventKind>;

/** Handlers by kind. */
export const HANDLERS: readonly EventKind["handle"][] = Object.values(EVENTS)
  .toSorted((one, other) => one.kind - other.kind)
  .map(({ handle }) => handle);

/** Kinds, by number, whose events may bring about others of their kind without end. */
export const MAY_REPEAT: readonly boolean[] = Object.values(EVENTS)
  .toSorted((one, other) => one.kind - other.kind)
  .map(({ why }) => why === timers || why === hits);

/** Kinds, by number, whose events name a request. */
export const OF_REQUEST: readonly boolean[] = Object.values<EventKind>(EVENTS)
  .toSorted((one, other) => one.kind - other.kind)
  .map(({ isOfRequest }) => isOfRequest === true);

/** All that can coincide, in its order: what it is, and why it stands there. */
export const INSTANT_ORDER: readonly Pick<EventKind, "what" | "why">[] = [
  {
    what: "end of a step, by instance",
    why: "what it frees is there for whoever comes at the same instant",
  },
  { what: "an instance becomes ready", why: "likewise" },
  {
    what: "arrival from the workload, by request",
    why: "before timers: who arrives in time is in time",
  },
  ...Object.values(EVENTS).toSorted((one, other) => one.priority - other.priority),
  {
    what: "engines without a step in progress form one, by instance",
    why: "so that a request that comes as a step ends can be in the next one",
  },
];
