import { ok } from "#assert";
import fc from "fast-check";
import { gpuNamed, layerEfficiency } from "../../hardware/mod.ts";
import { modelShape } from "../../models/catalogue.ts";
import { layerGroups, type Recurrent } from "../../models/transformer.ts";
import { analyticalParts } from "./analytical_parts.ts";
import { scanSeconds } from "./recurrent_seconds.ts";

const shape = modelShape("qwen3-next-80b-a3b");
const recurrent = layerGroups(shape.layers).find(({ layer }) => layer.mixer?.kind === "recurrent")!;
const { scan } = recurrent.layer.mixer as Recurrent;

const stepOf = (chunks: readonly number[]) => ({
  decodeSequences: 0,
  decodeContextTokens: 0,
  chunkCount: chunks.length,
  chunkTokens: Int32Array.from(chunks),
  chunkPastTokens: new Int32Array(chunks.length),
  sampledSequences: chunks.length,
});

Deno.test("a delta scan takes its parts in waves, those with more chunks first", () => {
  for (const tensorParallel of [1, 2, 4]) {
    const parts = analyticalParts({ shape, gpu: gpuNamed("H100"), tensorParallel });
    const { scan: kernel, convolution } = layerEfficiency("hopper");
    const seconds = scanSeconds(parts)!;
    const heads = scan!.heads / tensorParallel;
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9000 }), { minLength: 1, maxLength: 90 }), (
        chunks,
      ) => {
        // Every part of every chunk by itself, the longest first, as many at once as there are slots.
        const all = chunks.flatMap((tokens) =>
          new Array<number>(heads).fill(Math.ceil(tokens / kernel.chunkTokens))
        ).sort((a, b) => b - a);
        let expected = kernel.seconds;
        for (let at = 0; at < all.length; at += kernel.slots) {
          expected += kernel.waveSeconds + kernel.chunkSeconds * all[at];
        }
        const tokens = chunks.reduce((sum, each) => sum + each, 0);
        expected += convolution.promptSeconds + tokens * 4 * scan!.channels / tensorParallel /
            (gpuNamed("H100").memoryBytesPerSecond * convolution.promptMemory);
        const actual = seconds(stepOf(chunks), 0, chunks.length) / recurrent.count;
        ok(Math.abs(actual / expected - 1) < 1e-12, `${actual}, ${expected}`);
      }),
      { seed: 3, numRuns: 60 },
    );
  }
});
