import { showValue } from "../std/show_value.ts";
import type { Cell, Experiment, Factors } from "./experiment.ts";
import { latinHypercubeCells, oneAtATimeCells, sobolCells } from "./sampled_designs.ts";

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
 * @throws {RangeError} If a cell stands twice in a list, or has a level that its factor has not; if a
 * fraction lacks a level.
 */
export function designCells({ id, factors, design, seed }: Experiment): NamedCell[] {
  const names = Object.keys(factors);
  const own = design === undefined || "fraction" in design
    ? undefined
    : "cells" in design
    ? design.cells
    : "oneAtATime" in design
    ? oneAtATimeCells(factors, design.oneAtATime)
    : "sobol" in design
    ? sobolCells(factors, design.sobol, seed)
    : latinHypercubeCells(factors, design.latinHypercube, seed);
  if (own !== undefined) {
    const listed = own.map((cell) => ({ key: cellKey(names, cell), cell }));
    const seen = new Set<string>();
    for (const { key, cell } of listed) {
      const known = names.every((name) => factors[name].includes(cell[name])) &&
        Object.keys(cell).length === names.length;
      if (seen.has(key) || !known) {
        throw new RangeError(
          `Cannot use a cell of ${id} as ${known ? "one of its own" : "levels of its factors"}: ` +
            `current value is ${showValue(cell)}`,
        );
      }
      seen.add(key);
    }
    return listed;
  }
  const fraction = design !== undefined && "fraction" in design ? design.fraction : 1;
  const chosen = grid(factors, names)
    .filter((levels) => levels.reduce((sum, level) => sum + level, 0) % fraction === 0);
  const absent = names.find((name, i) =>
    new Set(chosen.map((levels) => levels[i])).size < factors[name].length
  );
  if (absent !== undefined) {
    throw new RangeError(
      `Cannot use the fraction of ${id} as one in which every level of ${absent} appears: ` +
        `current value is ${fraction}`,
    );
  }
  const seen = new Set<string>();
  return chosen.map((levels) => {
    const cell = Object.fromEntries(names.map((name, i) => [name, factors[name][levels[i]]]));
    const key = cellKey(names, cell);
    if (seen.has(key)) {
      throw new RangeError(
        `Cannot name a cell of ${id} as no other one, since levels hold "," and "=": ` +
          `current value is ${showValue(key)}`,
      );
    }
    seen.add(key);
    return { key, cell };
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
