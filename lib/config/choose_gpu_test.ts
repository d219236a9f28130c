import { equal, throws } from "#assert";
import { chooseGpu } from "./choose_gpu.ts";

const CATALOGUE = [
  { name: "A100-40GB", memoryBytes: 40e9 },
  { name: "A100-80GB", memoryBytes: 80 * 2 ** 30 },
  { name: "H100", memoryBytes: 80e9 },
  { name: "H100-NVL", memoryBytes: 94e9 },
  { name: "RTX-4090", memoryBytes: 24e9 },
];

function chosen(gpuType: string, memoryGb: number | null = null): string {
  return chooseGpu(CATALOGUE, gpuType, memoryGb).name;
}

Deno.test("chooseGpu() takes the variant with the memory that is configured", () => {
  equal(chosen("A100", 80), "A100-80GB");
  equal(chosen("A100", 40), "A100-40GB");
  equal(chosen("H100", 94), "H100-NVL");
});

Deno.test("chooseGpu() takes the very name, or else the largest variant, without a memory", () => {
  equal(chosen("A100"), "A100-80GB");
  equal(chosen("A100-40GB"), "A100-40GB");
  equal(chosen("H100"), "H100");
});

Deno.test("chooseGpu() does not mind case, spaces and underscores, nor GB for GiB", () => {
  equal(chosen("rtx 4090", 24 * 1.073741824), "RTX-4090");
  equal(chosen("a100_80gb", 80), "A100-80GB");
});

Deno.test("chooseGpu() refuses an unknown GPU, the beginning of a name and another memory size", () => {
  throws(() => chosen("H10O"), /"cluster.gpu_type" as a GPU: current value is "H10O".*mean "H100"/);
  throws(() => chosen("RTX-40"), /"cluster.gpu_type"/);
  throws(
    () => chosen("A100", 60),
    /"cluster.gpu_memory_gb".*current value is 60 \(allowed: 40, 85/,
  );
});
