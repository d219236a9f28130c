import type { FaultInjector } from "./faults/fault_injector.ts";
import type { FleetController } from "./fleet/fleet_controller.ts";
import type { Gateway } from "./gateway/gateway.ts";

/** What events are handled by. */
export interface EventHandlers {
  readonly gateway: Gateway;
  readonly controller: FleetController;
  /** Absent where nothing fails. */
  readonly faults: FaultInjector | undefined;
  /** Takes a sample of the time series, and plans the next. */
  sample(): void;
  /** The warm-up is over. */
  endWarmup(): void;
}

/** A kind of event that waits in the queue. */
export interface EventKind {
  /** Place in {@link HANDLERS}. */
  readonly kind: number;
  /** Order among events of one instant, the lowest first; equal ones in the order they were planned. */
  readonly priority: number;
  /** Why there. */
  readonly why: string;
  /** What happens; `a` and `b` are the event's operands. */
  readonly handle: (handlers: EventHandlers, a: number, b: number) => void;
}

const timers = "after arrivals, which would have used the instance";
const hits = "after arrivals, which hit the instance";
const evaluations = "sees the instant's arrivals and completions";

/**
 * The events of the queue, and so the order of those that coincide. Before them come, at each instant:
 * the ends of steps by instance (what a step frees is there for whoever comes then), instances that
 * become ready (likewise), arrivals from the workload by request (before timers: who arrives in time
 * is in time). After them engines without a step in progress form one, by instance, so that a request
 * that arrives as a step ends can be in the very next one. Operands stand in brackets.
 */
export const EVENTS = {
  /** An arrival that a completion has released [request]. */
  release: {
    kind: 0,
    priority: 0,
    why: "an arrival like the others, but known only now",
    handle: ({ gateway }, request) => gateway.releasedArrival(request),
  },
  /** A wait has lasted as long as it may [request, ticket]. */
  timeout: {
    kind: 1,
    priority: 1,
    why: "after the chance to be served at the last instant",
    handle: ({ gateway }, request, ticket) => gateway.timeOut(request, ticket),
  },
  /** An instance has been idle as long as it is kept [instance, idle generation]. */
  keepAliveEnd: {
    kind: 2,
    priority: 2,
    why: timers,
    handle: ({ controller }, id, generation) => controller.endKeepAlive(id, generation),
  },
  /** An instance is to start ahead of the next request [function, arrivals when it was planned]. */
  prewarm: {
    kind: 3,
    priority: 2,
    why: timers,
    handle: ({ controller }, functionId, arrivals) => controller.prewarm(functionId, arrivals),
  },
  /** An instance has slept as long as it may [instance]. */
  sleepEnd: {
    kind: 4,
    priority: 2,
    why: timers,
    handle: ({ controller }, id) => controller.endSleep(id),
  },
  /** A machine or instance is known to go [unit, life and source]. */
  faultNotice: {
    kind: 5,
    priority: 2,
    why: hits,
    handle: ({ faults }, unit, code) => faults!.giveNotice(unit, code),
  },
  /** A machine or instance is gone [unit, life and source]. */
  fault: {
    kind: 6,
    priority: 2,
    why: hits,
    handle: ({ faults }, unit, code) => faults!.strike(unit, code),
  },
  /** A machine is there again [machine]. */
  repair: {
    kind: 7,
    priority: 2,
    why: hits,
    handle: ({ faults }, node) => faults!.repair(node),
  },
  /** A failed start is tried again [function]. */
  retryStart: {
    kind: 8,
    priority: 2,
    why: hits,
    handle: ({ faults }, functionId) => faults!.retryStart(functionId),
  },
  /** A scaling policy is asked [function]. */
  scaling: {
    kind: 9,
    priority: 3,
    why: evaluations,
    handle: ({ controller }, functionId) => controller.evaluate(functionId),
  },
  /** The size of a pre-warmed pool is decided [pool]. */
  poolSize: {
    kind: 10,
    priority: 3,
    why: evaluations,
    handle: ({ controller }, pool) => controller.resizePool(pool),
  },
  /** A scaling decision takes effect that was delayed [function, instances]. */
  actuation: {
    kind: 11,
    priority: 4,
    why: "after the evaluations of the same instant",
    handle: ({ controller }, functionId, desired) => controller.scaleTo(functionId, desired),
  },
  /** A sample of the time series. */
  sample: {
    kind: 12,
    priority: 5,
    why: "sees the instant as a whole",
    handle: (handlers) => handlers.sample(),
  },
  /** The end of the warm-up. */
  warmup: {
    kind: 13,
    priority: 6,
    why: "steps that end with it belong to it",
    handle: (handlers) => handlers.endWarmup(),
  },
} as const satisfies Record<string, EventKind>;

/** Handlers by kind. */
export const HANDLERS: readonly EventKind["handle"][] = Object.values(EVENTS)
  .toSorted((one, other) => one.kind - other.kind)
  .map(({ handle }) => handle);
