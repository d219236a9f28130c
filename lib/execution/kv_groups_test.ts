import assert from "#assert";
import fc from "fast-check";
import { modelShape } from "../models/catalogue.ts";
import { modelFromHfConfig } from "../models/hf/config.ts";
import { kvBytesPerToken } from "../models/kv_bytes_per_token.ts";
import { windowed } from "../models/testing_shapes.ts";
import { stageLayers } from "./kv_capacity.ts";
import { heldKvBytes, kvLayout, sequenceBlocks } from "./kv_groups.ts";

const llama = modelShape("llama-3.1-8b");
/** Bytes of a block of 16 tokens in one layer. */
const PAGE = 16 * 2 * 8 * 128 * 2;
const layoutOf = (window: number, full: number) =>
  kvLayout([windowed(llama, window, full).layers], 2, 1, 16);

Deno.test("kvLayout() without windows is one group of all layers", () => {
  const { groups, blockBytes } = kvLayout([llama.layers], 2, 1, 16);
  assert.deepEqual(groups, [{ windowTokens: 0, isChunked: false, blockTokens: 16 }]);
  assert.deepEqual(blockBytes, [32 * PAGE]);
});

Deno.test("kvLayout() deals layers to groups of the rarest kind's number, as vLLM does", () => {
  const shapeOf = (full: number) => {
    const { groups, blockBytes } = layoutOf(1000, full);
    return [groups.length, groups.filter((g) => g.windowTokens > 0).length, blockBytes[0] / PAGE];
  };
  // Groups, those with a window, and layers of a group.
  assert.deepEqual(shapeOf(16), [2, 1, 16]);
  assert.deepEqual(shapeOf(8), [4, 3, 8]);
  assert.deepEqual(shapeOf(28), [8, 1, 4]);
  assert.deepEqual(shapeOf(5), [7, 6, 5], "27 layers fill five groups of five and two of a sixth");
  assert.deepEqual(shapeOf(15), [2, 1, 17], "a few layers more are filled up instead");
  assert.deepEqual(shapeOf(0), [1, 1, 32], "windows alone");
});

Deno.test("kvLayout() gives smaller entries longer blocks, and one group where they do not divide", () => {
  // MiMo-V2-Flash: 4 heads see everything, 8 a window.
  const at = (kvHeads: number) => {
    const layers = windowed(llama, 128, 16).layers.map((layer) =>
      layer.mixer?.kind === "attention" && layer.mixer.windowTokens > 0
        ? layer
        : { ...layer, mixer: { ...layer.mixer!, kvHeads } as NonNullable<typeof layer.mixer> }
    );
    return kvLayout([layers], 2, 1, 16);
  };
  assert.deepEqual(at(4).groups.map(({ blockTokens }) => blockTokens).sort(), [16, 32]);
  const uneven = at(3);
  assert.equal(uneven.groups.length, 1);
  assert.equal(uneven.groups[0].windowTokens, 0);
  assert.equal(uneven.blockBytes[0], 16 * PAGE + 16 * PAGE * 3 / 8);
});

Deno.test("kvLayout() over a pipeline: each stage holds its layers of every group", () => {
  fc.assert(fc.property(
    fc.integer({ min: 0, max: 32 }),
    fc.integer({ min: 1, max: 8 }),
    (full, pipeline) => {
      const stages = stageLayers(windowed(llama, 100, full).layers, pipeline);
      const { groups, blockBytes } = kvLayout(stages, 2, 1, 16);
      const layers = blockBytes.map((bytes) => bytes / PAGE);
      stages.forEach((stage, s) => {
        assert.ok(layers[s] * groups.length >= stage.length, "room for every layer");
        assert.ok(layers[s] <= stage.length, "no more than there are");
      });
    },
  ));
});

