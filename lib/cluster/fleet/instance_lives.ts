import type { InstanceLife } from "../../serverless/lifecycle.ts";
import { InstanceState } from "../../serverless/lifecycle.ts";
import type { Fleet } from "./fleet.ts";

/** The lives of all instances at the end of the run. */
export function instanceLives(
  { instances, sleepers }: Fleet,
  endAtSeconds: number,
): InstanceLife[] {
  return instances.map((instance) => {
    const { id, functionId, state, slept, madeOf, ranks, zone } = instance;
    const { createdAtSeconds, readyAtSeconds, drainingAtSeconds, stoppedAtSeconds } = instance;
    const upUntil = state === InstanceState.stopped ? stoppedAtSeconds : endAtSeconds;
    return {
      instanceId: id,
      functionId,
      createdAtSeconds,
      readyAtSeconds,
      drainingAtSeconds,
      stoppedAtSeconds: slept ? sleepers.endAtSeconds(id) ?? endAtSeconds : upUntil,
      ...(slept && { asleepAtSeconds: stoppedAtSeconds }),
      ...(madeOf && { madeOf }),
      ...(ranks.length > 0 && { ranks }),
      ...(zone >= 0 && { zone }),
    };
  });
}
