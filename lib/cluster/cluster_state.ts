import type { RunColumns } from "../engine/engine_parts.ts";
import { requestColumns } from "../metrics/recorder.ts";
import { EventQueue } from "../sim/event_queue.ts";
import { WinnerTree } from "../sim/winner_tree.ts";
import { GapSketch } from "../stats/gap_sketch.ts";
import { Autoscaler } from "./autoscaler.ts";
import { Clock } from "../engine/clock.ts";
import type { ClusterParts } from "./cluster_parts.ts";
import { Fleet } from "./fleet.ts";
import { Gateway } from "./gateway.ts";
import { KeepAlive } from "./keep_alive.ts";
import { forgetArrivals, outputLimits } from "./run_columns.ts";

/** Kinds of the events in the queue. Faults have kinds of their own from `fault` on. */
export const Kind = {
  release: 0,
  timeout: 1,
  keepAlive: 2,
  scaling: 3,
  actuation: 4,
  sample: 5,
  prewarm: 6,
  warmup: 7,
  sleepEnd: 8,
  pool: 9,
  /** Fault events follow, from this number on. */
  fault: 10,
} as const;

/** What all parts of one run of the cluster loop share: the clock, the fleet, the pending events. */
export class ClusterState {
  readonly parts: ClusterParts;
  readonly run: RunColumns;
  readonly fleet: Fleet;
  readonly queue = new EventQueue();
  /** End of the step in progress by instance. */
  readonly stepEnds = new WinnerTree(4);
  /** Instances whose engine forms a step at the end of this instant. */
  readonly toPlan: number[] = [];
  /** By function. */
  readonly gateways: readonly Gateway[];
  readonly scalers: readonly (Autoscaler | undefined)[];
  readonly keepAlives: readonly KeepAlive[];
  readonly clock = new Clock();
  /** Requests that have arrived, have ended one way or another, have completed. */
  arrived = 0;
  ended = 0;
  completed = 0;
  /** Scaling evaluations since a request last ended. */
  evaluationsWithoutProgress = 0;

  constructor(parts: ClusterParts) {
    const { requests, functions, admission } = parts;
    this.parts = parts;
    const outputLimit = outputLimits(parts);
    const columns = { ...requestColumns(requests), outputTokens: outputLimit };
    forgetArrivals(requests, columns.arrivalAtSeconds);
    this.run = {
      clock: this.clock,
      columns,
      generated: new Int32Array(requests.count),
      outputLimit,
      waitedFor: undefined,
      gaps: new GapSketch(),
    };
    this.fleet = new Fleet(parts, this.run);
    const predicts = (admission?.ttftLimitSeconds?.size ?? 0) > 0;
    this.gateways = functions.map((_, id) => new Gateway(this.fleet, id, this.run, predicts));
    this.scalers = functions.map((f, id) =>
      f.scaling.decider ? new Autoscaler(this.fleet, id) : undefined
    );
    this.keepAlives = functions.map(({ scaling }) => new KeepAlive(scaling));
  }

  /** The instant, seconds. */
  get now(): number {
    return this.clock.now;
  }

  /** Has the instance's engine form a step at the end of this instant. */
  planLater(id: number): void {
    if (!this.toPlan.includes(id)) this.toPlan.push(id);
  }

  /** Whether the function has no request, neither at the gateway nor in an instance. */
  isIdle(functionId: number): boolean {
    const { inFlight, bound } = this.fleet.functions[functionId];
    return inFlight === 0 && bound === 0 && this.gateways[functionId].size === 0;
  }
}
