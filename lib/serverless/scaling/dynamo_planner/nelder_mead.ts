/** Evaluations of the function after which a search ends. */
const MOST_EVALUATIONS = 400;

/**
 * A minimum of a function of a few numbers, by the simplex search of Nelder and Mead with its usual
 * coefficients. Deterministic.
 *
 * @param steps Size of the first simplex, by number.
 * @source Nelder and Mead 1965, "A simplex method for function minimization"
 */
export function minimize(
  f: (point: readonly number[]) => number,
  start: readonly number[],
  steps: readonly number[],
): number[] {
  let evaluations = 0;
  const at = (point: number[]) => {
    evaluations++;
    const value = f(point);
    return { point, value: Number.isFinite(value) ? value : Infinity };
  };
  const simplex = [
    at([...start]),
    ...start.map((_, i) => at(start.map((one, j) => i === j ? one + steps[i] : one))),
  ];
  const { length: dimension } = start;
  while (evaluations < MOST_EVALUATIONS) {
    simplex.sort((a, b) => a.value - b.value);
    const [best, worst] = [simplex[0], simplex[dimension]];
    if (Math.abs(worst.value - best.value) <= 1e-10 * (Math.abs(best.value) + 1e-30)) break;
    const centre = start.map((_, i) => {
      let sum = 0;
      for (let k = 0; k < dimension; k++) sum += simplex[k].point[i];
      return sum / dimension;
    });
    const along = (factor: number) =>
      at(centre.map((one, i) => one + factor * (worst.point[i] - one)));
    const reflected = along(-1);
    if (reflected.value < best.value) {
      const expanded = along(-2);
      simplex[dimension] = expanded.value < reflected.value ? expanded : reflected;
    } else if (reflected.value < simplex[dimension - 1].value) {
      simplex[dimension] = reflected;
    } else {
      const contracted = reflected.value < worst.value ? along(-0.5) : along(0.5);
      if (contracted.value < Math.min(reflected.value, worst.value)) {
        simplex[dimension] = contracted;
      } else {
        for (let k = 1; k <= dimension; k++) {
          simplex[k] = at(simplex[k].point.map((one, i) => (one + best.point[i]) / 2));
        }
      }
    }
  }
  simplex.sort((a, b) => a.value - b.value);
  return simplex[0].point;
}