Deno.test("sequenceBlocks() is what vLLM asks for a request: max_memory_usage_bytes over the page", () => {
  const [full, window] = layoutOf(128, 16).groups.toSorted((a, b) =>
    a.windowTokens - b.windowTokens
  );
  assert.equal(sequenceBlocks([full], 8192, 8192), 512);
  // min(127 + 8192, 8192) tokens and a block that they straddle.
  assert.equal(sequenceBlocks([window], 8192, 8192), 513);
  assert.equal(sequenceBlocks([full, window], 65536, 8192), 4096 + 521);
  // While it decodes, a window touches at most nine blocks, and never more than there are.
  assert.equal(sequenceBlocks([window], 65536), 9);
  assert.equal(sequenceBlocks([window], 16), 1);
  const chunked = { windowTokens: 8192, isChunked: true, blockTokens: 16 };
  assert.equal(sequenceBlocks([chunked], 100_000, 2048), 640);
});

Deno.test("sequenceBlocks() grows with the sequence, from all groups alike to those without a window", () => {
  const { groups } = layoutOf(1000, 8);
  fc.assert(fc.property(
    fc.integer({ min: 1, max: 200_000 }),
    fc.integer({ min: 1, max: 10_000 }),
    (tokens, more) => {
      const blocks = sequenceBlocks(groups, tokens);
      const all = groups.length * Math.ceil(tokens / 16);
      assert.ok(blocks <= all && blocks >= Math.ceil(tokens / 16));
      if (tokens <= 1000 - 16) assert.equal(blocks, all);
      assert.ok(sequenceBlocks(groups, tokens + more) >= blocks);
      assert.ok(sequenceBlocks(groups, tokens, more) >= blocks);
    },
  ));
});

Deno.test("heldKvBytes(): 18 layers hold all tokens, 18 the blocks that a window of 128 touches", () => {
  const oss = modelShape("gpt-oss-120b");
  assert.equal(heldKvBytes(oss, 1, 65536, 16), 18 * 1024 * (65536 + 144));
  assert.equal(heldKvBytes(oss, 1, 64, 16), 64 * kvBytesPerToken(oss, 1));
  assert.equal(heldKvBytes(llama, 2, 17, 16), 32 * kvBytesPerToken(llama, 2));
});

Deno.test("the lines of vLLM 0.19 follow from its blocks: tokens, and concurrency at 8,192 tokens", () => {
  // Blocks, tokens and concurrency of start-up logs on an H100 (llm-d-planner, accuracy report).
  const logs: readonly (readonly [string, object, number, number, number])[] = [
    ["Gemma 2 2B", { model_type: "gemma2", num_hidden_layers: 26 }, 83770, 670160, 81.73],
    ["Gemma 2 9B", { model_type: "gemma2", num_hidden_layers: 42 }, 21110, 168880, 20.6],
    ["Gemma 2 27B", { model_type: "gemma2", num_hidden_layers: 46 }, 7335, 58672, 7.16],
    ["Gemma 3 4B", { model_type: "gemma3_text", num_hidden_layers: 34 }, 204817, 468144, 57.05],
    ["Gemma 3 12B", { model_type: "gemma3_text", num_hidden_layers: 48 }, 48867, 130304, 15.88],
    ["Gemma 3 27B", { model_type: "gemma3_text", num_hidden_layers: 62 }, 15997, 36560, 4.46],
    ["Llama 3.1 8B", { model_type: "llama" }, 29751, 476016, 58.11],
  ];
  for (const [name, config, blocks, tokens, concurrency] of logs) {
    const window = name.startsWith("Gemma 3") ? { sliding_window: 1024 } : {};
    const { layers } = modelFromHfConfig({ ...config, ...window }).shape;
    const { groups } = kvLayout([layers], 2, 1, 16);
    assert.equal(Math.floor(blocks / groups.length) * 16, tokens, name);
    const own = Number((blocks / sequenceBlocks(groups, 8192, 8192)).toFixed(2));
    assert.ok(Math.abs(own - concurrency) < 0.011, `${name}: ${own}`);
  }
});
