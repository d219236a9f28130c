import { servedUntilSeconds } from "../serverless/life_phases.ts";
import type { InstanceLife } from "../serverless/lifecycle.ts";

/**
 * The instances of a function that live on reserved capacity: an instance takes a reserved place if
 * one is free when it is created, and has it until it ends.
 *
 * @param lives Lives of one function's instances, in order of creation.
 * @param places Reserved places.
 * @returns Ids of those instances.
 */
export function onReserved(lives: readonly InstanceLife[], places: number): ReadonlySet<number> {
  const taken = new Set<number>();
  const freeAtSeconds = new Array<number>(Math.min(places, lives.length)).fill(0);
  for (const life of lives) {
    const place = freeAtSeconds.findIndex((instant) => instant <= life.createdAtSeconds);
    if (place < 0) continue;
    freeAtSeconds[place] = servedUntilSeconds(life);
    taken.add(life.instanceId);
  }
  return taken;
}
