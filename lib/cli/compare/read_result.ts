import { summaryNumbers } from "../../experiment/replication_figures.ts";
import type { Summary } from "../../metrics/run_tables.ts";
import type { FigureValues } from "../../planning/differences.ts";
import { exists } from "../../results/exists.ts";
import { readInput } from "../../results/read_input.ts";
import { readParquetColumns } from "../../results/read_parquet.ts";
import { UsageError } from "../usage_error.ts";
import { manifestOf, readPlan } from "./result_kind.ts";

/** What of a directory of results is compared. */
export interface ComparedResult {
  readonly name: string;
  /** Its whole configuration. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Figures by path, a value for each replication. */
  readonly values: FigureValues;
  readonly seed: number;
  /** Numbers of its replications. */
  readonly replications: readonly number[];
}

/**
 * The configuration that a directory holds: of a run, or the chosen one of a plan.
 *
 * @throws {UsageError} If it holds neither.
 */
export function configurationIn(folder: string): Readonly<Record<string, unknown>> {
  const manifest = manifestOf(folder);
  if (manifest.format.startsWith("simfaasinfer-plan/")) {
    const plan = readPlan(folder);
    if (plan.configuration !== null) return plan.configuration;
    throw new UsageError(
      `Cannot ask about the choice of a plan without one: current value is "${folder}"`,
    );
  }
  if (typeof manifest.config === "object" && manifest.config !== null) {
    return manifest.config as Readonly<Record<string, unknown>>;
  }
  throw new UsageError(
    `Cannot read a directory as results of a run or a plan: current value is "${folder}", ` +
      `${manifest.format}`,
  );
}

/**
 * Reads the figures of a run, or of all its replications.
 *
 * @throws {UsageError} If the directory holds no results of a run.
 */
export async function readResult(folder: string): Promise<ComparedResult> {
  const manifest = manifestOf(folder);
  const config = configurationIn(folder);
  if (!exists(`${folder}/summary.json`)) {
    throw new UsageError(
      `Cannot compare a directory as results of a run: current value is "${folder}", without a ` +
        `summary.json`,
    );
  }
  const summary = JSON.parse(readInput(`${folder}/summary.json`, "a summary")) as Summary;
  const numbers = summaryNumbers(summary);
  const { replication = 0 } = (config.simulation ?? {}) as { readonly replication?: number };
  const seed = Number(manifest.seed);
  const path = `${folder}/replications.parquet`;
  if (!exists(path)) {
    const values = Object.fromEntries(numbers.map(({ path, value }) => [path, [value]]));
    return { name: folder, config, values, seed, replications: [replication] };
  }
  const columns = await readParquetColumns(path, { what: "a table of replications" });
  const values = Object.fromEntries(numbers.flatMap(({ path, name }) => {
    const column = columns[name];
    return column === undefined ? [] : [[
      path,
      column.map((value) => typeof value === "number" && !Number.isNaN(value) ? value : null),
    ]];
  }));
  return { name: folder, config, values, seed, replications: columns.replication.map(Number) };
}
