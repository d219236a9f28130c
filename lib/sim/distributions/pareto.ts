import { checkPositive, checkVariation } from "./check.ts";
import type { Bounds, Distribution } from "./distribution.ts";
import { type StandardLaw, truncated } from "./truncated.ts";

function paretoLaw(shape: number): StandardLaw {
  const survival = (z: number) => z <= 1 ? 1 : Math.pow(z, -shape);
  const tail = (z: number) => z <= 1 ? 1 : Math.pow(z, 1 - shape);
  const mean = shape / (shape - 1);
  return {
    name: "pareto",
    mean,
    mass: (from, to) => survival(from) - survival(to),
    moment: (from, to) => mean * (tail(from) - tail(to)),
    sampler(from, to) {
      const start = survival(from);
      const span = start - survival(to);
      const power = -1 / shape;
      return (stream) => Math.pow(start - span * stream.next(), power);
    },
  };
}

/** Options of `pareto`: the mean and either the standard deviation or the shape. */
export type ParetoOptions =
  & Bounds
  & { readonly mean: number }
  & ({ readonly std: number; readonly shape?: undefined } | {
    readonly shape: number;
    readonly std?: undefined;
  });

/**
 * Pareto (power-law) values: the chance of exceeding x falls as x^-shape. The shape must be above 1,
 * or the mean would be infinite; with `std` it is 1 + sqrt(1 + (mean / std)^2). One draw each, by the
 * inverse of the truncated law. See `Bounds` for what `min`, `max` and `integer` do.
 *
 * @throws {RangeError} If an option is out of range or the mean cannot be reached within the bounds.
 */
export function pareto(options: ParetoOptions): Distribution {
  checkPositive(options.mean, "pareto", "mean");
  if (options.shape !== undefined) {
    if (!(options.shape > 1) || options.shape === Infinity) {
      throw new RangeError(
        `Cannot use shape of a pareto distribution as a number > 1: current value is ${options.shape}`,
      );
    }
    return truncated(paretoLaw(options.shape), options);
  }
  checkVariation(options.mean, options.std, "pareto");
  return truncated(paretoLaw(1 + Math.sqrt(1 + (options.mean / options.std) ** 2)), options);
}
