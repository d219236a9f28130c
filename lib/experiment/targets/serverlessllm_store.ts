import { parse } from "../../std/yaml.ts";
import text from "../../../data/targets/serverlessllm-store.yaml" with { type: "text" };
import { oneStart, stageSeconds } from "../../serverless/cold_start/one_start.ts";
import { coldStartPreset } from "../../serverless/cold_start/presets.ts";
import { relativeRow, type TargetGroup } from "./target.ts";

interface StoreTargets {
  readonly source: string;
  readonly tolerances: Readonly<Record<string, number>>;
  readonly loads: readonly {
    readonly preset: string;
    readonly platform: string;
    readonly model: string;
    readonly parameters_billion: number;
    readonly weights_in: "ssd" | "dram";
    readonly evicted_gib: number;
    readonly seconds: number;
  }[];
}

/** ServerlessLLM's store benchmarks: loads from disk ("random") and from host memory ("cached"). */
export const serverlessllmStoreTargets: TargetGroup = {
  id: "serverlessllm-store",
  rows() {
    const { source, tolerances, loads } = parse(text) as StoreTargets;
    return loads.map((load) => {
      const [start] = oneStart({
        plan: coldStartPreset(load.preset).plan(load.platform),
        weightBytes: load.parameters_billion * 2e9,
        weightsIn: load.weights_in,
        features: { evicted_gib: load.evicted_gib },
      });
      return relativeRow(
        `serverlessllm-store/${load.platform}/${load.preset}/${load.weights_in}/${load.model}`,
        source,
        load.seconds,
        stageSeconds(start, "weights_load"),
        tolerances[load.preset],
      );
    });
  },
};
