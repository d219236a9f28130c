import { ok } from "#assert";
import {
  type ExecutionSetting,
  executionSetting,
  runExecutionLaws,
} from "../../../tests/conformance/execution_laws.ts";
import { gpuNamed } from "../../hardware/gpu_catalogue.ts";
import { modelShape } from "../../models/catalogue.ts";
import type { LatentAttention, TransformerShape } from "../../models/transformer.ts";
import { shippedProfile, withLayerTables } from "./catalogue.ts";
import { forEachCell } from "./for_each_cell.ts";
import { latentMixer } from "./measured_mixers.ts";
import { findTables, type OperatorProfile, type ProfileDtype } from "./operator_profile.ts";
import type { OperatorTable } from "./operator_table.ts";
import { profiled } from "./profiled.ts";
import { unmeasuredMixers } from "./profiled_kinds.ts";

const profiles = new Map<string, OperatorProfile>();

function profileOf(gpu: string): OperatorProfile {
  if (!profiles.has(gpu)) profiles.set(gpu, withLayerTables(shippedProfile(gpu)));
  return profiles.get(gpu)!;
}

const create = ({ gpu, weightBytesPerElement, kvBytesPerElement, ...rest }: ExecutionSetting) =>
  profiled({
    ...rest,
    profile: profileOf(gpu.name),
    weightDtype: weightBytesPerElement === 1 ? "fp8" : "bf16",
    kvDtype: kvBytesPerElement === 1 ? "fp8" : "bf16",
  });

runExecutionLaws({
  name: "profiled()",
  create,
  tolerance: 0.2,
  skip: [{
    law: "compute shrinks",
    reason: "all-reduces are those that were measured: no other link can be tried",
  }, {
    law: "memory-bound decode",
    reason: "attention on L40S was measured at 0.82 of the bandwidth, 22 % above bytes / bandwidth",
  }],
});

runExecutionLaws({
  name: "profiled() of layers of every kind",
  create,
  tolerance: 0.03,
  settings: [
    // Latent; sparse; gated delta with heads of 256; Mamba-2; latent kernels alone; windows.
    executionSetting("deepseek-v3", "H200", { tensorParallel: 8, weightBytesPerElement: 1 }),
    executionSetting("deepseek-v3.2", "B200", { tensorParallel: 4, expertParallel: 4 }),
    executionSetting("qwen3-next-80b-a3b", "H200", { tensorParallel: 2 }),
    executionSetting("nemotron-3-nano-30b-a3b", "H100"),
    executionSetting("deepseek-v3", "A100", { tensorParallel: 8 }),
    executionSetting("gemma-3-27b", "H100", { tensorParallel: 2 }),
  ],
});

runExecutionLaws({
  name: "profiled() of attention ranks",
  create,
  tolerance: 0.03,
  settings: [
    executionSetting("deepseek-v3", "H200", {
      tensorParallel: 8,
      expertParallel: 8,
      dataParallelAttention: 8,
      weightBytesPerElement: 1,
    }),
    executionSetting("qwen3-235b-a22b", "B200", {
      tensorParallel: 8,
      expertParallel: 8,
      dataParallelAttention: 2,
    }),
  ],
  skip: [{
    law: "more sequences",
    reason: "ranks share sequences evenly, so a short one makes the share of each rank shorter",
  }],
});

/** The latent mixer of a model's first layer. */
const latentOf = ({ layers }: TransformerShape) => layers[0].mixer as LatentAttention;

/** The mixer of a model at so many heads of a rank, from a profile. */
const mixerAt = (
  profile: OperatorProfile,
  shape: TransformerShape,
  { attributes: { weightDtype, kvDtype } }: OperatorTable,
  heads: number,
) =>
  latentMixer({
    profile,
    gpu: gpuNamed(profile.gpu),
    hiddenSize: shape.hiddenSize,
    ranks: latentOf(shape).heads / heads,
    weightDtype: weightDtype as ProfileDtype,
    kvDtype: kvDtype as ProfileDtype,
  }, latentOf(shape));

