import { grownTo } from "../../sim/grown.ts";
import type { RankPlace } from "../../serverless/cold_start/start_request.ts";
import type { InstanceLife } from "../../serverless/lifecycle.ts";
import type { Fleet } from "./fleet.ts";
import type { Instance } from "./instance.ts";

/** What an instance can have been made of, by code. */
const MADE_OF = [undefined, "sleeper", "pool-member"] as const;

/**
 * The lives of instances that have stopped, in columns by their numbers: an instance itself is
 * forgotten when it stops, since a run may have millions of them.
 */
export class StoppedLives {
  #functionId = new Int32Array(16);
  #createdAtSeconds = new Float64Array(16);
  #readyAtSeconds = new Float64Array(16);
  #drainingAtSeconds = new Float64Array(16);
  #stoppedAtSeconds = new Float64Array(16);
  #madeOf = new Uint8Array(16);
  #slept = new Uint8Array(16);
  #zone = new Int32Array(16);
  /** GPUs of those that had places. */
  readonly #ranks = new Map<number, readonly RankPlace[]>();

  /** An instance has stopped. */
  add(instance: Instance): void {
    const { id } = instance;
    if (id >= this.#functionId.length) this.#grow(2 * id);
    this.#functionId[id] = instance.functionId;
    this.#createdAtSeconds[id] = instance.createdAtSeconds;
    this.#readyAtSeconds[id] = instance.readyAtSeconds;
    this.#drainingAtSeconds[id] = instance.drainingAtSeconds;
    this.#stoppedAtSeconds[id] = instance.stoppedAtSeconds;
    this.#madeOf[id] = MADE_OF.indexOf(instance.madeOf);
    this.#zone[id] = instance.zone;
    if (instance.ranks.length > 0) this.#ranks.set(id, instance.ranks);
  }

  /** It sleeps since its service has ended. */
  sleeps(id: number): void {
    this.#slept[id] = 1;
  }

  /** The life of an instance; `asleepUntil` says when the sleep of one has ended, seconds. */
  at(id: number, asleepUntil: (id: number) => number): InstanceLife {
    const slept = this.#slept[id] === 1;
    const madeOf = MADE_OF[this.#madeOf[id]];
    const ranks = this.#ranks.get(id);
    const servedUntil = this.#stoppedAtSeconds[id];
    const zone = this.#zone[id];
    return {
      instanceId: id,
      functionId: this.#functionId[id],
      createdAtSeconds: this.#createdAtSeconds[id],
      readyAtSeconds: this.#readyAtSeconds[id],
      drainingAtSeconds: this.#drainingAtSeconds[id],
      stoppedAtSeconds: slept ? asleepUntil(id) : servedUntil,
      ...(slept && { asleepAtSeconds: servedUntil }),
      ...(madeOf && { madeOf }),
      ...(ranks && { ranks }),
      ...(zone >= 0 && { zone }),
    };
  }

  #grow(size: number): void {
    this.#functionId = grownTo(this.#functionId, size);
    this.#createdAtSeconds = grownTo(this.#createdAtSeconds, size);
    this.#readyAtSeconds = grownTo(this.#readyAtSeconds, size);
    this.#drainingAtSeconds = grownTo(this.#drainingAtSeconds, size);
    this.#stoppedAtSeconds = grownTo(this.#stoppedAtSeconds, size);
    this.#madeOf = grownTo(this.#madeOf, size);
    this.#slept = grownTo(this.#slept, size);
    this.#zone = grownTo(this.#zone, size);
  }
}

/** The lives of all instances at the end of the run. */
export function instanceLives(fleet: Fleet, endAtSeconds: number): InstanceLife[] {
  const { stopped, sleepers } = fleet;
  const asleepUntil = (id: number) => sleepers.endAtSeconds(id) ?? endAtSeconds;
  return Array.from({ length: fleet.instances.length }, (_, id): InstanceLife => {
    const instance = fleet.find(id);
    if (instance === undefined) return stopped.at(id, asleepUntil);
    const { functionId, madeOf, ranks, zone } = instance;
    const { createdAtSeconds, readyAtSeconds, drainingAtSeconds } = instance;
    return {
      instanceId: id,
      functionId,
      createdAtSeconds,
      readyAtSeconds,
      drainingAtSeconds,
      stoppedAtSeconds: endAtSeconds,
      ...(madeOf && { madeOf }),
      ...(ranks.length > 0 && { ranks }),
      ...(zone >= 0 && { zone }),
    };
  });
}
