import { exchangeSeconds, FP8_DISPATCH_BYTES } from "../../execution/all_to_all.ts";
import type { ParquetRows } from "../../execution/profiled/import_aiconfigurator.ts";
import { gpuNamed, layerEfficiency } from "../../hardware/mod.ts";
import { number, type OperatorPoint } from "./layer_operator.ts";

/** Points of a table of exchanges. */
export function exchangePoints(
  gpu: string,
  rows: ParquetRows,
  mode: "low-latency" | "normal",
  direction: "dispatch" | "combine",
): OperatorPoint[] {
  const { link, generation } = gpuNamed(gpu);
  const { allToAll } = layerEfficiency(generation);
  return rows.map((row, i) => {
    const machines = number(row, "node_num");
    const hiddenSize = number(row, "hidden_size");
    const efficiency = mode === "low-latency" ? allToAll : {
      ...allToAll,
      normal: { ...allToAll.normal, processors: number(row, `${direction}_sms`) },
    };
    const measured = mode === "low-latency"
      ? number(row, `${direction}_avg_t_us`)
      : number(row, `${direction}_transmit_us`) + number(row, `${direction}_notify_us`);
    return {
      measuredSeconds: measured * 1e-6,
      predictedSeconds: exchangeSeconds(
        {
          efficiency,
          link,
          ranks: 8 * machines,
          ...(machines > 1 && { network: { machines, bytesPerSecond: NETWORK } }),
        },
        {
          hiddenSize,
          experts: number(row, "num_experts"),
          perToken: number(row, "num_topk"),
          dispatchBytes: mode === "normal" ? 1 : FP8_DISPATCH_BYTES,
        },
        mode,
        direction,
        number(row, "num_token"),
      ),
      isFitted: machines === 1
        ? mode === "normal" ? FITTED_WIDTHS.includes(hiddenSize) : i % 2 === 0
        : machines < 8 &&
          (mode === "normal" ? [8, 16, 24].includes(number(row, "dispatch_sms")) : machines === 4),
    };
  });
}

/** 400 Gb/s of network for each GPU. @source aiconfigurator, systems/h100_sxm.yaml: inter_node_bw */
const NETWORK = 50e9;
const FITTED_WIDTHS = [2048, 4096, 7168];
