import type { Configuration } from "./configuration.ts";
import type { SchemaNode } from "./schema_node.ts";
import { section } from "./section.ts";
import * as sections from "./sections/mod.ts";

/** The one schema: validation, defaults, types, JSON Schema and the reference all come from it. */
export const configurationSchema: SchemaNode<Configuration> = section({
  platform: sections.platform,
  simulation: sections.simulation,
  workload: sections.workload,
  model: sections.model,
  profiling: sections.profiling,
  cluster: sections.cluster,
  parallelization: sections.parallelization,
  scheduler: sections.scheduler,
  speculative: sections.speculative,
  memory: sections.memory,
  execution: sections.execution,
  cold_start: sections.coldStart,
  scaling: sections.scaling,
  gateway: sections.gateway,
  migration: sections.migration,
  faults: sections.faults,
  cost: sections.cost,
  energy: sections.energy,
  slo: sections.slo,
  groups: sections.groups,
  functions: sections.functions,
  metrics: sections.metrics,
  output: sections.output,
  logging: sections.logging,
}, { describe: "Configuration of a simulation." });
