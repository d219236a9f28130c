/**
 * Power and energy: what a GPU draws by what it does, what an instance draws in its steps and between
 * them, and how much carbon electricity has.
 *
 * @module
 */
export { type GpuPower, gpuPower, type GpuPowerOptions } from "../lib/execution/power/gpu_power.ts";
export { type HostGaps, instancePower } from "../lib/execution/power/instance_power.ts";
export {
  addStepEnergy,
  type StepEnergy,
  type StepPower,
  type StepSeries,
} from "../lib/execution/power/step_energy.ts";
export type { Gpu, GpuLink } from "../lib/hardware/gpu.ts";
export {
  energyTimeline,
  type EnergyTimelineOptions,
  type PowerRow,
} from "../lib/plot/energy_timeline.ts";
export type { FigureSpec } from "../lib/plot/spec.ts";
export type { ColumnSpan } from "../lib/plot/theme.ts";
export {
  hostPower,
  type IdlePower,
  idlePower,
  type PowerShares,
  powerShares,
} from "../lib/hardware/power.ts";
export {
  CARBON_REGIONS,
  type CarbonIntensity,
  meanCarbon,
  regionCarbon,
} from "../lib/serverless/energy/carbon.ts";
