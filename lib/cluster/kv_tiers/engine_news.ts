import type { Clock } from "../../engine/clock.ts";
import type { Engine } from "../../engine/engine.ts";
import type { RunColumns } from "../../engine/engine_parts.ts";
import type { ClusterParts } from "../cluster_parts.ts";
import { EVENTS } from "../events.ts";
import type { EngineSteps } from "../engine_steps.ts";
import type { Fleet } from "../fleet/fleet.ts";
import type { Schedule } from "../schedule.ts";
import type { TierReports } from "./instance_tiers.ts";
import { KvTiers } from "./kv_tiers.ts";

/** Tells engines what has come of their requests' blocks, and has them form steps that they may now. */
export class EngineNews implements TierReports {
  readonly #fleet: () => Fleet;
  readonly #steps: EngineSteps;
  readonly #clock: Clock;
  readonly #schedule: Schedule;

  /** @param fleet The instances; asked for when there is news. */
  constructor(fleet: () => Fleet, steps: EngineSteps, clock: Clock, schedule: Schedule) {
    this.#fleet = fleet;
    this.#steps = steps;
    this.#clock = clock;
    this.#schedule = schedule;
  }

  loaded(instanceId: number, request: number): void {
    this.#tell(instanceId, (engine) => {
      engine.loaded(request);
      return true;
    });
  }

  stored(instanceId: number, request: number): void {
    this.#tell(instanceId, (engine) => {
      const { detached } = engine;
      engine.stored(request);
      // Whose blocks are read may be in the batch still.
      if (engine.detached === detached) return false;
      this.#schedule.at(EVENTS.kvLeft, this.#clock.now, instanceId);
      return true;
    });
  }

  /**
   * An instance that has stopped hears nothing.
   *
   * @param news Tells an engine; whether it may do something that it could not before.
   */
  #tell(instanceId: number, news: (engine: Engine) => boolean): void {
    const instance = this.#fleet().find(instanceId);
    if (instance === undefined) return;
    const { engine } = instance;
    const { endAtSeconds } = engine;
    if (!news(engine)) return;
    if (engine.endAtSeconds < endAtSeconds) this.#steps.endChanges(instance);
    else if (engine.needsPlan) this.#steps.formLater(instanceId);
  }
}

/**
 * The cache tiers of a run, which tell its engines what has come of their blocks.
 *
 * @param fleet The instances; asked for when there is news.
 */
export function kvTiers(
  { kvTiers: parts, functions }: ClusterParts,
  run: RunColumns,
  schedule: Schedule,
  steps: EngineSteps,
  fleet: () => Fleet,
): KvTiers | undefined {
  return parts && new KvTiers({
    parts,
    functions,
    run,
    schedule,
    reports: new EngineNews(fleet, steps, run.clock, schedule),
    linksChange: () => fleet().transfersChange(),
  });
}
