/** What an instance draws in the states in which it does not compute. */
export interface StatePower {
  /** Its GPUs while it starts, wakes or is ready without a step, and as a pool's member, watts. */
  readonly idleWatts: number;
  /** The share of its machines that goes with its GPUs as long as it has them, watts. */
  readonly hostWatts: number;
  /** Host memory in which it sleeps, watts per byte. */
  readonly asleepWattsPerByte: number;
}

/** GPUs of machines that no instance has. */
export interface FreeGpus {
  /** GPUs of the machine. */
  readonly gpus: number;
  /** A GPU without a process on it, and its share of the machine, watts. */
  readonly wattsPerGpu: number;
}
