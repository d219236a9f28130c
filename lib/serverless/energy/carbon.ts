import text from "../../../data/energy/carbon.yaml" with { type: "text" };
import { showValue } from "../../std/show_value.ts";
import { suggest } from "../../std/suggest.ts";
import { parse } from "../../std/yaml.ts";

/** The file data/energy/carbon.yaml. */
interface CarbonFile {
  readonly asOf: number;
  readonly regions: Readonly<Record<string, { readonly place: string; readonly grams: number }>>;
}

const file = parse(text) as CarbonFile;

/** Regions whose electricity is known, by name. */
export const CARBON_REGIONS: readonly string[] = Object.keys(file.regions);

/**
 * Electricity of a region: g CO2e per kWh over a year, the place, and the year.
 *
 * @throws {RangeError} If the region is not known.
 */
export function regionCarbon(
  region: string,
): { readonly gramsPerKwh: number; readonly place: string; readonly asOf: number } {
  if (!Object.hasOwn(file.regions, region)) {
    const near = suggest(region, CARBON_REGIONS);
    throw new RangeError(
      `Cannot use "energy.region" as one of data/energy/carbon.yaml: current value is ` +
        `${showValue(region)}` + (near === undefined ? "" : `; did you mean "${near}"?`),
    );
  }
  const { grams, place } = file.regions[region];
  return { gramsPerKwh: grams, place, asOf: file.asOf };
}

/** Hours of a day. */
const HOURS = 24;

/** How much carbon electricity has at which time of a run. */
export interface CarbonIntensity {
  /** By hour of the day, g CO2e per kWh: 24 numbers, or one for all hours. */
  readonly gramsPerKwh: readonly number[];
  /** Hour of the day at which the run begins, 0..24. */
  readonly startHour: number;
}

/**
 * Mean carbon intensity between two instants of a run, g CO2e per kWh. Each hour of the day has its own.
 *
 * @example
 * ```ts
 * import { meanCarbon } from "./carbon.ts";
 * const night = Array.from({ length: 24 }, (_, hour) => hour < 12 ? 100 : 300);
 * console.log(meanCarbon({ gramsPerKwh: night, startHour: 11 }, 0, 7200)); // 200
 * ```
 */
export function meanCarbon(
  { gramsPerKwh, startHour }: CarbonIntensity,
  fromSeconds: number,
  toSeconds: number,
): number {
  if (gramsPerKwh.length === 1) return gramsPerKwh[0];
  const from = startHour + fromSeconds / 3600;
  if (!(toSeconds > fromSeconds)) return gramsPerKwh[Math.floor(from) % HOURS];
  const to = startHour + toSeconds / 3600;
  return (dayIntegral(gramsPerKwh, to) - dayIntegral(gramsPerKwh, from)) / (to - from);
}

/** Integral from midnight of the first day to an hour counted from there, g/kWh times hours. */
function dayIntegral(gramsPerKwh: readonly number[], hour: number): number {
  const days = Math.floor(hour / HOURS);
  let sum = days * gramsPerKwh.reduce((total, grams) => total + grams, 0);
  const rest = hour - days * HOURS;
  for (let i = 0; i < HOURS && i < rest; i++) sum += gramsPerKwh[i] * Math.min(1, rest - i);
  return sum;
}
