import { deepEqual, equal, match, ok } from "#assert";
import { gpuEntries } from "../../hardware/gpu_catalogue.ts";
import { modelEntries } from "../../models/catalogue.ts";
import { gpuOf, shareOf } from "./gpu_of.ts";
import { modelOf } from "./model_of.ts";
import * as readers from "./readers.ts";

/** Names of GPUs as labels, clouds and platforms have them. */
const GPUS: Readonly<Record<string, string | undefined>> = {
  "NVIDIA-H100-80GB-HBM3": "h100-sxm",
  "NVIDIA-H100-PCIe": "h100-pcie",
  "NVIDIA-H100-NVL": undefined,
  "NVIDIA-H200": "h200-sxm",
  "NVIDIA-H20": "h20",
  "NVIDIA-B200": "b200-sxm",
  "NVIDIA-GB200": undefined,
  "NVIDIA-A100-SXM4-80GB": "a100-sxm-80gb",
  "NVIDIA-A100-SXM4-40GB": "a100-sxm-40gb",
  "NVIDIA-A100-PCIE-40GB": "a100-sxm-40gb",
  "NVIDIA A100 80GB PCIe": "a100-sxm-80gb",
  "NVIDIA-L40S": "l40s",
  "NVIDIA-L40": undefined,
  "NVIDIA-L4": "l4",
  "NVIDIA-A10": "a10",
  "NVIDIA-A10G": "a10g",
  "NVIDIA-RTX-A6000": "a6000",
  "NVIDIA RTX 6000 Ada Generation": undefined,
  "NVIDIA GeForce RTX 4090": "rtx-4090",
  "Tesla-T4": "t4",
  "Tesla-V100-SXM2-32GB": "v100-sxm-32gb",
  "Tesla-V100-SXM2-16GB": "v100-sxm-16gb",
  "AMD_Instinct_MI300X_OAM": "mi300x",
  "nvidia-tesla-a100": "a100-sxm-40gb",
  "nvidia-a100-80gb": "a100-sxm-80gb",
  "nvidia-h100-mega-80gb": "h100-sxm",
  "nvidia-h200-141gb": "h200-sxm",
  "nvidia-l4": "l4",
  "nvidia-tesla-t4": "t4",
  "H100_NVLINK_80GB": "h100-sxm",
  "p5.48xlarge": "h100-sxm",
  "p5en.48xlarge": "h200-sxm",
  "p4d.24xlarge": "a100-sxm-40gb",
  "p4de.24xlarge": "a100-sxm-80gb",
  "g6.xlarge": "l4",
  "g6e.12xlarge": "l40s",
  "g5.2xlarge": "a10g",
  "m7i.large": undefined,
  "a3-highgpu-8g": "h100-sxm",
  "a3-ultragpu-8g": "h200-sxm",
  "a2-ultragpu-1g": "a100-sxm-80gb",
  "a2-highgpu-1g": "a100-sxm-40gb",
  "g2-standard-12": "l4",
  "Standard_ND96isr_H100_v5": "h100-sxm",
  "Standard_ND96isr_H200_v5": "h200-sxm",
  "Standard_NC40ads_H100_v5": undefined,
  "Standard_NC24ads_A100_v4": "a100-sxm-80gb",
  "Standard_NC4as_T4_v3": "t4",
  "A100-40GB": "a100-sxm-40gb",
  "A100-80GB": "a100-sxm-80gb",
  H100: "h100-sxm",
  L40S: "l40s",
  HOPPER_141: "h200-sxm",
  AMPERE_80: "a100-sxm-80gb",
  tpu: undefined,
  A1000: undefined,
  "NVIDIA-RTX-A1000": undefined,
  H1000: undefined,
  B2000: undefined,
  "RTX-4090-D": undefined,
  "NVIDIA-GeForce-RTX-4090-Laptop-GPU": undefined,
  "NVIDIA-GeForce-RTX-3090-Ti": undefined,
  "NVIDIA-A100-SXM-64GB": undefined,
  "NVIDIA-H100-64GB-HBM2": undefined,
  "NVIDIA-H20-3e": undefined,
  "NVIDIA-H200-NVL": undefined,
  A100X: undefined,
  "p5.large": undefined,
  "my-h100-pool": undefined,
  A100_NVLINK_80GB: "a100-sxm-80gb",
  "A100-PCIE-40GB": "a100-sxm-40gb",
  "Tesla-V100-PCIE-16GB": "v100-sxm-16gb",
  "NVIDIA-B300-SXM6-AC": "b300-sxm",
  "NVIDIA RTX PRO 6000 Blackwell Server Edition": "rtx-pro-6000",
  Standard_NV36ads_A10_v5: "a10",
  Standard_NV6ads_A10_v5: undefined,
};

