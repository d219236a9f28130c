import { parse } from "../../std/yaml.ts";
import text from "../../../data/targets/hydraserve.yaml" with { type: "text" };
import { oneStart } from "../../serverless/cold_start/one_start.ts";
import { coldStartPreset } from "../../serverless/cold_start/presets.ts";
import { boundRow, meanError, relativeRow, type TargetGroup, type TargetRow } from "./target.ts";

/** Systems of the figure: our preset, and where the weights are. */
const SYSTEMS = {
  "serverless-vllm": { preset: "serverless-vllm", weightsIn: "remote" },
  "serverlessllm": { preset: "serverlessllm", weightsIn: "remote" },
  "serverlessllm-cached": { preset: "serverlessllm", weightsIn: "dram" },
  "hydraserve-single": { preset: "hydraserve-single", weightsIn: "remote" },
} as const;
type System = keyof typeof SYSTEMS;

interface HydraServeTargets {
  readonly source: string;
  readonly bars: { readonly mean_error: number };
  readonly platforms: readonly {
    readonly platform: string;
    readonly models: readonly {
      readonly model: string;
      readonly parameters_billion: number;
      readonly ttft_s: Readonly<Record<System, number>>;
    }[];
  }[];
}

/** HydraServe, Figure 7: cold time to first token of four systems on A10 and V100, and their order. */
export const hydraserveTargets: TargetGroup = {
  id: "hydraserve-nsdi26",
  rows() {
    const { source, bars, platforms } = parse(text) as HydraServeTargets;
    const systems = Object.keys(SYSTEMS) as System[];
    const rows: TargetRow[] = [];
    let wrongColumns = 0;
    for (const { platform, models } of platforms) {
      for (const { model, parameters_billion, ttft_s } of models) {
        const ours = Object.fromEntries(systems.map((system) => {
          const { preset, weightsIn } = SYSTEMS[system];
          const [start] = oneStart({
            plan: coldStartPreset(preset).plan(platform),
            weightBytes: parameters_billion * 2e9,
            weightsIn,
          });
          return [system, start.readyAtSeconds];
        }));
        for (const system of systems) {
          const id = `hydraserve-nsdi26/${platform}/${system}/${model}`;
          rows.push(relativeRow(id, source, ttft_s[system], ours[system]));
        }
        const order = (seconds: Readonly<Record<string, number>>) =>
          [...systems].sort((a, b) => seconds[a] - seconds[b]).join(" < ");
        if (order(ours) !== order(ttft_s)) wrongColumns++;
      }
    }
    return [
      ...rows,
      boundRow("hydraserve-nsdi26/mean-error", source, meanError(rows), bars.mean_error),
      boundRow("hydraserve-nsdi26/columns-in-wrong-order", source, wrongColumns, 0, "count"),
    ];
  },
};
