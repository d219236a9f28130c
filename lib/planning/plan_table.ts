import type { ExperimentRow } from "../experiment/experiment.ts";
import { rowTable } from "../experiment/row_table.ts";
import type { Table } from "../results/table.ts";
import type { Plan, PlanInterval, PlanRow } from "./plan_result.ts";

/**
 * The table of a plan's candidates, a row each: label, status and reason, the level of each factor by
 * its path, GPUs, costs and figures with the ends of their intervals. Numbers that are not known are
 * null, texts "".
 */
export function planTable({ rows, factors }: Plan): Table {
  return rowTable(rows.map((row) => tableRow(row, factors.map(({ path }) => path))));
}

function tableRow(row: PlanRow, paths: readonly string[]): ExperimentRow {
  const { bound, figures } = row;
  const values: Record<string, string | number | boolean | null> = {
    index: row.index,
    label: row.label,
    status: row.status,
    reason: row.reason ?? "",
    ...Object.fromEntries(paths.map((path) => [path, row.levels[path]])),
    gpu: row.gpu ?? "",
    gpus_per_instance: row.gpus_per_instance,
    instances: row.instances,
    is_fixed: row.is_fixed,
    seeds: row.seeds,
    ...columns("usd_per_hour", row.usd_per_hour),
    ...columns("gpus", row.gpus),
    ...columns("usd_per_million_output_tokens", row.usd_per_million_output_tokens),
    ...columns("kilowatts", row.kilowatts ?? null),
    ...Object.assign(
      {},
      ...Object.entries(figures).map(([name, interval]) => columns(name, interval)),
    ),
    ...columns("capacity_rps", row.capacity_rps),
    usd_per_million_requests: row.usd_per_million_requests,
    bound_seconds_per_request: bound?.seconds_per_request ?? null,
    bound_fewest_instances: bound?.fewest_instances ?? null,
    bound_usd_per_hour_at_least: bound?.usd_per_hour_at_least ?? null,
  };
  // A row of a table has no nulls: what is not there is null.
  const present = Object.entries(values).map(([name, value]) => [name, value ?? NaN]);
  return Object.fromEntries(present);
}

function columns(name: string, interval: PlanInterval | null): Record<string, number | null> {
  return {
    [name]: interval?.mean ?? null,
    [`${name}_lower`]: interval?.lower ?? null,
    [`${name}_upper`]: interval?.upper ?? null,
  };
}