/** Names of what has a part of a GPU. */
const SHARES: Readonly<Record<string, RegExp>> = {
  "NVIDIA-A100-SXM4-80GB-MIG-1g.10gb": /MIG/,
  "1g.10gb": /MIG/,
  "NVIDIA-L4-SHARED": /pods share/,
  "NVIDIA-H100-80GB-HBM3-MIG-1g.10gb-SHARED": /MIG/,
  "GRID-A100-4C": /vGPU/,
  "NVIDIA-A10-4Q": /vGPU/,
  Standard_NV6ads_A10_v5: /a sixth of an A10/,
  Standard_NV18ads_A10_v5: /a half of an A10/,
  "g6f.xlarge": /an eighth of an L4/,
};

Deno.test("shareOf tells names of shares, none of which is a whole GPU, from those of GPUs", () => {
  for (const [name, says] of Object.entries(SHARES)) {
    equal(gpuOf(name), undefined, name);
    match(shareOf(name) ?? "", says);
  }
  for (const name of Object.keys(GPUS)) {
    if (!Object.hasOwn(SHARES, name)) equal(shareOf(name), undefined, name);
  }
});

for (const [name, gpu] of Object.entries(GPUS)) {
  Deno.test(`gpuOf reads ${name} as ${gpu ?? "none that is known"}`, () => {
    equal(gpuOf(name)?.name, gpu);
  });
}

Deno.test("gpuOf names GPUs of the catalogue, each of which it knows by its own name", () => {
  const names = new Set(gpuEntries().map(({ name }) => name));
  for (const name of Object.keys(GPUS)) {
    const gpu = gpuOf(name);
    ok(gpu === undefined || names.has(gpu.name), name);
  }
  for (const name of names) equal(gpuOf(name)?.name, name);
});

/** Names of models as manifests have them, the catalogue's name and the format that they tell. */
const MODELS: readonly (readonly [theirs: string, ours?: string, format?: string])[] = [
  ["Qwen/Qwen3-32B", "qwen3-32b"],
  ["qwen/qwen3-32b", "qwen3-32b"],
  ["qwen3-32b", "qwen3-32b"],
  ["hf://Qwen/Qwen3-32B", "qwen3-32b"],
  ["s3://bucket/models/Qwen3-32B/", "qwen3-32b"],
  ["pvc://claim/models/Qwen3-32B", "qwen3-32b"],
  ["/models/Qwen3-32B", "qwen3-32b"],
  ["/models/huggingface/hub/models--Qwen--Qwen3-32B/snapshots/0f1e", "qwen3-32b"],
  ["Qwen/Qwen3-32B-FP8", "qwen3-32b", "fp8"],
  ["Qwen/Qwen3-32B-AWQ", "qwen3-32b", "int4"],
  ["Qwen/Qwen2.5-72B-Instruct-GPTQ-Int8", "qwen2.5-72b", "int8"],
  ["Qwen/Qwen2.5-72B-Instruct-GPTQ-Int4", "qwen2.5-72b", "int4"],
  ["RedHatAI/Meta-Llama-3.1-70B-Instruct-FP8-dynamic", "llama-3.1-70b", "fp8"],
  ["RedHatAI/Meta-Llama-3.1-8B-Instruct-quantized.w4a16", "llama-3.1-8b", "int4"],
  ["RedHatAI/Meta-Llama-3.1-8B-Instruct-quantized.w8a8", "llama-3.1-8b", "int8"],
  ["someone/Llama-3.1-8B-Instruct", "llama-3.1-8b"],
  ["deepseek-ai/DeepSeek-R1", "deepseek-v3"],
  ["openai/gpt-oss-120b", "gpt-oss-120b"],
  ["acme/house-model"],
  ["/mnt/models"],
  [""],
  ["FP8"],
  ["-AWQ"],
];

