import type { Cell, Experiment, Factors } from "./experiment.ts";

/** A cell and its name. */
export interface NamedCell {
  /** Factors and levels, `rate=5,system=vllm`: unique in the experiment. */
  readonly key: string;
  /** One level of each factor. */
  readonly cell: Cell;
}

/**
 * The cells of an experiment in their order: the last factor varies fastest.
 *
 * @throws {RangeError} If a cell stands twice in a list, or has a level that its factor has not.
 */
export function designCells({ id, factors, design }: Experiment): NamedCell[] {
  const names = Object.keys(factors);
  if (design !== undefined && "cells" in design) {
    const listed = design.cells.map((cell) => ({ key: cellKey(names, cell), cell }));
    const seen = new Set<string>();
    for (const { key, cell } of listed) {
      const known = names.every((name) => factors[name].includes(cell[name])) &&
        Object.keys(cell).length === names.length;
      if (seen.has(key) || !known) {
        throw new RangeError(
          `Cannot use a cell of ${id} as ${known ? "one of its own" : "levels of its factors"}: ` +
            `current value is ${JSON.stringify(cell)}`,
        );
      }
      seen.add(key);
    }
    return listed;
  }
  const fraction = design?.fraction ?? 1;
  return grid(factors, names)
    .filter((levels) => levels.reduce((sum, level) => sum + level, 0) % fraction === 0)
    .map((levels) => {
      const cell = Object.fromEntries(names.map((name, i) => [name, factors[name][levels[i]]]));
      return { key: cellKey(names, cell), cell };
    });
}

/** Level numbers of all cells. */
function grid(factors: Factors, names: readonly string[]): number[][] {
  return names.reduce<number[][]>(
    (cells, name) => cells.flatMap((cell) => factors[name].map((_, level) => [...cell, level])),
    [[]],
  );
}

function cellKey(names: readonly string[], cell: Cell): string {
  return names.map((name) => `${name}=${cell[name]}`).join(",");
}
