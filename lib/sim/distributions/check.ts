import { LIMITS } from "../limits.ts";
import type { Bounds } from "./distribution.ts";

/** Throws unless `value` is a finite number greater than zero. */
export function checkPositive(value: number | undefined, law: string, what: string): void {
  if (typeof value !== "number" || !(value > 0) || value === Infinity) {
    throw new RangeError(
      `Cannot use ${what} of a ${law} distribution as a number > 0: current value is ${value}`,
    );
  }
}

/** Throws unless the ratio of a law's standard deviation to its mean is one that it can be drawn at. */
export function checkVariation(mean: number, std: number, law: string): void {
  checkPositive(mean, law, "mean");
  checkPositive(std, law, "std");
  const { leastVariation, mostVariation } = LIMITS;
  const ratio = std / mean;
  if (ratio >= leastVariation.value && ratio <= mostVariation.value) return;
  throw new RangeError(
    `Cannot use std of a ${law} distribution as ${leastVariation.value} to ${mostVariation.value} ` +
      `times its mean ${mean}: current value is ${std}`,
  );
}

/** Checks the bounds of a law and fills in their defaults. */
export function checkBounds(bounds: Bounds, law: string): Required<Bounds> {
  const { min = 0, max = Infinity, integer = false } = bounds;
  const wanted = integer ? "whole number >= 0" : "finite number >= 0";
  if (!(min >= 0) || min === Infinity || (integer && !Number.isInteger(min))) {
    throw new RangeError(
      `Cannot use min of a ${law} distribution as a ${wanted}: current value is ${min}`,
    );
  }
  if (
    !(integer ? max >= min : max > min) || (integer && max < Infinity && !Number.isInteger(max))
  ) {
    throw new RangeError(
      `Cannot use max of a ${law} distribution as a ${integer ? "whole number not" : "number"} ${
        integer ? "below" : "above"
      } min ${min}: current value is ${max}`,
    );
  }
  return { min, max, integer };
}

/** The error for a mean that no scale of a law can reach within its bounds. */
export function unreachableMean(
  law: string,
  mean: number,
  { min, max }: Required<Bounds>,
): RangeError {
  return new RangeError(
    `Cannot reach the mean of a ${law} distribution within [${min}, ${max}]: current value is ${mean}`,
  );
}
