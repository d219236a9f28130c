/**
 * Settings that are each allowed but contradict each other. Names of models, GPUs and presets are
 * looked up by those who own the catalogues. Read deployment.ts first.
 *
 * @module
 */
import type { Configuration } from "../configuration.ts";
import { checkDeployment } from "./deployment.ts";
import { checkFaults } from "./faults.ts";
import { checkModel } from "./model.ts";
import { checkFunctions } from "./functions.ts";
import { checkPolicies } from "./policies.ts";
import type { Problem } from "./problem.ts";
import { checkKvTiers } from "./kv_tiers.ts";
import { checkSpeculation } from "./speculation.ts";
import { checkStart } from "./start.ts";
import { checkWorkload } from "./workload.ts";

export type { Problem } from "./problem.ts";
export { type KnownRequests, type RunSize, runSize } from "./run_size.ts";
export { checkSize, sizeNotices } from "./size.ts";

/** Every contradiction in a configuration, in the order of the sections. */
export function checkConfiguration(configuration: Configuration): Problem[] {
  return [
    checkWorkload,
    checkModel,
    checkDeployment,
    checkSpeculation,
    checkKvTiers,
    checkPolicies,
    checkStart,
    checkFaults,
    checkFunctions,
  ].flatMap((check) => check(configuration));
}
