import { sustainedFactor } from "../hardware/efficiency.ts";

/** Times of a product by its rows, first, as they are on a card that is held at its power limit. */
export function powerLimited<Shape extends readonly unknown[]>(
  isPowerLimited: boolean | undefined,
  seconds: (rows: number, ...shape: Shape) => number,
): (rows: number, ...shape: Shape) => number {
  if (isPowerLimited !== true) return seconds;
  return (rows, ...shape) => sustainedFactor(rows) * seconds(rows, ...shape);
}
