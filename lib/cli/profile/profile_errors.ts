import {
  LAYER_FOLDERS,
  type PointErrors,
  pointErrors,
} from "../../experiment/validation/layer_operator.ts";
import { LAYER_OPERATORS } from "../../experiment/validation/layer_operators.ts";
import { externalData } from "../../results/external_data.ts";
import { readParquet } from "../read_parquet.ts";
import { textTable } from "../text_table.ts";

/** The GPUs that were measured, and their columns. */
const COLUMNS: readonly (readonly [string, string])[] = [
  ["h100-sxm", "H100"],
  ["h200-sxm", "H200"],
  ["b200-sxm", "B200"],
  ["a100-sxm-80gb", "A100"],
];

/**
 * Prints how far the analytical source is from measured layers and all-to-all: median / 90th percentile
 * of absolute errors in per cent, on points above 20 us that nothing was fitted to.
 */
export async function showLayerErrors(print: (line: string) => void): Promise<void> {
  const folder = externalData("aiconfigurator-ops");
  const rows: string[][] = [[
    "operator",
    ...COLUMNS.map(([, name]) => name),
    "points",
    "fitted to",
  ]];
  for (const operator of LAYER_OPERATORS) {
    let points = 0;
    const cells: string[] = [];
    for (const [gpu] of COLUMNS) {
      const path = operator.tables[gpu];
      if (path === undefined) {
        cells.push("");
        continue;
      }
      const measured = await readParquet(`${folder}/data/${LAYER_FOLDERS[gpu]}/${path}`);
      const errors = pointErrors(operator.points(gpu, measured));
      points += errors.points;
      cells.push(shown(errors));
    }
    rows.push([operator.name, ...cells, String(points), operator.fitted]);
  }
  for (const line of textTable(rows, [0, 1, 2, 3, 4, 6])) print(line);
}

function shown({ median, p90 }: PointErrors): string {
  return `${(100 * median).toFixed(1)} / ${(100 * p90).toFixed(1)}`;
}
