/**
 * Derives the shares of data/hardware/power.yaml from operator times with measured power:
 *
 *     deno run -R data/hardware/derive_power.ts FOLDER
 *
 * FOLDER is `data/b200_sxm` of aiconfigurator (see data/sources.yaml: aiconfigurator-power). Kernels of
 * at least 100 us count, since the gaps between shorter ones were measured with them. Power over the
 * limit is a line in the shares of peak compute and peak bandwidth,
 *
 *     running + compute x c + experts x e + memory x b, at most 1,
 *
 * where e is that of products with routed experts, whose tiles are half empty, and c that of all others,
 * with the least mean absolute relative error over nine tables, each of which weighs the same.
 */
import { gpuNamed } from "../../lib/hardware/gpu_catalogue.ts";
import { readParquet } from "../../lib/cli/read_parquet.ts";

/** One measured operator: constant, shares of compute and bandwidth; power over the limit. */
interface Point {
  readonly x: readonly [1, compute: number, experts: number, memory: number];
  readonly share: number;
}

const LEAST_SECONDS = 1e-4;
const BYTES: Record<string, number> = { bfloat16: 2, fp8: 1, fp8_block: 1, nvfp4: 0.5625 };
/** Rates of number formats over that of bf16. */
const RATES: Record<string, number> = { bfloat16: 1, fp8: 2, fp8_block: 2, nvfp4: 4 };

const [folder] = Deno.args;
const gpu = gpuNamed("B200");

type Row = Readonly<Record<string, unknown>>;
type Work = readonly [format: string, flops: number, bytes: number];

async function tables(): Promise<Map<string, Point[]>> {
  const found = new Map<string, Point[]>();
  const read = async (path: string, of: (row: Row) => [string, Work] | undefined) => {
    for (const row of await readParquet(`${folder}/${path}_perf.parquet`)) {
      const seconds = Number(row.latency) / 1000;
      const work = of(row);
      if (work === undefined || seconds < LEAST_SECONDS) continue;
      const [name, [format, flops, bytes]] = work;
      const c = flops / seconds / (RATES[format] * gpu.flopsPerSecond.bf16);
      const b = bytes / seconds / gpu.memoryBytesPerSecond;
      if (b > 1) continue; // It stayed in the cache.
      if (!found.has(name)) found.set(name, []);
      const share = Number(row.power) / Number(row.power_limit);
      const [dense, experts] = name.startsWith("moe") ? [0, c] : [c, 0];
      found.get(name)!.push({ x: [1, dense, experts, b], share });
    }
  };
  await read("gemm/vllm/0.22.0/gemm", (row) => {
    const format = String(row.gemm_dtype);
    const [m, n, k] = [row.m, row.n, row.k].map(Number);
    if (n < 256 || k < 256) return undefined;
    return [`gemm ${format}`, [format, 2 * m * n * k, BYTES[format] * k * (m + n) + 2 * m * n]];
  });
  await read("moe/vllm/0.22.0/moe", (row) => {
    const format = String(row.moe_dtype);
    if (!(format in BYTES)) return undefined;
    const [tokens, hidden, top, experts, ep] = [
      row.num_tokens,
      row.hidden_size,
      row.topk,
      row.num_experts,
      row.moe_ep_size,
    ].map(Number);
    const weights = 3 * hidden * Number(row.inter_size) / Number(row.moe_tp_size);
    const read = experts / ep * (1 - (1 - top / experts) ** tokens);
    return [
      `moe ${format}`,
      [format, 2 * weights * tokens * top / ep, read * weights * BYTES[format]],
    ];
  });
  await read("attention/vllm/0.22.0/context_attention", (row) => {
    if (Number(row.window_size) > 0 || row.kv_cache_dtype !== "bfloat16") return undefined;
    const { batch, heads, kvHeads, size } = attention(row);
    const tokens = Number(row.isl);
    return ["context attention", [
      "bfloat16",
      4 * batch * tokens * (tokens + 1) / 2 * heads * size,
      4 * batch * tokens * size * (kvHeads + heads),
    ]];
  });
  await read("attention/vllm/0.22.0/generation_attention", (row) => {
    if (Number(row.window_size) > 0 || String(row.kernel_source).includes("triton")) {
      return undefined;
    }
    const { batch, heads, kvHeads, size } = attention(row);
    const tokens = Number(row.isl) + Number(row.step);
    const format = String(row.kv_cache_dtype);
    return [`generation attention ${format}`, [
      "bfloat16",
      4 * batch * tokens * heads * size,
      2 * batch * tokens * kvHeads * size * BYTES[format],
    ]];
  });
  return found;
}

function attention(row: Row) {
  const [batch, heads, kvHeads, size] = [
    row.batch_size,
    row.num_heads,
    row.num_key_value_heads,
    row.head_dim,
  ].map(Number);
  return { batch, heads, kvHeads, size };
}

const dot = (a: readonly number[], b: readonly number[]) => a.reduce((s, v, i) => s + v * b[i], 0);

/** Iteratively reweighted least squares; points at the limit that the line has there, too, are met. */
function fit(groups: readonly Point[][]): number[] {
  let line = [0.5, 1, 1, 0.3];
  for (let round = 0; round < 300; round++) {
    const a = line.map(() => [0, 0, 0, 0]), y = [0, 0, 0, 0];
    for (const points of groups) {
      for (const { x, share } of points) {
        const predicted = dot(line, x);
        if (share > 0.94 && predicted > 0.94) continue;
        const error = Math.abs(Math.min(1, predicted) - share) / share;
        const weight = 1 / points.length / Math.max(error, 0.02) / share ** 2;
        for (let i = 0; i < 4; i++) {
          y[i] += weight * x[i] * share;
          for (let j = 0; j < 4; j++) a[i][j] += weight * x[i] * x[j];
        }
      }
    }
    const next = solve(a, y).map((value) => Math.max(0, value));
    const moved = Math.max(...next.map((value, i) => Math.abs(value - line[i])));
    line = line.map((value, i) => (value + next[i]) / 2);
    if (moved < 1e-6) break;
  }
  return line;
}

/** Solves linear equations of a positive definite matrix by elimination. */
function solve(matrix: readonly number[][], y: readonly number[]): number[] {
  const a = matrix.map((row, i) => [...row, y[i]]);
  const n = a.length;
  for (let k = 0; k < n; k++) {
    for (let i = 0; i < n; i++) {
      if (i === k) continue;
      const factor = a[i][k] / a[k][k];
      for (let j = k; j <= n; j++) a[i][j] -= factor * a[k][j];
    }
  }
  return a.map((row, i) => row[n] / row[i]);
}

const found = await tables();
const line = fit([...found.values()]);
const errors = (points: readonly Point[]) =>
  points.map(({ x, share }) => Math.abs(Math.min(1, dot(line, x)) / share - 1)).sort((p, q) =>
    p - q
  );
const [running, compute, experts, memory] = line.map((value) => value.toFixed(3));
console.log(`running ${running}, compute ${compute}, experts ${experts}, memory ${memory}`);
for (const [name, points] of found) {
  const median = errors(points)[points.length >> 1];
  console.log(`${name}: ${points.length} rows, median error ${(100 * median).toFixed(1)} %`);
}