for (const [theirs, ours, format] of MODELS) {
  Deno.test(`modelOf reads ${JSON.stringify(theirs)} as ${ours ?? "none that is known"}`, () => {
    const found = modelOf(theirs);
    deepEqual([found?.entry.name, found?.weightDtype], [ours, format]);
  });
}

Deno.test("modelOf knows each model of the catalogue by its names alone", () => {
  for (const { name, aliases } of modelEntries()) {
    for (const one of [name, ...aliases]) {
      const found = modelOf(one);
      deepEqual([found?.entry.name, found?.how, found?.weightDtype], [name, undefined, undefined]);
    }
  }
});

type Row = readonly [reader: readers.Reader<unknown>, value: unknown, read: unknown];

const {
  goDuration,
  kubernetesQuantity,
  percent,
  share,
  tokenCount,
  whole,
  wholeQuantity,
  yesOrNo,
} = readers;

/** Values and what they are in the configuration's unit; undefined for what they cannot be. */
const VALUES: readonly Row[] = [
  [whole(0), "12", 12],
  [whole(0), 12, 12],
  [whole(0), 12.5, undefined],
  [whole(1), 0, undefined],
  [whole(0), "", undefined],
  [whole(0), "0x10", undefined],
  [whole(0), true, undefined],
  [whole(0), 2147483648, undefined],
  [percent(), "70", 0.7],
  [percent(), "10.0", 0.1],
  [percent(), 0.5, 0.005],
  [percent({ orShare: true }), 0.7, 0.7],
  [percent({ orShare: true }), "70", 0.7],
  [percent({ most: 1000 }), "200.0", 2],
  [percent(), "101", undefined],
  [percent(), "0", undefined],
  [share, "0.92", 0.92],
  [share, 0, undefined],
  [goDuration, "60s", 60],
  [goDuration, "1h2m3.5s", 3723.5],
  [goDuration, "500ms", 0.5],
  [goDuration, "0", 0],
  [goDuration, "60", undefined],
  [goDuration, "1 m", undefined],
  [goDuration, "-5s", undefined],
  [goDuration, 60, undefined],
  [kubernetesQuantity, "500m", 0.5],
  [kubernetesQuantity, "2Gi", 2147483648],
  [kubernetesQuantity, "2G", 2e9],
  [kubernetesQuantity, "1e3", 1000],
  [kubernetesQuantity, "1.5Ki", 1536],
  [kubernetesQuantity, 4, 4],
  [kubernetesQuantity, "3T", 3e12],
  [kubernetesQuantity, "3P", 3e15],
  [kubernetesQuantity, "3E", 3e18],
  [kubernetesQuantity, "3Mi", 3 * 2 ** 20],
  [kubernetesQuantity, "3Ti", 3 * 2 ** 40],
  [kubernetesQuantity, "3Pi", 3 * 2 ** 50],
  [kubernetesQuantity, "3Ei", 3 * 2 ** 60],
  [kubernetesQuantity, "3k", 3000],
  [kubernetesQuantity, "3u", 3e-6],
  [kubernetesQuantity, "2GB", undefined],
  [kubernetesQuantity, "-1", undefined],
  [kubernetesQuantity, "Gi", undefined],
  [wholeQuantity, "8", 8],
  [wholeQuantity, "500m", undefined],
  [tokenCount, "25.6k", 25600],
  [tokenCount, 0, undefined],
  [tokenCount, "8kb", undefined],
  [yesOrNo, "True", true],
  [yesOrNo, false, false],
  [yesOrNo, "no", undefined],
];

for (const [reader, value, read] of VALUES) {
  Deno.test(`${JSON.stringify(value)} as ${reader.wanted} is ${JSON.stringify(read) ?? "none"}`, () => {
    equal(reader.read(value), read);
  });
}
