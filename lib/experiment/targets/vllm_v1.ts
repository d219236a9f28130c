import { parse } from "../../std/yaml.ts";
import text from "../../../data/targets/vllm-v1.yaml" with { type: "text" };
import { oneStart, stageSeconds } from "../../serverless/cold_start/one_start.ts";
import { coldStartPreset } from "../../serverless/cold_start/presets.ts";
import type { FinishedStart } from "../../serverless/cold_start/start_request.ts";
import { relativeRow, type TargetGroup } from "./target.ts";

type Quantity = "fetch" | "weights" | "engine_cold" | "engine_cached";

interface VllmV1Targets {
  readonly tolerance: number;
  readonly starts: readonly {
    readonly model: string;
    readonly parameters_billion: number;
    readonly layers: number;
    readonly ranks: number;
    readonly source: string;
    readonly seconds: Readonly<Partial<Record<Quantity, number>>>;
  }[];
}

/** vLLM V1 on H100: download, weights and engine with and without a compile cache. */
export const vllmV1Targets: TargetGroup = {
  id: "vllm-v1",
  rows() {
    const { tolerance, starts } = parse(text) as VllmV1Targets;
    const plan = coldStartPreset("vllm-v1").plan("h100");
    const engine = (start: FinishedStart) =>
      ["compile", "kv_profile", "graph_capture"].reduce(
        (sum, stage) => sum + stageSeconds(start, stage),
        0,
      );
    return starts.flatMap(({ model, parameters_billion, layers, ranks, source, seconds }) => {
      const options = { plan, weightBytes: parameters_billion * 2e9, ranks, features: { layers } };
      const [cold] = oneStart(options);
      const [cached] = oneStart({ ...options, artifacts: ["compile"] });
      const ours: Record<Quantity, number> = {
        fetch: stageSeconds(cold, "weights_fetch"),
        weights: stageSeconds(cold, "weights_load"),
        engine_cold: engine(cold),
        engine_cached: engine(cached),
      };
      return (Object.entries(seconds) as [Quantity, number][]).map(([quantity, paper]) =>
        relativeRow(`vllm-v1/${quantity}/${model}`, source, paper, ours[quantity], tolerance)
      );
    });
  },
};
