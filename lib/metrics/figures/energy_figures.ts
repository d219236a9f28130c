import { type EnergySums, type EnergyTerms, JOULES_PER_KWH } from "../energy_summary.ts";
import {
  because,
  type Figures,
  number,
  numberOrNull,
  partOrNull,
  type Printed,
  share,
  unused,
} from "./figure.ts";
import { NO_ENERGY } from "./reasons.ts";
import { ratio, type SummaryParts } from "./summary_parts.ts";

/** Energy, and what it is divided by. */
interface EnergyParts extends EnergySums {
  readonly terms: EnergyTerms;
  readonly endAtSeconds: number;
  readonly completed: number;
  readonly outputTokens: number;
}

const NONE_COMPLETED = because("no request completed");
const NO_CARBON = unused(
  "the carbon of electricity is not set: energy.region or energy.carbon_intensity",
);

const kwh = (doc: string, of: (parts: EnergyParts) => number, printed?: Printed) =>
  number<EnergyParts>(
    "kWh",
    { doc, ...(printed && { printed }) },
    (parts) => of(parts) / JOULES_PER_KWH,
  );

const part = (words: string): Printed => ({
  line: "energy",
  words: `${words} {}`,
  hidesZero: true,
  otherwise: null,
});

const per = (
  unit: string,
  doc: string,
  of: (parts: EnergyParts) => number | null,
  by: "completed" | "outputTokens",
  printed?: Printed,
) =>
  numberOrNull<EnergyParts>(
    unit,
    {
      doc,
      isNull: (parts: EnergyParts) => parts[by] === 0 ? NONE_COMPLETED : NO_CARBON,
      ...(printed && { printed }),
    },
    (parts) => {
      const value = of(parts);
      return parts[by] > 0 && value !== null ? value / parts[by] : null;
    },
  );

const ENERGY_FIGURES: Figures<EnergyParts> = {
  total_kwh: kwh("All energy: the sum of the eight parts below", (e) => e.totalJoules, {
    line: "energy",
    words: "{} kWh",
  }),
  busy_kwh: kwh(
    "GPUs in steps: idle power, more while kernels run, and energy per FLOP and byte, at most the power limit",
    (e) => e.busyJoules,
    part("busy"),
  ),
  idle_kwh: kwh("GPUs of ready instances, not in a step", (e) => e.idleJoules, part("idle")),
  starting_kwh: kwh(
    "GPUs of instances from creation (or waking) to ready",
    (e) => e.startJoules,
    part("starting"),
  ),
  pooled_kwh: kwh("GPUs of members of pools", (e) => e.pooledJoules, part("pools")),
  asleep_kwh: kwh(
    "Host memory of sleeping instances, whose GPUs are free",
    (e) => e.asleepJoules,
    part("asleep"),
  ),
  free_kwh: kwh(
    "GPUs of `cluster.nodes` that no instance has, with their share of the machine (`energy.count_free_gpus`); scaled to zero without that is nothing",
    (e) => e.freeJoules,
    part("free GPUs"),
  ),
  host_kwh: kwh(
    "Machines beside their GPUs, as long as instances or members of pools have GPUs",
    (e) => e.hostJoules,
    part("hosts"),
  ),
  building_kwh: kwh(
    "The building beside its machines: (`energy.pue` − 1) × all the others",
    (e) => e.buildingJoules,
    part("building"),
  ),
  mean_w: number(
    "W",
    { doc: "`total_kwh` over the time of the run" },
    (e) => ratio(e.totalJoules, e.endAtSeconds),
  ),
  busy_gpu_w: numberOrNull("W", {
    doc: "Power of a GPU in a step, on average",
    isNull: because("no GPU was in a step"),
    printed: { line: "energyPer", words: "{} W per GPU in a step" },
  }, (e) => e.busyGpuSeconds > 0 ? e.busyJoules / e.busyGpuSeconds : null),
  limited_share: share(
    { doc: "Time in steps at the GPUs' power limit, where they would draw more at full clock" },
    (e) => ratio(e.limitedGpuSeconds, e.busyGpuSeconds),
  ),
  per_output_token_j: per(
    "J",
    "`total_kwh` in joules over output tokens of completed requests",
    (e) => e.totalJoules,
    "outputTokens",
    { line: "energyPer", words: "{} J per output token", place: -2 },
  ),
  busy_per_output_token_j: per(
    "J",
    "`busy_kwh` in joules over output tokens of completed requests: what measurements of GPUs under steady load show",
    (e) => e.busyJoules,
    "outputTokens",
  ),
  per_request_j: per(
    "J",
    "`total_kwh` in joules over completed requests",
    (e) => e.totalJoules,
    "completed",
    { line: "energyPer", words: "{} J per request", place: -1 },
  ),
  carbon_kg: numberOrNull("kg CO2e", {
    doc:
      "Emissions of the electricity, operational ones alone: each interval of the time series at the carbon of its hours; null without `energy.region`, `energy.carbon_intensity` or `energy.carbon_by_hour`",
    isNull: NO_CARBON,
    printed: { line: "energyPer", words: "{} kg CO2e", otherwise: null },
  }, (e) => e.carbonKg),
  carbon_per_request_g: per(
    "g CO2e",
    "`carbon_kg` in grams over completed requests",
    (e) => e.carbonKg === null ? null : 1000 * e.carbonKg,
    "completed",
  ),
  always_on_kwh: kwh(
    "The energy, had each function kept the most instances that it had at once ready for the whole run, in place of starts, stops, sleep and pools",
    (e) => e.alwaysOnJoules,
  ),
  saved_kwh: kwh(
    "`always_on_kwh` − `total_kwh` (without `free_kwh` and its part of the building): what scaling down saves, below 0 where it costs more",
    (e) => e.alwaysOnJoules - (e.totalJoules - e.freeJoules * e.terms.pue),
  ),
};

/** What a run draws. */
export const ENERGY_SUMMARY_FIGURES: Figures<SummaryParts> = {
  energy: partOrNull(
    {
      doc: "What GPUs and machines drew; null without `energy.enabled`",
      isNull: NO_ENERGY,
    },
    ({ energy, options, run, counts }): EnergyParts | null =>
      energy === undefined ? null : {
        ...energy,
        terms: options.energy!,
        endAtSeconds: run.endAtSeconds,
        completed: counts.requests.completed,
        outputTokens: counts.allOutputTokens,
      },
    ENERGY_FIGURES,
  ),
};
