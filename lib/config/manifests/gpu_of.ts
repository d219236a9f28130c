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

/**
 * Names of GPUs as labels of nodes, platforms and accelerators of manifests have them, lower case
 * with hyphens; the first that matches counts.
 */
const PRODUCTS: readonly Row[] = [
  [/gb[23]00|h100-nvl\b|gh200|a100x|h800|a800/, ""],
  [/rtx-?pro-?6000/, "rtx-pro-6000"],
  [/rtx-?6000-?ada|6000-ada/, ""],
  [/(rtx-?)?4090/, "rtx-4090"],
  [/(rtx-?)?3090/, "rtx-3090"],
  [/a6000/, "a6000"],
  [/\bb300/, "b300-sxm"],
  [/\bb200/, "b200-sxm"],
  [/\bh200/, "h200-sxm"],
  [/\bh100.*pcie/, "h100-pcie"],
  [/\bh100/, "h100-sxm"],
  [/\bh20\b/, "h20"],
  [/\ba100.*pcie.*40|\ba100.*40.*pcie/, "a100-sxm-40gb", NO_NVLINK],
  [/\ba100.*pcie/, "a100-sxm-80gb", NO_NVLINK],
  [/tesla-a100|\ba100.*40/, "a100-sxm-40gb"],
  [/\ba100/, "a100-sxm-80gb"],
  [/\bl40s/, "l40s"],
  [/\bl4\b/, "l4"],
  [/\ba10g/, "a10g"],
  [/\ba10\b/, "a10"],
  [/\ba40\b/, "a40"],
  [/\bt4\b/, "t4"],
  [/\bv100.*32/, "v100-sxm-32gb"],
  [/\bv100/, "v100-sxm-16gb"],
  [/mi-?300x/, "mi300x"],
];

/** Machines of clouds by the GPU that they have. */
const MACHINES: readonly Row[] = [
  [/^p6-b200\./, "b200-sxm"],
  [/^p5en?\.|^p5e\./, "h200-sxm"],
  [/^p5\./, "h100-sxm"],
  [/^p4de\./, "a100-sxm-80gb"],
  [/^p4d\./, "a100-sxm-40gb"],
  [/^p3dn\./, "v100-sxm-32gb"],
  [/^p3\./, "v100-sxm-16gb"],
  [/^g6e\./, "l40s"],
  [/^g6\./, "l4"],
  [/^g5\./, "a10g"],
  [/^g4dn\./, "t4"],
  [/^a4-highgpu-/, "b200-sxm"],
  [/^a3-ultragpu-/, "h200-sxm"],
  [/^a3-(high|mega|edge)gpu-/, "h100-sxm"],
  [/^a2-ultragpu-/, "a100-sxm-80gb"],
  [/^a2-(high|mega)gpu-/, "a100-sxm-40gb"],
  [/^g2-standard-/, "l4"],
  [/^standard_nd\w*_h200_v5$/, "h200-sxm"],
  [/^standard_nd\w*_h100_v5$/, "h100-sxm"],
  [/^standard_nd\w*_mi300x_v5$/, "mi300x"],
  [/^standard_nd\w*amsr_a100_v4$/, "a100-sxm-80gb"],
  [/^standard_nd\w*_a100_v4$|^standard_nd96asr_v4$/, "a100-sxm-40gb"],
  [/^standard_nc\w*_a100_v4$/, "a100-sxm-80gb", NO_NVLINK],
  [/^standard_nv\w*_a10_v5$/, "a10"],
  [/^standard_nc\w*_t4_v3$/, "t4"],
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
  if (row === undefined || row[1] === "") return undefined;
  return { name: row[1], ...(row[2] !== undefined && { differs: row[2] }) };
}

/**
 * The GPU that a name means: the catalogue's own names, products ("NVIDIA-H100-80GB-HBM3",
 * "nvidia-tesla-t4", "NVIDIA A100 80GB PCIe"), machines of clouds ("p5.48xlarge") and pools of RunPod.
 * Undefined for one that is not in data/hardware.
 */
export function gpuOf(name: string): NamedGpu | undefined {
  if (Object.hasOwn(POOLS, name)) return POOLS[name];
  const own = findGpu(name);
  if (own !== undefined) return { name: own.name };
  const plain = name.toLowerCase().replaceAll(/[\s_]+/g, "-");
  const machine = matching(MACHINES, name.toLowerCase().replaceAll(/[\s-]+/g, "-"));
  // The name of a machine that is not known tells part of its GPU's name at best.
  const isMachine = /^standard_|^[a-z]\d\w*\.|^[a-z]\d+-\w+-/i.test(name);
  return machine ?? (isMachine ? undefined : matching(PRODUCTS, plain));
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
