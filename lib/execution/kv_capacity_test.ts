import assert from "#assert";
import fc from "fast-check";
import { gpuEntries, gpuNamed } from "../hardware/gpu_catalogue.ts";
import { findModel, modelEntries, modelShape } from "../models/catalogue.ts";
import { kvBytesPerToken } from "../models/kv_bytes_per_token.ts";
import { weightBytes } from "../models/weight_format.ts";
import { kvCapacity, type KvCapacityOptions } from "./kv_capacity.ts";

/** Sine and cosine of Llama 3.1's 131,072 positions, 64 of each. */
const ROTARY_BYTES = 2 * 131_072 * 128;

function options(change: Partial<KvCapacityOptions> = {}): KvCapacityOptions {
  return {
    shape: modelShape("llama-3.1-8b"),
    gpu: gpuNamed("H100"),
    tensorParallel: 1,
    pipelineParallel: 1,
    weightBytesPerElement: 2,
    kvBytesPerElement: 2,
    utilization: 0.9,
    reserveBytes: 2e9,
    blockTokens: 16,
    ...change,
  };
}

/** Message with which the options are refused; empty when they are not. */
function refusal(asked: KvCapacityOptions): string {
  try {
    kvCapacity(asked);
    return "";
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return error.message;
  }
}

/** Blocks, or 0 when the model does not fit. */
function blocksOf(asked: KvCapacityOptions): number {
  const message = refusal(asked);
  if (message === "") return kvCapacity(asked).blocks;
  assert.match(message, /lacks [\d.]+ GB per GPU/);
  return 0;
}

const anyOptions = fc.record({
  shape: fc.constantFrom(...modelEntries().map(({ shape }) => shape)),
  gpu: fc.constantFrom(...gpuEntries()),
  tensorParallel: fc.constantFrom(1, 2, 4, 8),
  pipelineParallel: fc.integer({ min: 1, max: 8 }),
  weightBytesPerElement: fc.constantFrom(0.5, 1, 2),
  kvBytesPerElement: fc.constantFrom(1, 2),
  utilization: fc.constantFrom(0.5, 0.8, 0.9, 1),
  reserveBytes: fc.constantFrom(0, 1e9, 4e9),
  blockTokens: fc.constantFrom(1, 16, 64),
});

Deno.test("kvCapacity() of one GPU is what weights and reserve leave, in whole blocks", () => {
  const asked = options();
  const { shape, gpu } = asked;
  const room = gpu.memoryBytes * 0.9 - weightBytes(shape, 2) - ROTARY_BYTES - 2e9;
  assert.equal(kvCapacity(asked).blocks, Math.floor(room / (16 * kvBytesPerToken(shape, 2))));
});

Deno.test("kvCapacity() shares stay within the utilisation and leave less than a block", () => {
  fc.assert(fc.property(anyOptions, (asked) => {
    if (blocksOf(asked) === 0) return;
    const { blocks, fixedMemoryShare, kvMemoryShare } = kvCapacity(asked);
    const used = fixedMemoryShare + kvMemoryShare;
    assert.ok(used <= asked.utilization * (1 + 1e-12), `${used} used`);
    // The stages of a pipeline differ, and the fullest decides.
    if (asked.pipelineParallel > 1) return;
    assert.ok(used + kvMemoryShare / blocks > asked.utilization - 1e-12, "a block more would fit");
  }));
});

Deno.test("kvCapacity() grows with memory and tensor parallelism, falls with the reserve", () => {
  fc.assert(fc.property(anyOptions, (asked) => {
    const blocks = blocksOf(asked);
    const { gpu } = asked;
    const larger = { ...gpu, memoryBytes: 2 * gpu.memoryBytes };
    assert.ok(blocksOf({ ...asked, gpu: larger }) >= blocks);
    assert.ok(blocksOf({ ...asked, tensorParallel: 2 * asked.tensorParallel }) >= blocks);
    assert.ok(blocksOf({ ...asked, reserveBytes: asked.reserveBytes + 1e9 }) <= blocks);
  }));
});

