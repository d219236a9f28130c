import { parse } from "../../std/yaml.ts";
import text from "../../../data/targets/a6000-engine-starts.yaml" with { type: "text" };
import { oneStart, stageSeconds } from "../../serverless/cold_start/one_start.ts";
import { coldStartPreset } from "../../serverless/cold_start/presets.ts";
import { boundRow, meanError, relativeRow, type TargetGroup } from "./target.ts";

interface A6000Targets {
  readonly source: string;
  readonly bars: { readonly mean_error: number };
  readonly starts: readonly {
    readonly run: string;
    readonly ranks: number;
    readonly weight_gib_per_rank: number;
    readonly weights_in: "ssd" | "dram";
    readonly total_s: number;
  }[];
}

/** Five engine starts on A6000: process start to ready, from the page cache and from a slow disk. */
export const a6000Targets: TargetGroup = {
  id: "a6000-engine-starts",
  rows() {
    const { source, bars, starts } = parse(text) as A6000Targets;
    const rows = starts.map(({ run, ranks, weight_gib_per_rank, weights_in, total_s }) => {
      const [start] = oneStart({
        plan: coldStartPreset("vllm-v1").plan("a6000-eager"),
        weightBytes: weight_gib_per_rank * ranks * 2 ** 30,
        ranks,
        weightsIn: weights_in,
      });
      // The logs begin with the process: the container is there.
      const ours = start.readyAtSeconds - stageSeconds(start, "container_create");
      return relativeRow(`a6000-engine-starts/${run}`, source, total_s, ours);
    });
    return [
      ...rows,
      boundRow("a6000-engine-starts/mean-error", source, meanError(rows), bars.mean_error),
    ];
  },
};
