import type { Cell, Experiment, ExperimentRow, Measures, Value } from "./experiment.ts";

/**
 * Runs all replications of a cell.
 *
 * @param inputs Texts of the experiment's inputs by name.
 * @returns Its rows, as they read back from a file: what is not finite is null.
 * @throws {TypeError} If `run` returns something that is no row of values.
 */
export async function runCell(
  experiment: Experiment,
  cell: Cell,
  inputs: Readonly<Record<string, string>>,
): Promise<ExperimentRow[]> {
  const { id, seed, replications } = experiment;
  const rows: ExperimentRow[] = [];
  for (let replication = 0; replication < replications; replication++) {
    const measured = await experiment.run({ cell, seed, replication, inputs });
    for (const measures of Array.isArray(measured) ? measured : [measured]) {
      rows.push({ ...cell, replication, ...plain(id, measures, cell) } as ExperimentRow);
    }
  }
  return rows;
}

/** Measures as JSON keeps them. */
function plain(id: string, measures: Measures, cell: Cell): Measures {
  const refuse = (wanted: string, value: unknown) => {
    throw new TypeError(
      `Cannot read what ${id} measured as ${wanted}: current value is ${JSON.stringify(value)}`,
    );
  };
  if (typeof measures !== "object" || measures === null) refuse("a row of values", measures);
  const entries = Object.entries(measures).map(([name, value]): [string, Value | null] => {
    if (Object.hasOwn(cell, name) || name === "replication") {
      refuse("names apart from its factors", name);
    }
    if (typeof value === "number") return [name, Number.isFinite(value) ? value + 0 : null];
    if (value !== null && typeof value !== "string" && typeof value !== "boolean") {
      refuse(`text, number, boolean or null in ${name}`, value);
    }
    return [name, value];
  });
  return Object.fromEntries(entries);
}
