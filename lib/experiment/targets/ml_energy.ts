import text from "../../../data/targets/ml-energy.yaml" with { type: "text" };
import { parse } from "../../std/yaml.ts";
import { ENERGY_BARS, energyErrors, energyPoint } from "../validation/energy_points.ts";
import { boundRow, type TargetGroup, type TargetRow } from "./target.ts";

interface MlEnergyTargets {
  readonly source: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

/** Power of served models under steady load, at the rates that were measured. */
export const mlEnergyTargets: TargetGroup = {
  id: "ml-energy",
  rows() {
    const { source, columns, rows } = parse(text) as MlEnergyTargets;
    const points = rows.map((values, index) =>
      energyPoint(Object.fromEntries(columns.map((name, i) => [name, String(values[i])])), index)
    );
    const { rows: predicted, errors } = energyErrors(points);
    const { median, within, share, ordered } = ENERGY_BARS;
    return [
      ...predicted.map(({ label, watts, predictedWatts }): TargetRow => ({
        id: `ml-energy/${label.replaceAll(" ", "-")}`,
        source,
        unit: "count",
        paper: watts,
        ours: predictedWatts,
        error: predictedWatts / watts - 1,
        tolerance: null,
        pass: null,
      })),
      boundRow("ml-energy/median-error", source, errors.median, median),
      boundRow(`ml-energy/beyond-${100 * within}-%`, source, 1 - errors.within, 1 - share),
      boundRow("ml-energy/pairs-out-of-order", source, 1 - errors.ordered, 1 - ordered),
    ];
  },
};
