import { ok } from "#assert";
import { stepOf } from "../../../tests/conformance/execution_laws.ts";
import { gpuNamed, layerEfficiency } from "../../hardware/mod.ts";
import { modelShape } from "../../models/catalogue.ts";
import { ALL_TO_ALL_MODES, type AllToAllMode, allToAllSeconds } from "../all_to_all.ts";
import { analytical } from "./analytical.ts";

const shape = modelShape("deepseek-v3");
const gpu = gpuNamed("H200");
const RANKS = { tensorParallel: 8, expertParallel: 8, dataParallelAttention: 8 };
const SPARSE_LAYERS =
  shape.layers.filter(({ feedForward }) => feedForward?.kind === "experts").length;

const near = (actual: number, expected: number, share: number) =>
  ok(Math.abs(actual / expected - 1) < share, `${actual}, ${expected}`);

Deno.test("each layer of experts exchanges the tokens of a rank once there and back", () => {
  const slow = { ...gpu, link: { ...gpu.link, bytesPerSecond: gpu.link.bytesPerSecond / 4 } };
  const { allToAll: efficiency } = layerEfficiency(gpu.generation);
  const layer = { hiddenSize: 7168, experts: 256, perToken: 8, dispatchBytes: 2 };
  for (const mode of ALL_TO_ALL_MODES) {
    const seconds = (each: typeof gpu, step: ReturnType<typeof stepOf>) =>
      analytical({ shape, gpu: each, ...RANKS, allToAll: mode }).stepSeconds(step);
    const exchange = (each: typeof gpu, of: AllToAllMode, tokens: number) =>
      allToAllSeconds({ efficiency, link: each.link, ranks: 8 }, layer, of, tokens);
    // Attention ranks of one GPU have no other use of the link.
    for (
      const [tokens, step] of [
        [64, stepOf(512, 512_000)],
        [4096, stepOf(0, 0, [[4096, 0]])],
      ] as const
    ) {
      const added = seconds(slow, step) - seconds(gpu, step);
      const wanted = SPARSE_LAYERS * (exchange(slow, mode, tokens) - exchange(gpu, mode, tokens));
      near(added, wanted, 1e-6);
    }
  }
});

Deno.test("ranks wait for the slowest: a prompt alone takes as long as eight of its length do", () => {
  const model = analytical({ shape, gpu, ...RANKS });
  const one = model.stepSeconds(stepOf(0, 0, [[2048, 0]]));
  const eight = model.stepSeconds(stepOf(0, 0, new Array(8).fill([2048, 0] as const)));
  const nine = model.stepSeconds(stepOf(0, 0, new Array(9).fill([2048, 0] as const)));
  // Eight fill the ranks; their experts have eight times the tokens.
  ok(eight > one && eight < 3 * one, `${eight}, ${one}`);
  ok(nine > eight);
  // Attention ranks without experts to share are engines of their own side by side.
  const dense = modelShape("llama-3.1-8b");
  const alone = analytical({ shape: dense, gpu });
  const ranks = analytical({ shape: dense, gpu, tensorParallel: 4, dataParallelAttention: 4 });
  near(ranks.stepSeconds(stepOf(4, 4000)), alone.stepSeconds(stepOf(1, 1000)), 1e-12);
  near(ranks.stepSeconds(stepOf(256, 256_000)), alone.stepSeconds(stepOf(64, 64_000)), 1e-12);
  near(
    ranks.stepSeconds(stepOf(0, 0, new Array(4).fill([1000, 50] as const))),
    alone.stepSeconds(stepOf(0, 0, [[1000, 50]])),
    1e-12,
  );
});
