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
  readonly instanceId: number;
  readonly functionId: number;
  readonly createdAtSeconds: number;
  readonly readyAtSeconds: number;
  readonly drainingAtSeconds: number;
  /** The end of the run for instances that were still up. */
  readonly stoppedAtSeconds: number;
}
