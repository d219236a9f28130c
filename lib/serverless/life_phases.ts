import type { InstanceLife, PoolMemberLife } from "./lifecycle.ts";

/** Phases of instances and of pools' members, in the order of a life. */
export const LIFE_PHASES = [
  "warming",
  "pooled",
  "starting",
  "waking",
  "ready",
  "draining",
  "asleep",
] as const;
/**
 * A member of a pool is "warming" until it is ready, then "pooled"; an instance is "starting" (or
 * "waking", when it is made of a sleeping one), "ready" (idle or busy), "draining" and "asleep".
 */
export type LifePhase = (typeof LIFE_PHASES)[number];

/** A phase of a life. */
export interface PhaseSpan {
  /** Which one. */
  readonly phase: LifePhase;
  /** Its start, seconds. */
  readonly startAtSeconds: number;
  /** Its end, seconds. */
  readonly endAtSeconds: number;
}

/** End of an instance's service: its stop, or its going to sleep, seconds. */
export function servedUntilSeconds(life: InstanceLife): number {
  return life.asleepAtSeconds ?? life.stoppedAtSeconds;
}

/** Time in which an instance is ready or draining, seconds. */
export function upSeconds(life: InstanceLife): number {
  return Number.isNaN(life.readyAtSeconds) ? 0 : servedUntilSeconds(life) - life.readyAtSeconds;
}

/** Time in which an instance sleeps, seconds. */
export function asleepSeconds(life: InstanceLife): number {
  return life.stoppedAtSeconds - servedUntilSeconds(life);
}

/**
 * The phases of an instance's life, one after the other: they fill it from its creation to its stop.
 * Phases without any time are left out.
 *
 * @example
 * ```ts
 * import { lifePhases } from "./mod.ts";
 * const life = { instanceId: 0, functionId: 0, createdAtSeconds: 0, readyAtSeconds: 5,
 *   drainingAtSeconds: 60, asleepAtSeconds: 60, stoppedAtSeconds: 90 };
 * console.log(lifePhases(life).map(({ phase }) => phase).join(" ")); // starting ready asleep
 * ```
 */
export function lifePhases(life: InstanceLife): PhaseSpan[] {
  const served = servedUntilSeconds(life);
  const ready = Number.isNaN(life.readyAtSeconds) ? served : life.readyAtSeconds;
  // A start that is given up counts as a start until its end, not as draining.
  const draining = life.drainingAtSeconds >= ready ? life.drainingAtSeconds : served;
  const spans: PhaseSpan[] = [];
  add(spans, life.madeOf === "sleeper" ? "waking" : "starting", life.createdAtSeconds, ready);
  add(spans, "ready", ready, draining);
  add(spans, "draining", draining, served);
  add(spans, "asleep", served, life.stoppedAtSeconds);
  return spans;
}

/** The phases of the life of a pool's member, likewise. */
export function poolMemberPhases(member: PoolMemberLife): PhaseSpan[] {
  const { createdAtSeconds, readyAtSeconds, endAtSeconds } = member;
  const ready = Number.isNaN(readyAtSeconds) ? endAtSeconds : readyAtSeconds;
  const spans: PhaseSpan[] = [];
  add(spans, "warming", createdAtSeconds, ready);
  add(spans, "pooled", ready, endAtSeconds);
  return spans;
}

/** Adds a phase that takes time. */
function add(
  spans: PhaseSpan[],
  phase: LifePhase,
  startAtSeconds: number,
  endAtSeconds: number,
): void {
  if (endAtSeconds > startAtSeconds) spans.push({ phase, startAtSeconds, endAtSeconds });
}
