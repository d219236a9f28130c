import type { Candidate } from "./candidates.ts";
import type { CapacityTask } from "./capacity.ts";
import type { InputsOf } from "./inputs.ts";
import { pace } from "./load.ts";

/** Share of the rate that the bound allows at which a search begins. */
const GUESSED = 0.6;
/** Factor on that rate from which on nothing is looked for: the load of a run is not that of the bound. */
const BEYOND_BOUND = 1.2;

/**
 * What is looked for of a candidate: its highest rate, from below what the bound on its work allows.
 *
 * @throws {ConfigError} If its workload has no rate.
 */
export function capacityTask({ config, facts }: Candidate, inputsOf: InputsOf): CapacityTask {
  const { secondsPerRequest, instances } = facts!;
  const own = pace(config!, inputsOf(config!));
  if (!(secondsPerRequest > 0)) return { config: config!, ...own };
  const mostPerSecond = instances / secondsPerRequest;
  return {
    config: config!,
    ...own,
    guessPerSecond: GUESSED * mostPerSecond,
    mostPerSecond: BEYOND_BOUND * mostPerSecond,
  };
}
