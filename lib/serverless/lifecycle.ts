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
  /** The end of the run for instances that were still up. */
  readonly stoppedAtSeconds: number;
}