Deno.test("kvCapacity() holds a KV head on several ranks when there are more ranks than heads", () => {
  // 1 of Falcon's one KV head on each rank: two ranks hold it twice.
  const at = (tensorParallel: number) =>
    kvCapacity(options({ shape: modelShape("falcon-7b"), tensorParallel, reserveBytes: 0 }));
  const room = (degree: number) => {
    const { kvMemoryShare, blocks } = at(degree);
    return kvMemoryShare / blocks;
  };
  assert.ok(Math.abs(room(2) / room(1) - 1) < 1e-9);
});

Deno.test("kvCapacity() divides the weights over tensor and pipeline ranks", () => {
  const shape = modelShape("llama-3.1-70b");
  for (const [tensorParallel, pipelineParallel] of [[4, 1], [2, 2], [1, 4]]) {
    const gpu = gpuNamed("H100");
    const { fixedMemoryShare } = kvCapacity(
      options({ shape, tensorParallel, pipelineParallel, reserveBytes: 0 }),
    );
    // Each rank has the table of rotary positions.
    const share = (weightBytes(shape, 2) + 4 * ROTARY_BYTES) / (4 * gpu.memoryBytes);
    assert.ok(Math.abs(fixedMemoryShare / share - 1) < 1e-3, `${fixedMemoryShare} for ${share}`);
  }
});

Deno.test("kvCapacity() says by how much a model does not fit and which degree would fit", () => {
  const shape = modelShape("llama-3.1-70b");
  const message = refusal(options({ shape }));
  assert.equal(message.includes("\n"), false);
  const lack = weightBytes(shape, 2) + ROTARY_BYTES + 2e9 + 16 * kvBytesPerToken(shape, 2) -
    0.9 * gpuNamed("H100").memoryBytes;
  const said = Number(/lacks ([\d.]+) GB per GPU/.exec(message)?.[1]);
  assert.ok(Math.abs(said - lack / 1e9) < 0.011, message);
  const degree = Number(/degree (\d+) would fit/.exec(message)?.[1]);
  assert.ok(kvCapacity(options({ shape, tensorParallel: degree })).blocks >= 1);
  assert.throws(() => kvCapacity(options({ shape, tensorParallel: degree / 2 })), RangeError);
  const gpu = { name: "tiny", memoryBytes: 1e9 };
  assert.throws(() => kvCapacity(options({ shape, gpu })), /no tensor-parallel degree up to 64/);
});

Deno.test("kvCapacity() refuses options out of range", () => {
  const wrong: Partial<KvCapacityOptions>[] = [
    { tensorParallel: 0 },
    { tensorParallel: 1.5 },
    { pipelineParallel: 33 },
    { utilization: 0 },
    { utilization: 1.1 },
    { reserveBytes: -1 },
    { blockTokens: 0 },
    { weightBytesPerElement: NaN },
  ];
  for (const change of wrong) {
    assert.throws(() => kvCapacity(options(change)), /Cannot work out a KV capacity/);
  }
});

Deno.test("kvCapacity() fills experts of mxfp4 up to the tiles of their kernels: 65.97 GiB of gpt-oss-120b", () => {
  const { shape, formats } = findModel("gpt-oss-120b")!;
  const loaded = (name: string) => {
    const gpu = gpuNamed(name);
    const asked = options({ shape, gpu, weights: formats!, utilization: 1, reserveBytes: 0 });
    return kvCapacity(asked).fixedMemoryShare * gpu.memoryBytes;
  };
  const tables = 2 * 131_072 * 64 * 2;
  const checkpoint = weightBytes(shape, formats!);
  // Widths of 2,880 become 2,944 and 3,072; vLLM 0.10 logs 65.9651 GiB on an H100 (issue 23278).
  assert.ok(Math.abs(loaded("H100") / (65.9651 * 2 ** 30) - 1) < 1e-3, `${loaded("H100")}`);
  const experts = 36 * 128 * 3 * 2880 * 2880 * 17 / 32;
  const wide = (3072 * 3072) / (2880 * 2880);
  assert.ok(Math.abs(loaded("B200") / (checkpoint + tables + experts * (wide - 1)) - 1) < 1e-3);
});
