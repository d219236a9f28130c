import { parse } from "@std/yaml";
import text from "../../data/targets/hydraserve.yaml" with { type: "text" };
import { boundRow, defineExperiment, meanError, relativeRow } from "simfaasinfer/experiment";
import { paperBars } from "simfaasinfer/plot";
import { coldStartPreset, oneStart } from "simfaasinfer/cold-start";

/** Systems of the figure: our preset, where the weights are, the name in figures. */
const SYSTEMS = {
  "serverless-vllm": { preset: "serverless-vllm", weightsIn: "remote", label: "Serverless\nvLLM" },
  "serverlessllm": { preset: "serverlessllm", weightsIn: "remote", label: "ServerlessLLM" },
  "serverlessllm-cached": {
    preset: "serverlessllm",
    weightsIn: "dram",
    label: "ServerlessLLM\ncached",
  },
  "hydraserve-single": {
    preset: "hydraserve-single",
    weightsIn: "remote",
    label: "HydraServe\n1 worker",
  },
} as const;
type System = keyof typeof SYSTEMS;

const systems = ["serverless-vllm", "serverlessllm", "serverlessllm-cached", "hydraserve-single"];

interface Published {
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

const published = parse(text) as Published;
const columns = published.platforms.flatMap(({ platform, models }) =>
  models.map((model) => ({ platform, ...model }))
);

/** HydraServe (NSDI 2026), Figure 7: time to first token of a cold start. */
export default defineExperiment({
  id: "03_cold_ttft_systems",
  version: 1,
  seed: 1,
  question: "How long does a cold start keep the first token under four serverless systems?",
  factors: {
    platform: published.platforms.map(({ platform }) => platform),
    model: [...new Set(columns.map(({ model }) => model))],
    system: systems as readonly System[],
  },
  // The A10 has no room for the models of 13 billion parameters.
  design: {
    cells: columns.flatMap(({ platform, model }) =>
      (systems as readonly System[]).map((system) => ({ platform, model, system }))
    ),
  },
  run({ cell }) {
    const { preset, weightsIn } = SYSTEMS[cell.system];
    const { parameters_billion, ttft_s } = columns.find((column) =>
      column.platform === cell.platform && column.model === cell.model
    )!;
    const [start] = oneStart({
      plan: coldStartPreset(preset).plan(cell.platform),
      weightBytes: parameters_billion * 2e9,
      weightsIn,
    });
    return { ttft_s: start.readyAtSeconds, paper_ttft_s: ttft_s[cell.system] };
  },
  targets(rows) {
    const { source, bars } = published;
    const errors = rows.map((row) =>
      relativeRow(
        `hydraserve-nsdi26/${row.platform}/${row.system}/${row.model}`,
        source,
        row.paper_ttft_s,
        row.ttft_s,
      )
    );
    const order = (
      platform: string,
      model: string,
      of: (row: { readonly ttft_s: number; readonly paper_ttft_s: number }) => number,
    ) =>
      rows.filter((row) => row.platform === platform && row.model === model)
        .toSorted((a, b) => of(a) - of(b)).map((row) => row.system).join(" < ");
    const wrong = columns.filter(({ platform, model }) =>
      order(platform, model, (row) => row.ttft_s) !==
        order(platform, model, (row) => row.paper_ttft_s)
    );
    return [
      boundRow("hydraserve-nsdi26/mean-error", source, meanError(errors), bars.mean_error),
      boundRow("hydraserve-nsdi26/columns-in-wrong-order", source, wrong.length, 0, "count"),
      ...errors,
    ];
  },
  headlines(rows) {
    const mean = (system: System) => {
      const own = rows.filter((row) => row.system === system);
      return own.reduce((sum, row) => sum + row.ttft_s, 0) / own.length;
    };
    return Object.fromEntries(
      (systems as readonly System[]).map((
        system,
      ) => [`mean_ttft_${system.replaceAll("-", "_")}_s`, mean(system)]),
    );
  },
  figures: {
    figure_7: (rows, { column }) =>
      paperBars(
        rows.map((row) => ({
          panel: SYSTEMS[row.system].label,
          label: `${row.model} ${row.platform.replace("ecs-", "").toUpperCase()}`,
          paper: row.paper_ttft_s,
          ours: row.ttft_s,
        })),
        { title: "Cold TTFT (s)", column },
      ),
  },
});