Deno.test("half of the inner points of a table give the other half within 2 % in the median", () => {
  for (const [name, part] of [["deepseek-v3", "layer"], ["deepseek-v3.2", "sparse layer"]]) {
    const shape = modelShape(name);
    for (const gpu of ["h100-sxm", "h200-sxm", "b200-sxm"]) {
      const profile = profileOf(gpu);
      const errors: number[] = [];
      for (const table of findTables(profile, "latent_decode", { part })) {
        const [, batches, contexts] = table.axes.map(({ points }) => points.length);
        // Every other point, as the fields of a chessboard; the edge stays.
        const isHeld = (cell: number) => {
          const x = Math.floor(cell / contexts) % batches, y = cell % contexts;
          const isInner = x > 0 && y > 0 && x < batches - 1 && y < contexts - 1;
          return isInner && (x + y) % 2 === 1;
        };
        const seconds = table.seconds.map((value, cell) => isHeld(cell) ? NaN : value);
        const tables = profile.tables.map((one) => one === table ? { ...table, seconds } : one);
        const mixers = new Map(
          table.axes[0].points.map(([heads]) =>
            [heads, mixerAt({ ...profile, tables }, shape, table, heads)] as const
          ),
        );
        forEachCell(table, (cell, [[heads], [batch], [context]]) => {
          if (!isHeld(cell) || Number.isNaN(table.seconds[cell])) return;
          const mixer = mixers.get(heads)!;
          const predicted = mixer.projections(batch) + mixer.decode(batch, context);
          errors.push(Math.abs(predicted / table.seconds[cell] - 1));
        });
      }
      errors.sort((a, b) => a - b);
      const median = errors[errors.length >> 1], p90 = errors[Math.floor(0.9 * errors.length)];
      ok(errors.length > 1000 && median < 0.02 && p90 < 0.05, `${gpu} ${part}: ${median}, ${p90}`);
    }
  }
});

Deno.test("measured latent and sparse layers take the measured times of the models they are of", () => {
  for (const [name, part] of [["deepseek-v3", "layer"], ["deepseek-v3.2", "sparse layer"]]) {
    const shape = modelShape(name);
    for (const gpu of ["h100-sxm", "h200-sxm", "b200-sxm"]) {
      for (const table of findTables(profileOf(gpu), "latent_decode", { part })) {
        const { weightDtype, kvDtype } = table.attributes;
        let worst = 0;
        const mixers = new Map(
          table.axes[0].points.map(([heads]) =>
            [heads, mixerAt(profileOf(gpu), shape, table, heads)] as const
          ),
        );
        forEachCell(table, (cell, [[heads], [batch], [context]]) => {
          const measured = table.seconds[cell];
          if (Number.isNaN(measured)) return;
          const mixer = mixers.get(heads)!;
          const seconds = mixer.projections(batch) + mixer.decode(batch, context);
          worst = Math.max(worst, Math.abs(seconds / measured - 1));
        });
        // B200's sparse layers fall by as much here and there as contexts grow.
        ok(
          worst < (gpu === "b200-sxm" && part !== "layer" ? 0.08 : 1e-4),
          `${gpu} ${part} ${weightDtype} ${kvDtype}: ${worst}`,
        );
      }
    }
  }
});

Deno.test("profiled() says which layers no table is like", () => {
  const of = (model: string, gpu: string) =>
    unmeasuredMixers({ profile: profileOf(gpu), shape: modelShape(model) }).join();
  ok(of("deepseek-v3", "h200-sxm") === "");
  ok(of("deepseek-v3", "l40s") === "latent attention");
  ok(of("qwen3-next-80b-a3b", "h200-sxm") === "attention with heads of 256");
  ok(of("nemotron-3-nano-30b-a3b", "h100-sxm") === "mamba2");
});
