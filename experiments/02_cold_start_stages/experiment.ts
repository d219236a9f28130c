import { defineExperiment } from "simfaasinfer/experiment";
import { medusaModels, medusaTargets } from "simfaasinfer/targets";
import { coldStartStages } from "simfaasinfer/figures";
import { coldStartPreset, oneStart } from "simfaasinfer/cold-start";

/** Systems of the paper's Figure 7, and our presets of them. */
const PRESETS = { vllm: "vllm-tuned", async: "vllm-async", medusa: "medusa" } as const;
const LABELS = { vllm: "vLLM", async: "vLLM + async", medusa: "Medusa" } as const;

/** Stages of the paper's Figure 2 by our names of them. */
const FIGURE_2 = {
  runtime_import: "runtime",
  model_init: "model_init",
  tokenizer: "tokenizer",
  weights_load: "weights",
  kv_profile: "kv_profile",
  graph_capture: "graph_capture",
} as const;

/** Order of the stack. */
const STAGES = [
  "runtime import",
  "model init",
  "tokenizer",
  "weights load",
  "KV profile",
  "interference",
  "graph capture",
  "warmup",
];

const models = medusaModels();

/** Medusa (ASPLOS 2025), Figures 2 and 7: what the start of ten models is made of. */
export default defineExperiment({
  id: "02_cold_start_stages",
  version: 1,
  seed: 1,
  question:
    "Which stages make up the cold start of an LLM, and how much does restoring state save?",
  factors: {
    system: ["vllm", "async", "medusa"],
    model: models.map(({ model }) => model),
  },
  run({ cell }) {
    const model = models.find((candidate) => candidate.model === cell.model)!;
    const [start] = oneStart({
      plan: coldStartPreset(PRESETS[cell.system]).plan(),
      weightBytes: model.weight_gib * 2 ** 30,
      weightsIn: "ssd",
      artifacts: true,
      features: { layers: model.layers, converted_tokenizer: model.converted_tokenizer },
    });
    // Stages beside the critical path cost nothing.
    const path = start.stages.filter((stage) => stage.critical);
    const seconds = path.map((stage) => stage.endAtSeconds - stage.startAtSeconds);
    const runtime = seconds[path.findIndex(({ stage }) => stage === "runtime_import")];
    return path.map(({ stage }, i) => {
      const paper = cell.system === "vllm" && stage in FIGURE_2
        ? model.stages[FIGURE_2[stage as keyof typeof FIGURE_2]]
        : null;
      return {
        stage,
        seconds: seconds[i],
        paper_seconds: paper,
        loading_s: start.readyAtSeconds - runtime,
        paper_loading_s: model.totals[cell.system],
      };
    });
  },
  targets: () => medusaTargets.rows().filter((row) => row.tolerance !== null),
  headlines(rows) {
    const loading = (system: string) =>
      models.map(({ model }) =>
        rows.find((row) => row.system === system && row.model === model)!.loading_s
      );
    const mean = (values: readonly number[]) =>
      values.reduce((sum, value) => sum + value, 0) / values.length;
    const staged = rows.filter((row) => row.paper_seconds !== null);
    return {
      mean_loading_vllm_s: mean(loading("vllm")),
      mean_loading_async_s: mean(loading("async")),
      mean_loading_medusa_s: mean(loading("medusa")),
      mean_stage_error_s: mean(staged.map((row) => Math.abs(row.seconds - row.paper_seconds!))),
    };
  },
  figures: {
    figure_2(rows, { column }) {
      const own = rows.filter((row) => row.system === "vllm");
      return coldStartStages(
        ["paper", "ours"].flatMap((panel) =>
          own.map((row) => ({
            panel,
            series: row.model,
            stage: words(row.stage),
            seconds: panel === "ours" ? row.seconds : row.paper_seconds ?? 0,
          }))
        ),
        { stages: STAGES, column },
      );
    },
    figure_7(rows, { column }) {
      // Loading time, as the paper has it: without the runtime's own start.
      const loading = rows.filter((row) => row.stage !== "runtime_import");
      const panel = (row: { readonly system: keyof typeof LABELS }) => LABELS[row.system];
      return coldStartStages(
        loading.map((row) => ({
          panel: panel(row),
          series: row.model,
          stage: words(row.stage),
          seconds: row.seconds,
        })),
        {
          stages: STAGES,
          totals: loading.map((row) => ({
            panel: panel(row),
            series: row.model,
            seconds: row.paper_loading_s,
          })),
          title: "Simulated (s)",
          totalsLabel: "paper's total",
          column,
        },
      );
    },
  },
});

function words(stage: string): string {
  return stage.replaceAll("_", " ").replace(/^kv /, "KV ");
}
