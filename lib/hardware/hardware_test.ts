import assert from "#assert";
import { gpuEfficiency } from "./efficiency.ts";
import { findGpu, gpuEntries, gpuNamed } from "./gpu_catalogue.ts";
import { linkSeconds } from "./link.ts";
import { nodeEntries, nodeNamed } from "./node_catalogue.ts";

Deno.test("every GPU has plausible rates, a source and an efficiency in (0, 1]", () => {
  for (const gpu of gpuEntries()) {
    const { bf16, fp8 = Infinity, int8 = Infinity } = gpu.flopsPerSecond;
    assert.ok(fp8 >= bf16 && int8 >= bf16, gpu.name);
    // Ridge point of data-centre GPUs: tens to hundreds of FLOPs per byte.
    const ridge = bf16 / gpu.memoryBytesPerSecond;
    assert.ok(ridge > 30 && ridge < 500, `${gpu.name}: ${ridge}`);
    assert.ok(gpu.memoryBytes > 1.5e10 && gpu.l2Bytes > 4e6 && gpu.powerWatts >= 70, gpu.name);
    assert.ok(gpu.source.length > 10, gpu.name);
    const { gemm, gemmFp8, decode, prefill, allReduce } = gpuEfficiency(gpu.generation);
    for (const kernel of [gemm, gemmFp8 ?? gemm, prefill]) {
      assert.ok(kernel.compute > 0 && kernel.compute <= 1, gpu.name);
    }
    for (const kernel of [gemm, gemmFp8 ?? gemm, prefill, decode]) {
      assert.ok(kernel.sharpness > 0, gpu.name);
    }
    for (const kernel of [gemm, gemmFp8 ?? gemm, prefill, decode, allReduce]) {
      assert.ok(kernel.memory > 0 && kernel.memory <= 1, gpu.name);
      assert.ok(kernel.seconds >= 0 && kernel.seconds < 1e-4, gpu.name);
    }
    const { share = 0 } = gemm.rowTile ?? {};
    assert.ok(share >= 0 && share <= 1, gpu.name);
    const { memory = 1, secondsPerRank = 0 } = allReduce.host ?? {};
    assert.ok(memory > 0 && memory <= 1 && secondsPerRank < 1e-4, gpu.name);
  }
});

Deno.test("gpuNamed() finds aliases; A100 and H100 are the SXM ones with 80 GB", () => {
  assert.equal(gpuNamed("A100").name, "a100-sxm-80gb");
  // As CUDA reports it: 79.19 GiB.
  assert.equal(gpuNamed("h100").memoryBytes, 81_090 * 2 ** 20);
  assert.equal(gpuNamed("RTX 4090").name, "rtx-4090");
  assert.equal(gpuNamed("RTX PRO 6000").name, "rtx-pro-6000");
  assert.equal(findGpu("H900"), undefined);
  assert.throws(() => gpuNamed("H900"), /current value is H900/);
});

Deno.test("the A10G of AWS multiplies at 0.56 of the A10's rate", () => {
  assert.equal(gpuNamed("A10G").name, "a10g");
  const [ours, theirs] = ["A10G", "A10"].map((name) => gpuNamed(name).flopsPerSecond.bf16);
  assert.equal(ours / theirs, 70 / 125);
});

Deno.test("every node type names a known GPU and sources", () => {
  for (const node of nodeEntries()) {
    if (node.gpu !== undefined) assert.ok(findGpu(node.gpu), node.name);
    assert.equal(node.gpus % node.gpusPerPcieSwitch, 0, node.name);
    assert.ok(node.source.length > 10, node.name);
  }
  assert.equal(nodeNamed("p5.48xlarge").nicBytesPerSecond, 3200e9 / 8);
  assert.equal(nodeNamed("ecs-a10").nicBytesPerSecond, 16e9 / 8);
  assert.throws(() => nodeNamed("p9"), RangeError);
});

Deno.test("linkSeconds() is latency plus bytes over rate", () => {
  assert.equal(linkSeconds({ bytesPerSecond: 1e9, latencySeconds: 1 }, 2e9), 3);
});

Deno.test("findGpu() and nodeNamed() find each entry by name and aliases, as the catalogue has it", () => {
  for (const gpu of gpuEntries()) {
    for (const name of [gpu.name, ...gpu.aliases]) {
      assert.deepEqual(findGpu(name.toUpperCase().replaceAll("-", " ")), gpu, name);
    }
  }
  for (const node of nodeEntries()) {
    for (const name of [node.name, ...node.aliases]) assert.deepEqual(nodeNamed(name), node, name);
  }
  assert.equal(findGpu("sxm"), undefined);
});
