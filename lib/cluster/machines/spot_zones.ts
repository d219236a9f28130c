import { InvariantError } from "../../sim/invariant_error.ts";
import type { SpotParts } from "../cluster_parts.ts";

/** The spot capacity of zones as it is now, and how much of it is in use. */
export class SpotZones {
  readonly parts: SpotParts;
  /** Spot instances that can run in each zone. */
  readonly capacity: Int32Array;
  /** Spot instances that do. */
  readonly used: Int32Array;

  constructor(parts: SpotParts) {
    this.parts = parts;
    this.capacity = Int32Array.from(parts.zones, ({ capacity }) => capacity[0].instances);
    this.used = new Int32Array(parts.zones.length);
  }

  /** Whether one more instance can be had in a zone. */
  hasRoom(zone: number): boolean {
    return this.used[zone] < this.capacity[zone];
  }

  /** An instance begins to start in a zone. */
  take(zone: number, atSeconds: number): void {
    if (!this.hasRoom(zone)) {
      throw new InvariantError(`an instance in zone ${zone}, which has no spot capacity`, {
        atSeconds,
      });
    }
    this.used[zone]++;
  }

  /** An instance of a zone is gone. */
  release(zone: number): void {
    this.used[zone]--;
  }
}
