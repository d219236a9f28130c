import { equal, ok } from "#assert";
import { findExternalData } from "../../results/external_data.ts";
import { coldStartPreset, oneStart, stageSeconds } from "../../serverless/cold_start/mod.ts";

const CSV = findExternalData("h200-measured", "cold_start.csv");

interface Row {
  readonly stage: string;
  readonly seconds: number;
  readonly bytes: number;
  readonly note: string;
}

/** Rows of the measurement: stage, seconds, bytes, rate, note. */
function rows(text: string): Row[] {
  return text.trim().split("\n").slice(1).map((line) => {
    const [stage, seconds, bytes, , note] = line.split(",");
    return { stage, seconds: Number(seconds), bytes: Number(bytes), note };
  });
}

Deno.test({
  name:
    "vllm-h200-measured has the means, sums and rates of its measurement (needs reference data)",
  ignore: CSV === undefined,
  fn() {
    const all = rows(Deno.readTextFileSync(CSV!));
    const sum = (pattern: RegExp, note?: string) =>
      all.filter((row) => pattern.test(row.stage) && (note === undefined || row.note === note))
        .reduce((total, { seconds }) => total + seconds, 0);
    const rate = (stage: string) => {
      const { bytes, seconds } = all.find((row) => row.stage === stage)!;
      return bytes / seconds;
    };
    const preset = coldStartPreset("vllm-h200-measured");
    const expected: Record<string, number> = {
      container_s: 1,
      runtime_s: sum(/^process_(interpreter|import_.*)$/) / 2,
      accelerator_s: sum(/^process_(cuda_init|first_tensor|(first|second)_matmul)$/) / 2 +
        sum(/^cuda_context_and_graph_pool$/),
      pin_s_per_gib: 0,
      disk_bytes_per_s: rate("safetensors_to_gpu_cold"),
      cached_bytes_per_s: rate("safetensors_to_gpu_warm"),
      allocation_s: sum(/^gpu_allocate_weights$/),
      compile_s: sum(/^compile_/, "cold"),
      cached_compile_s: sum(/^compile_/, "cached"),
      kv_allocation_s: sum(/^gpu_allocate_zeroed_kv_cache$/),
      capture_s_per_layer: sum(/^graph_/) / 32,
      wake_bytes_per_s: rate("wake_allocate_and_copy_pinned"),
    };
    const near = (name: string, actual: number, wanted: number) =>
      ok(Math.abs(actual - wanted) <= 1e-4 * wanted, `${name}: ${actual}, not ${wanted}`);
    equal(
      Object.keys(preset.parameters).sort().join(),
      Object.keys(expected).sort().join(),
    );
    for (const [name, value] of Object.entries(expected)) {
      near(name, preset.parameters[name], value);
    }
    // The path over pinned memory: 8.07 GB pinned and copied as they were.
    const bytes = all.find(({ stage }) => stage === "pin_host_memory")!.bytes;
    const [pinned] = oneStart({
      plan: preset.plan("h200-pinned"),
      weightBytes: bytes,
      weightsIn: "dram",
      features: { layers: 32 },
    });
    near("host_pin", stageSeconds(pinned, "host_pin"), sum(/^pin_host_memory$/));
    near("copy", stageSeconds(pinned, "weights_load"), sum(/^(h2d_pinned|gpu_allocate_weights)$/));
    const [cold] = oneStart({
      plan: preset.plan("h200-pinned"),
      weightBytes: bytes,
      weightsIn: "ssd",
      features: { layers: 32 },
    });
    near(
      "disk around the page cache",
      stageSeconds(cold, "weights_load") - sum(/^gpu_allocate_weights$/),
      bytes / rate("tuned_loader_cold_direct"),
    );
  },
});

Deno.test("pinning 16 GB of host memory takes 11 s, the KV cache milliseconds, the page cache twice vllm-v1's rate", () => {
  const weightBytes = 2 * 8_030_261_248;
  const start = (preset: string, platform?: string) =>
    oneStart({
      plan: coldStartPreset(preset).plan(platform),
      weightBytes,
      weightsIn: "dram",
      features: { layers: 32 },
    })[0];
  const [plain, pinned] = ["h200", "h200-pinned"].map((platform) =>
    start("vllm-h200-measured", platform)
  );
  ok(Math.abs(stageSeconds(pinned, "host_pin") - 11.27) < 0.01);
  equal(stageSeconds(plain, "host_pin"), 0);
  ok(stageSeconds(plain, "kv_profile") < 0.03);
  const ratio = stageSeconds(start("vllm-v1"), "weights_load") /
    stageSeconds(plain, "weights_load");
  ok(ratio > 2 && ratio < 2.5, `${ratio}`);
});
