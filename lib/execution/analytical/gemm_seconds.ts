import type { GpuEfficiency } from "../../hardware/efficiency.ts";
import type { Gpu } from "../../hardware/gpu.ts";
import type { ActivationFormat } from "../../models/weight_format.ts";
import { softMaximum } from "../soft_maximum.ts";

/**
 * Seconds of m x k activations times k x n weights.
 *
 * `batches` products of the same shape in one launch (grouped experts) read `batches` weights and
 * share m rows among them.
 */
export type GemmSeconds = (m: number, n: number, k: number, batches?: number) => number;

/**
 * Products on a GPU with weights of so many bytes: roofline with the generation's efficiency.
 *
 * Activations of 4 bits run at twice the fp8 rate where that was measured. Else activations of 8 or 4
 * bits run at the fp8 rate where the GPU multiplies fp8, quantised on the way (assumed for int8 and
 * nvfp4: at least that fast). Elsewhere weights alone are quantised: their bytes
 * shrink, and the product runs at the 16-bit rate (assumed: weight-only kernels, as for AWQ, GPTQ,
 * mxfp4 and fp8 on Ampere).
 *
 * Kernels compute whole tiles of rows: where that shows, a tile that is not full counts in part for the
 * rows it lacks. Grouped experts have kernels of their own, with small tiles.
 */
export function gemmSecondsOf(
  gpu: Gpu,
  efficiency: GpuEfficiency,
  weightBytes: number,
  activations: ActivationFormat = weightBytes === 1 ? "fp8" : "bf16",
): GemmSeconds {
  const bandwidth = gpu.memoryBytesPerSecond;
  const { gemmFp8, gemmFp4 } = efficiency;
  if (activations === "fp4" && gemmFp4 !== undefined && gpu.flopsPerSecond.fp8 !== undefined) {
    const peak = 2 * gpu.flopsPerSecond.fp8 * gemmFp4.compute;
    const rate = bandwidth * gemmFp4.memory;
    return (m, n, k, batches = 1) =>
      softMaximum(
        2 * m * n * k / peak,
        ((batches * n * k + m * k) * weightBytes + 2 * m * n) / rate,
        gemmFp4.sharpness,
      ) + 2.5 * m * k / (bandwidth * gemmFp4.quantise) + gemmFp4.seconds;
  }
  if (activations !== "bf16" && gemmFp8 !== undefined && gpu.flopsPerSecond.fp8 !== undefined) {
    const peak = gpu.flopsPerSecond.fp8 * gemmFp8.compute;
    const rate = bandwidth * gemmFp8.memory;
    return (m, n, k, batches = 1) =>
      softMaximum(
        2 * m * n * k / peak,
        (batches * n * k * weightBytes + m * k + 2 * m * n) / rate,
        gemmFp8.sharpness,
      ) + 3 * m * k / (bandwidth * gemmFp8.quantise) + gemmFp8.seconds;
  }
  const { gemm } = efficiency;
  const { rows: tileRows, share } = gemm.rowTile ?? { rows: 1, share: 0 };
  // 32-bit products run at half the 16-bit rate (TF32).
  const peak = gpu.flopsPerSecond.bf16 * gemm.compute / (weightBytes > 2 ? 2 : 1);
  const rate = bandwidth * gemm.memory;
  return (m, n, k, batches = 1) => {
    const missing = batches > 1 || share === 0 ? 0 : Math.ceil(m / tileRows) * tileRows - m;
    return softMaximum(
      2 * (m + share * missing) * n * k / peak,
      (batches * n * k * weightBytes + 2 * m * (k + n)) / rate,
      gemm.sharpness,
    ) + gemm.seconds;
  };
}
