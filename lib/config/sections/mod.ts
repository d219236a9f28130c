/**
 * One file per section of the configuration: names, meanings, units, ranges and defaults.
 * Read simulation.ts first.
 *
 * @module
 */
export { cluster } from "./cluster.ts";
export { coldStart } from "./cold_start.ts";
export { cost } from "./cost.ts";
export { energy } from "./energy.ts";
export { execution } from "./execution.ts";
export { faults } from "./faults.ts";
export { functions } from "./functions.ts";
export { gateway } from "./gateway.ts";
export { groups } from "./groups.ts";
export { logging } from "./logging.ts";
export { memory } from "./memory.ts";
export { metrics } from "./metrics.ts";
export { migration } from "./migration.ts";
export { model } from "./model.ts";
export { output } from "./output.ts";
export { parallelization } from "./parallelization.ts";
export { platform } from "./platform.ts";
export { profiling } from "./profiling.ts";
export { scaling } from "./scaling.ts";
export { scheduler } from "./scheduler.ts";
export { simulation } from "./simulation.ts";
export { slo } from "./slo.ts";
export { speculative } from "./speculative.ts";
export { workload } from "./workload.ts";
