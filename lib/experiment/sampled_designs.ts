import { randomStreams } from "../sim/random_streams.ts";
import { type SaltelliSample, saltelliSample } from "../stats/sobol_indices.ts";
import type { Cell, ExperimentRow, Factors } from "./experiment.ts";

/** A basis and, for each factor, its other levels with all others as in the basis. */
export function oneAtATimeCells(factors: Factors, basis: Cell): Cell[] {
  const others = Object.entries(factors).flatMap(([name, levels]) =>
    levels.filter((level) => level !== basis[name]).map((level) => ({ ...basis, [name]: level }))
  );
  return [basis, ...others];
}

/**
 * A Latin hypercube on the levels of factors: of so many cells each level of a factor has an equal share
 * (but for one), in an order of its own for each factor. The same for a seed; equal cells stand once.
 *
 * @param count Cells, >= 1.
 * @source McKay, Beckman and Conover 1979, Technometrics 21(2)
 */
export function latinHypercubeCells(factors: Factors, count: number, seed: number): Cell[] {
  const streams = randomStreams(seed);
  const columns = Object.entries(factors).map(([name, levels]) => {
    const stream = streams.take(`latin hypercube ${name}`);
    const column = Array.from(
      { length: count },
      (_, i) => levels[Math.floor(i * levels.length / count)],
    );
    // Fisher and Yates.
    for (let i = count - 1; i > 0; i--) {
      const other = Math.floor(stream.next() * (i + 1));
      [column[i], column[other]] = [column[other], column[i]];
    }
    return [name, column] as const;
  });
  const cells = Array.from(
    { length: count },
    (_, i) => Object.fromEntries(columns.map(([name, column]) => [name, column[i]])),
  );
  return once(cells);
}

/**
 * The cells at which Sobol indices are estimated: Saltelli's scheme on a Sobol sequence whose digital
 * shift is drawn by the seed. A coordinate in [0, 1) chooses one of the levels of its factor, which
 * count equally.
 *
 * @param count Cells of each of the two matrices, a power of two.
 */
export function sobolSample(factors: Factors, count: number, seed: number): SaltelliSample<Cell> {
  const names = Object.keys(factors);
  const stream = randomStreams(seed).take("sobol design");
  const { a, b, byFactor } = saltelliSample(names.length, count, stream);
  const cellAt = (point: Float64Array): Cell =>
    Object.fromEntries(names.map((name, i) => [
      name,
      factors[name][Math.floor(point[i] * factors[name].length)],
    ]));
  return {
    a: a.map(cellAt),
    b: b.map(cellAt),
    byFactor: byFactor.map((points) => points.map(cellAt)),
  };
}

/** The cells of {@link sobolSample}, equal ones once. */
export function sobolCells(factors: Factors, count: number, seed: number): Cell[] {
  const { a, b, byFactor } = sobolSample(factors, count, seed);
  return once([...a, ...b, ...byFactor.flat()]);
}

/** Cells without those that stand before them. */
function once(cells: readonly Cell[]): Cell[] {
  const seen = new Set<string>();
  return cells.filter((cell) => {
    const key = JSON.stringify(cell);
    return !seen.has(key) && seen.add(key);
  });
}

/** What a factor does to a measure. */
export interface FactorEffect {
  /** Its name. */
  readonly factor: string;
  /** Least mean over the levels; NaN without rows. */
  readonly least: number;
  /** Greatest mean over the levels. */
  readonly greatest: number;
  /** `greatest` less `least`. */
  readonly swing: number;
}

/**
 * What each factor does to a measure, the greatest first: the bars of a tornado. The mean of the measure
 * is taken over the rows of each level; of a design that varies one factor at a time, over those rows
 * alone in which all other factors are as in the basis.
 *
 * @param basis The cell of `design: { oneAtATime }`; absent: rows of any other design.
 */
export function factorEffects(
  rows: readonly ExperimentRow[],
  factors: Factors,
  measure: string,
  basis?: Cell,
): FactorEffect[] {
  const names = Object.keys(factors);
  return names.map((factor) => {
    const own = basis === undefined
      ? rows
      : rows.filter((row) => names.every((name) => name === factor || row[name] === basis[name]));
    const means = factors[factor].flatMap((level) => {
      const values = own.filter((row) => row[factor] === level).map((row) => row[measure])
        .filter((value) => typeof value === "number");
      return values.length === 0
        ? []
        : values.reduce((sum, value) => sum + value, 0) / values.length;
    });
    const [least, greatest] = [Math.min(...means), Math.max(...means)];
    return means.length === 0
      ? { factor, least: NaN, greatest: NaN, swing: 0 }
      : { factor, least, greatest, swing: greatest - least };
  }).sort((a, b) => b.swing - a.swing);
}
