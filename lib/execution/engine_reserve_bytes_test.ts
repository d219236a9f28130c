import assert from "#assert";
import { gpuNamed } from "../hardware/gpu_catalogue.ts";
import { modelShape } from "../models/catalogue.ts";
import { engineReserveBytes } from "./engine_reserve_bytes.ts";
import { kvCapacity } from "./kv_capacity.ts";

Deno.test("engineReserveBytes() gives the KV blocks of three real vLLM servers within 1 %", () => {
  const servers = [
    { model: "llama-3.1-8b", gpu: "RTX 4090", tensorParallel: 1, blocks: 2588 },
    { model: "llama-2-7b", gpu: "H100", tensorParallel: 1, blocks: 7462 },
    { model: "llama-2-70b", gpu: "H100", tensorParallel: 4, blocks: 31356 },
  ];
  for (const { model, gpu, tensorParallel, blocks } of servers) {
    const capacity = kvCapacity({
      shape: modelShape(model),
      gpu: gpuNamed(gpu),
      tensorParallel,
      pipelineParallel: 1,
      weightBytesPerElement: 2,
      kvBytesPerElement: 2,
      utilization: 0.9,
      reserveBytes: engineReserveBytes(tensorParallel),
      blockTokens: 16,
    });
    const off = capacity.blocks / blocks - 1;
    assert.ok(Math.abs(off) < 0.01, `${model} on ${gpu}: ${capacity.blocks} of ${blocks}`);
  }
});

Deno.test("engineReserveBytes() refuses half a GPU", () => {
  assert.throws(() => engineReserveBytes(0.5), /current value is 0.5/);
});
