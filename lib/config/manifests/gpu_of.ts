import { findGpu } from "../../hardware/gpu_catalogue.ts";

/** A GPU that a label or a name means. */
export interface NamedGpu {
  /** Name in data/hardware. */
  readonly name: string;
  /** What differs from the GPU that is named; absent where nothing does. */
  readonly differs?: string;
}

/** Clouds whose prices are known, by their names in data/prices. */
export type Cloud = "aws" | "azure" | "gcp";

/** A pattern of names, what they mean, and what differs. */
type Row = readonly [pattern: RegExp, name: string, differs?: string];

const NO_NVLINK = "a PCIe card, read as the SXM module: its links and clocks are slower";

const SXM = "(?:-(?:sxm\\d?|nvlink))?";

/** What stands at the end of a name of a card with so much memory. */
const card = (gb: string) => `(?:-pcie)?(?:-(?:${gb})gb?)?(?:-pcie)?`;

/** A module's name with so much memory of a kind. */
const module = (gb: string, memory: string) => `${SXM}(?:-(?:${gb})gb?)?${SXM}(?:-${memory})?`;

/**
 * Names of GPUs as labels of nodes, platforms and accelerators of manifests have them, lower case
 * with hyphens and after their makers' names; the first whose whole name matches counts.
 */
const PRODUCTS: readonly Row[] = ([
  ["rtx-?pro-?6000(?:-blackwell)?(?:-(?:server|workstation)(?:-edition)?)?", "rtx-pro-6000"],
  [`(?:rtx-?)?4090${card("24")}`, "rtx-4090"],
  [`(?:rtx-?)?3090${card("24")}`, "rtx-3090"],
  [`(?:rtx-?)?a6000${card("48")}`, "a6000"],
  [`b300(?:-sxm6-ac)?${module("270|275|288", "hbm3e")}`, "b300-sxm"],
  [`b200${module("180|183|192", "hbm3e")}`, "b200-sxm"],
  [`h200${module("141", "hbm3e")}`, "h200-sxm"],
  ["h100(?:-80gb?)?-pcie(?:-80gb?)?(?:-hbm2e)?", "h100-pcie"],
  [`h100(?:-mega)?${module("80", "hbm3")}`, "h100-sxm"],
  [`h20${module("96", "hbm3")}`, "h20"],
  ["a100-pcie-40gb?|a100-40gb?-pcie", "a100-sxm-40gb", NO_NVLINK],
  ["a100(?:-80gb?)?-pcie(?:-80gb?)?", "a100-sxm-80gb", NO_NVLINK],
  [`tesla-a100|a100${SXM}-40gb?${SXM}`, "a100-sxm-40gb"],
  [`a100${module("80", "hbm2e")}`, "a100-sxm-80gb"],
  [`l40s${card("48")}`, "l40s"],
  [`l4${card("24")}`, "l4"],
  [`a10g${card("24")}`, "a10g"],
  [`a10${card("24")}`, "a10"],
  [`a40${card("48")}`, "a40"],
  [`t4${card("16")}`, "t4"],
  ["v100-pcie-32gb?|v100-32gb?-pcie", "v100-sxm-32gb", NO_NVLINK],
  ["v100-pcie(?:-16gb?)?|v100-16gb?-pcie", "v100-sxm-16gb", NO_NVLINK],
  [`v100${SXM}-32gb?`, "v100-sxm-32gb"],
  [`v100${SXM}(?:-16gb?)?`, "v100-sxm-16gb"],
  ["mi-?300x(?:-oam|-vf)*(?:-192gb?)?", "mi300x"],
] as const).map(([names, ...others]) => [
  new RegExp(`^(?:(?:nvidia|amd|tesla|geforce|instinct|gpu)-)*(?:${names})$`),
  ...others,
]);

/** Machines of a family of AWS. */
const aws = (family: string) => new RegExp(`^${family}\\.(?:\\d*xlarge|metal(?:-\\d+xl)?)$`);

/** Machines of clouds by the GPU that they have. */
const MACHINES: readonly Row[] = [
  [aws("p6-b200"), "b200-sxm"],
  [aws("p5en?"), "h200-sxm"],
  [aws("p5"), "h100-sxm"],
  [aws("p4de"), "a100-sxm-80gb"],
  [aws("p4d"), "a100-sxm-40gb"],
  [aws("p3dn"), "v100-sxm-32gb"],
  [aws("p3"), "v100-sxm-16gb"],
  [aws("g6e"), "l40s"],
  [aws("g6"), "l4"],
  [aws("g5"), "a10g"],
  [aws("g4dn"), "t4"],
  [/^a4-highgpu-\d+g(?:-\w+)?$/, "b200-sxm"],
  [/^a3-ultragpu-\d+g(?:-\w+)?$/, "h200-sxm"],
  [/^a3-(high|mega|edge)gpu-\d+g(?:-\w+)?$/, "h100-sxm"],
  [/^a2-ultragpu-\d+g(?:-\w+)?$/, "a100-sxm-80gb"],
  [/^a2-(high|mega)gpu-\d+g(?:-\w+)?$/, "a100-sxm-40gb"],
  [/^g2-standard-\d+$/, "l4"],
  [/^standard_nd\w*_h200_v5$/, "h200-sxm"],
  [/^standard_nd\w*_h100_v5$/, "h100-sxm"],
  [/^standard_nd\w*_mi300x_v5$/, "mi300x"],
  [/^standard_nd\w*amsr_a100_v4$/, "a100-sxm-80gb"],
  [/^standard_nd\w*_a100_v4$|^standard_nd96asr_v4$/, "a100-sxm-40gb"],
  [/^standard_nc\w*_a100_v4$/, "a100-sxm-80gb", NO_NVLINK],
  [/^standard_nv(?:36adm?s|72ads)_a10_v5$/, "a10"],
  [/^standard_nc\w*_t4_v3$/, "t4"],
];

