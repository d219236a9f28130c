import { type MixerTimes, mixerTimes } from "../../execution/analytical/mixer_times.ts";
import type { ParquetRows } from "../../execution/profiled/import_aiconfigurator.ts";
import { gpuNamed } from "../../hardware/mod.ts";
import { number, type OperatorPoint, type Row, text } from "./layer_operator.ts";
import { oneLayer } from "../../models/one_layer.ts";
import { chunks } from "./chunks.ts";

function deltaTimes(gpu: string): (row: Row) => MixerTimes {
  const known = new Map<string, MixerTimes>();
  return (row) => {
    const [keys, values, hidden] = ["num_k_heads", "num_v_heads", "d_model"].map((name) =>
      number(row, name)
    );
    const key = [keys, values, hidden].join();
    if (!known.has(key)) {
      const channels = (2 * keys + values) * 128;
      const shape = oneLayer({
        kind: "recurrent",
        name: "gated-delta",
        matrices: [],
        smallParameters: 0,
        stateElements: values * 128 * 128,
        stateBytesPerElement: 4,
        convolutionElements: 3 * channels,
        scan: { kind: "delta", heads: values, keySize: 128, valueSize: 128, channels },
      }, hidden);
      known.set(key, mixerTimes({ shape, gpu: gpuNamed(gpu), maxTokensPerStep: 256 }));
    }
    return known.get(key)!;
  };
}

/** Rows of one phase; the times of the convolution and of the delta rule are added up. */
export function deltaPoints(gpu: string, rows: ParquetRows, phase: string): OperatorPoint[] {
  const times = deltaTimes(gpu);
  const sums = new Map<string, { row: Row; seconds: number; kernels: number }>();
  for (const row of rows) {
    if (row.phase !== phase) continue;
    const key = ["model_name", "num_k_heads", "num_v_heads", "batch_size", "seq_len"]
      .map((name) => row[name]).join();
    const sum = sums.get(key) ?? { row, seconds: 0, kernels: 0 };
    sum.seconds += number(row, "latency") * 1e-3;
    sum.kernels++;
    sums.set(key, sum);
  }
  return [...sums.values()].filter(({ kernels }) => kernels === 2).map(({ row, seconds }) => ({
    measuredSeconds: seconds,
    predictedSeconds: phase === "generation"
      ? times(row).decodeKernels(number(row, "batch_size"), 0)
      : times(row).promptKernels(chunks(number(row, "batch_size"), number(row, "seq_len"), 0)),
    isFitted: /Qwen3\.5-(27|2)B$/.test(text(row, "model_name")),
  }));
}
