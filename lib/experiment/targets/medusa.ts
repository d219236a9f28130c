import { parse } from "../../std/yaml.ts";
import text from "../../../data/targets/medusa.yaml" with { type: "text" };
import { oneStart, stageSeconds } from "../../serverless/cold_start/one_start.ts";
import { coldStartPreset } from "../../serverless/cold_start/presets.ts";
import { fitMedusa, type MedusaModel, type MedusaParameters } from "./medusa_fit.ts";
import { boundRow, meanError, relativeRow, type TargetGroup, type TargetRow } from "./target.ts";

interface MedusaTargets {
  readonly id: string;
  readonly source: string;
  readonly bars: {
    readonly mean_error: number;
    readonly leave_one_out_error: number;
    readonly reduction: number;
    readonly reduction_tolerance: number;
  };
  readonly models: readonly MedusaModel[];
}

const SYSTEMS = [["vllm", "vllm-tuned"], ["async", "vllm-async"], ["medusa", "medusa"]] as const;

/** Measured starts of Medusa's evaluation. */
export function medusaModels(): readonly MedusaModel[] {
  return (parse(text) as MedusaTargets).models;
}

/** Loading time of a model (without the runtime's own start), seconds, as the presets have it. */
export function medusaLoadingSeconds(
  model: MedusaModel,
  system: (typeof SYSTEMS)[number][0],
  parameters: MedusaParameters | null = null,
): number {
  const [, id] = SYSTEMS.find(([name]) => name === system) as (typeof SYSTEMS)[number];
  const preset = coldStartPreset(id);
  const own = parameters === null
    ? undefined
    : Object.fromEntries(Object.entries(parameters).filter(([key]) => key in preset.parameters));
  const [start] = oneStart({
    plan: preset.plan(undefined, own),
    weightBytes: model.weight_gib * 2 ** 30,
    weightsIn: "ssd",
    artifacts: true,
    features: { layers: model.layers, converted_tokenizer: model.converted_tokenizer },
  });
  return start.readyAtSeconds - stageSeconds(start, "runtime_import");
}

/** Medusa, Figures 2 and 7: ten models under three systems, leave-one-model-out, mean reduction. */
export const medusaTargets: TargetGroup = {
  id: "medusa-asplos25",
  rows() {
    const { source, bars, models } = parse(text) as MedusaTargets;
    const table = (parametersOf: (model: MedusaModel) => MedusaParameters | null, part: string) =>
      models.flatMap((model) => {
        const parameters = parametersOf(model);
        return SYSTEMS.map(([system]) =>
          relativeRow(
            `medusa-asplos25/${part}${system}/${model.model}`,
            source,
            model.totals[system],
            medusaLoadingSeconds(model, system, parameters),
          )
        );
      });
    const rows: TargetRow[] = table(() => null, "");
    const heldOut = table(
      (model) => fitMedusa(models.filter((other) => other !== model)),
      "held-out/",
    );
    const bound = (what: string, value: number, tolerance: number) =>
      boundRow(`medusa-asplos25/${what}`, source, value, tolerance);
    const bars_ = [bound("mean-error", meanError(rows), bars.mean_error)];
    for (const [system] of SYSTEMS) {
      const own = rows.filter((row) => row.id.startsWith(`medusa-asplos25/${system}/`));
      bars_.push(bound(`mean-error/${system}`, meanError(own), bars.mean_error));
    }
    bars_.push(bound("leave-one-out-error", meanError(heldOut), bars.leave_one_out_error));
    const reduction = models.reduce(
      (sum, model) =>
        sum + 1 - medusaLoadingSeconds(model, "medusa") / medusaLoadingSeconds(model, "vllm"),
      0,
    ) /
      models.length;
    const difference = reduction - bars.reduction;
    bars_.push({
      id: "medusa-asplos25/mean-reduction",
      source,
      unit: "share",
      paper: bars.reduction,
      ours: reduction,
      error: difference,
      tolerance: bars.reduction_tolerance,
      pass: Math.abs(difference) <= bars.reduction_tolerance,
    });
    return [...rows, ...bars_];
  },
};