/** Names of what has a part of a GPU alone, lower case with hyphens, and which part that is. */
const SHARES: readonly (readonly [pattern: RegExp, which: string])[] = [
  [/(?:^|-)mig(?:-|$)|\d+g\.\d+gb/, "a MIG slice"],
  [/-shared$/, "pods share it"],
  [/(?:^|-)grid-|-\d+[abcq]$/, "a vGPU"],
  [/^standard-nv6ads-a10-v5$/, "a sixth of an A10"],
  [/^standard-nv12ads-a10-v5$/, "a third of an A10"],
  [/^standard-nv18ads-a10-v5$/, "a half of an A10"],
  [/^g6f\.(?:x?large)$/, "an eighth of an L4"],
  [/^g6f\.2xlarge$/, "a quarter of an L4"],
  [/^gr?6f\.4xlarge$/, "a half of an L4"],
];

/** Pools of GPUs of RunPod: one of several cards, the first of which is taken. */
const POOLS: Readonly<Record<string, NamedGpu>> = {
  AMPERE_16: { name: "a10", differs: "a pool of A4000, A4500 and the like, read as an A10" },
  AMPERE_24: { name: "rtx-3090", differs: "a pool of L4, A5000 and 3090, read as a 3090" },
  ADA_24: { name: "rtx-4090" },
  AMPERE_48: { name: "a6000", differs: "a pool of A6000 and A40, read as an A6000" },
  ADA_48_PRO: { name: "l40s", differs: "a pool of L40, L40S and 6000 Ada, read as an L40S" },
  AMPERE_80: { name: "a100-sxm-80gb", differs: "a pool of A100 PCIe and SXM, read as SXM" },
  ADA_80_PRO: { name: "h100-sxm", differs: "a pool of H100 PCIe, NVL and SXM, read as SXM" },
  HOPPER_141: { name: "h200-sxm" },
};

function matching(rows: readonly Row[], text: string): NamedGpu | undefined {
  const row = rows.find(([pattern]) => pattern.test(text));
  if (row === undefined) return undefined;
  return { name: row[1], ...(row[2] !== undefined && { differs: row[2] }) };
}

/**
 * The GPU that a whole name means: the catalogue's own names, products ("NVIDIA-H100-80GB-HBM3",
 * "nvidia-tesla-t4", "NVIDIA A100 80GB PCIe"), machines of clouds ("p5.48xlarge") and pools of RunPod.
 * Undefined for one that is not in data/hardware, and for a share of one.
 */
export function gpuOf(name: string): NamedGpu | undefined {
  if (Object.hasOwn(POOLS, name)) return POOLS[name];
  const own = findGpu(name);
  if (own !== undefined) return { name: own.name };
  if (shareOf(name) !== undefined) return undefined;
  return matching(MACHINES, name.toLowerCase().replaceAll(/[\s-]+/g, "-")) ??
    matching(PRODUCTS, hyphenated(name));
}

/** Why a name means a share of a GPU and no whole one; undefined for any other name. */
export function shareOf(name: string): string | undefined {
  const plain = hyphenated(name);
  const share = SHARES.find(([pattern]) => pattern.test(plain));
  return share === undefined ? undefined : `${SHARE} (${share[1]})`;
}

/** Why what has a part of a GPU is not taken over. */
export const SHARE = "a share of a GPU is not simulated, an instance has whole ones";

function hyphenated(name: string): string {
  return name.toLowerCase().replaceAll(/[\s_]+/g, "-");
}

/** Labels of nodes whose values name a GPU, or a machine with one, and whose machines have them. */
export const GPU_LABELS: Readonly<Record<string, Cloud | null>> = {
  "cloud.google.com/gke-accelerator": "gcp",
  "nvidia.com/gpu.product": null,
  "amd.com/gpu.product-name": null,
  "k8s.amazonaws.com/accelerator": "aws",
  "karpenter.k8s.aws/instance-gpu-name": "aws",
  "eks.amazonaws.com/instance-gpu-name": "aws",
  "gpu.nvidia.com/class": null,
  "gpu.nvidia.com/model": null,
  accelerator: null,
  "gpu-type": null,
  "node.kubernetes.io/instance-type": null,
  "beta.kubernetes.io/instance-type": null,
};

/** Whose machine a name is of; undefined for what is none of a cloud. */
export function cloudOf(machine: string): Cloud | undefined {
  const name = machine.toLowerCase().replaceAll(/[\s-]+/g, "-");
  if (matching(MACHINES, name) === undefined) return undefined;
  return /^standard_/.test(name) ? "azure" : /^[ag]\d-/.test(name) ? "gcp" : "aws";
}
