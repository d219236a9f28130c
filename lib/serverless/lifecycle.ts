import type { RankPlace } from "./cold_start/start_request.ts";

/** States of an instance. `ready` is idle or busy. */
export const InstanceState = {
  starting: 0,
  idle: 1,
  busy: 2,
  draining: 3,
  stopped: 4,
} as const;

/** Instants of one instance's life, seconds; NaN where it never got there. */
export interface InstanceLife {
  /** Number of the instance, in order of creation. */
  readonly instanceId: number;
  /** Function that it runs. */
  readonly functionId: number;
  /** Start of its life. */
  readonly createdAtSeconds: number;
  /** First instant at which it could take requests. */
  readonly readyAtSeconds: number;
  /** Decision to stop it. */
  readonly drainingAtSeconds: number;
  /** The end of the run for instances that were still up or asleep. */
  readonly stoppedAtSeconds: number;
  /** Instant from which it sleeps, until it stops or another is made of it; absent: it never did. */
  readonly asleepAtSeconds?: number;
  /** What it was made of: a sleeping instance that woke, or a pool's member; absent: from nothing. */
  readonly madeOf?: "sleeper" | "pool-member";
  /** Its GPUs; absent where machines are not told apart. */
  readonly ranks?: readonly RankPlace[];
  /** Zone of its spot capacity; absent: it was on demand. */
  readonly zone?: number;
}

/** Instants of the life of a pool's member, seconds; NaN where it never got there. */
export interface PoolMemberLife {
  /** Number of the member, below 0: the one that the stages of its start bear. */
  readonly memberId: number;
  /** Function of the instance that was made of it; the pool's first one while there is none. */
  readonly functionId: number;
  /** Instance that was made of it; -1 for none. */
  readonly instanceId: number;
  /** Start of its life. */
  readonly createdAtSeconds: number;
  /** First instant at which an instance could be made of it. */
  readonly readyAtSeconds: number;
  /** An instance was made of it, it was given up, or the run ended. */
  readonly endAtSeconds: number;
}
