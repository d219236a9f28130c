import type { FunctionParts } from "./cluster_parts.ts";

/** The instances of one function. */
export class FunctionFleet {
  readonly parts: FunctionParts;
  /** Ready instances, ascending ids: what routing chooses from. */
  readyIds = new Int32Array(16);
  ready = 0;
  starting = 0;
  draining = 0;
  /** Instances that are wanted and wait for free GPUs. */
  pending = 0;
  /** Instances whose start has failed and is tried again later. */
  backingOff = 0;
  /** Requests inside instances. */
  inFlight = 0;
  /** Requests that wait for an instance of their own to start. */
  bound = 0;

  constructor(parts: FunctionParts) {
    this.parts = parts;
  }

  /** Instances that are there, on their way or waiting for GPUs, draining ones apart. */
  get size(): number {
    return this.ready + this.starting + this.pending + this.backingOff;
  }

  /** Puts a ready instance in its place. */
  addReady(instanceId: number): void {
    if (this.ready === this.readyIds.length) {
      const grown = new Int32Array(this.ready * 2);
      grown.set(this.readyIds);
      this.readyIds = grown;
    }
    let place = this.ready++;
    while (place > 0 && this.readyIds[place - 1] > instanceId) {
      this.readyIds[place] = this.readyIds[place - 1];
      place--;
    }
    this.readyIds[place] = instanceId;
  }

  /** Takes an instance out of routing. */
  removeReady(instanceId: number): void {
    const place = this.readyIds.subarray(0, this.ready).indexOf(instanceId);
    this.readyIds.copyWithin(place, place + 1, this.ready--);
  }
}
