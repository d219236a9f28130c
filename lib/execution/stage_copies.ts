/** Copies between pipeline stages that go over the network, since the stages are on several machines. */
export interface StageNetwork {
  /** Copies over the network in a pass, 0..stages - 1. */
  readonly copies: number;
  /** From the GPUs of one stage to those of the next, one direction, bytes per second. */
  readonly bytesPerSecond: number;
}

/**
 * Latency of a message over the network beyond that of one inside a machine, seconds.
 *
 * @source NCCL 2.27, src/graph/tuning.cc, latencies of a ring's step: 14.0 us over the network, 3.4 us
 *   over NVLink
 */
const NETWORK_SECONDS = 14e-6 - 3.4e-6;

/**
 * Seconds of all copies between the pipeline stages in a pass, by the bytes of one copy.
 *
 * @param stages Pipeline stages, >= 1.
 * @param inMachine Seconds of one copy inside a machine, by its bytes; of 0 bytes the latency alone.
 * @param network Absent: all stages are on one machine.
 */
export function stageCopies(
  stages: number,
  inMachine: (bytes: number) => number,
  network?: StageNetwork,
): (bytes: number) => number {
  const { copies = 0, bytesPerSecond = Infinity } = network ?? {};
  if (!(Number.isInteger(copies) && copies >= 0 && copies < stages) || !(bytesPerSecond > 0)) {
    throw new RangeError(
      `Cannot use a network between ${stages} pipeline stages as one with fewer copies than stages ` +
        `at a rate > 0: current value is ${copies} copies at ${bytesPerSecond} bytes/s`,
    );
  }
  // What comes in parts by several cards still passes the links of the machine.
  const overNetwork = (bytes: number) =>
    NETWORK_SECONDS + Math.max(inMachine(bytes), inMachine(0) + bytes / bytesPerSecond);
  return (bytes) =>
    (stages - 1 - copies) * inMachine(bytes) + (copies > 0 ? copies * overNetwork(bytes) : 0);
}
