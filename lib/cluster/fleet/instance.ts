import type { Engine } from "../../engine/engine.ts";
import type { RankPlace } from "../../serverless/cold_start/start_request.ts";
import { type InstanceLife, InstanceState } from "../../serverless/lifecycle.ts";

/** One instance, past or present, as everybody may read it. The fleet alone writes it. */
export interface Instance {
  /** Number, in order of creation; never used again. */
  readonly id: number;
  readonly functionId: number;
  /** Its engine; gone with it when it stops, see `Fleet.books`. */
  readonly engine: Engine;
  /** One of `InstanceState`. */
  readonly state: number;
  readonly createdAtSeconds: number;
  /** Instants, seconds; NaN where the instance never got there. */
  readonly readyAtSeconds: number;
  readonly drainingAtSeconds: number;
  readonly stoppedAtSeconds: number;
  /** Instant since which it is idle, seconds. */
  readonly idleSinceSeconds: number;
  /** Seconds of the idle times that are over. */
  readonly idleSeconds: number;
  /** Counts its idle times, so that the timer of an earlier one is known to be out of date. */
  readonly idleGeneration: number;
  /** Its GPUs; empty where machines are not told apart. */
  readonly ranks: readonly RankPlace[];
  /** What it was made of; absent: of nothing. */
  readonly madeOf: InstanceLife["madeOf"];
  /** Zone of its spot capacity; -1: it is on demand. */
  readonly zone: number;
}

/** One as the fleet has it. */
export type WritableInstance = { -readonly [K in keyof Instance]: Instance[K] };

/** What an instance begins with; the rest is its life. */
export type InstanceBegin = Pick<
  Instance,
  "id" | "functionId" | "engine" | "createdAtSeconds" | "ranks" | "madeOf" | "zone"
>;

/** An instance that begins to start. */
export function newInstance(
  { id, functionId, engine, createdAtSeconds, ranks, madeOf, zone }: InstanceBegin,
): WritableInstance {
  return {
    id,
    functionId,
    engine,
    state: InstanceState.starting,
    createdAtSeconds,
    readyAtSeconds: NaN,
    drainingAtSeconds: NaN,
    stoppedAtSeconds: NaN,
    idleSinceSeconds: NaN,
    idleSeconds: 0,
    idleGeneration: 0,
    ranks,
    madeOf,
    zone,
  };
}

/** Why an instance ends. */
export type EndReason =
  /** Scaling, a keep-alive timer or a notice takes it away, and nobody is served by it. */
  | "retired"
  /** It had been told to stop and its last request has ended. */
  | "drained"
  /** It had been told to stop, and drained as long as it might. */
  | "drain-limit"
  /** Its machine, or itself, has failed. */
  | "lost"
  /** Its start was over and had failed. */
  | "start-failed";
