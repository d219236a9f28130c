import type { Gpu } from "../../../hardware/gpu.ts";
import type { GpuPeaks } from "../operator_profile.ts";
import type { CollectedRow, CollectedRows } from "./rows.ts";

/** What a data sheet says of a GPU that the catalogue does not have; absent parts are read from the rows. */
export interface DataSheet {
  /** Device memory, bytes. */
  readonly memoryBytes?: number;
  /** Memory bandwidth, bytes per second. */
  readonly memoryBytesPerSecond?: number;
  /** Dense peak, bf16. */
  readonly bf16FlopsPerSecond?: number;
  /** Dense peak, fp8. */
  readonly fp8FlopsPerSecond?: number;
  /** Board power limit, watts. */
  readonly powerWatts?: number;
}

/** A GPU and what was assumed of it, a sentence each. */
export interface GpuFacts {
  readonly gpu: Gpu;
  readonly notes: readonly string[];
}

/** Latency of a message between two GPUs of a node, as the shipped profiles have it. */
const LINK_LATENCY_SECONDS = 1e-5;
/** Host to GPU where no copy was measured: PCIe 4.0 x16. */
const PCIE_BYTES_PER_SECOND = 32e9;
const L2_BYTES = 40 * 2 ** 20;
const POWER_WATTS = 400;

/** Families of kernels by CUDA's compute capability; see data/hardware/efficiency.yaml. */
const GENERATIONS: readonly (readonly [RegExp, string])[] = [
  [/^7\.0/, "volta"],
  [/^7\.5/, "turing"],
  [/^8\.[067]/, "ampere"],
  [/^8\.9/, "ada"],
  [/^9\.0/, "hopper"],
  [/^10\./, "blackwell"],
  [/^12\./, "blackwell-workstation"],
];

/** Peaks of a GPU as profiles have them. */
export function peaksOf({ flopsPerSecond, memoryBytesPerSecond, link }: Gpu): GpuPeaks {
  return {
    bf16FlopsPerSecond: flopsPerSecond.bf16,
    fp8FlopsPerSecond: flopsPerSecond.fp8 ?? flopsPerSecond.bf16,
    memoryBytesPerSecond,
    linkBytesPerSecond: link.bytesPerSecond,
    linkLatencySeconds: LINK_LATENCY_SECONDS,
  };
}

/**
 * A GPU that no catalogue has, from what its data sheet says and otherwise from what was measured: its
 * peaks are then the largest rates that any row reached, so that no time is below the roofline.
 *
 * @throws {RangeError} If neither says how much memory it has, or how fast it is.
 */
export function gpuOfRows(name: string, rows: CollectedRows, sheet: DataSheet): GpuFacts {
  const notes: string[] = [];
  const [device] = rows.device;
  const stated = (
    what: string,
    option: string,
    given: number | undefined,
    read: () => number | undefined,
    assumed?: number,
  ): number => {
    if (given !== undefined) return given;
    const own = read() ?? assumed;
    if (own === undefined) {
      throw new RangeError(
        `Cannot describe the GPU ${name} without its ${what}: no row says it (use ${option})`,
      );
    }
    return own;
  };
  const memoryBytes = stated(
    "memory",
    "--memory",
    sheet.memoryBytes,
    () => device?.memory_bytes,
  );
  const bandwidth = stated("memory bandwidth", "--bandwidth", sheet.memoryBytesPerSecond, () => {
    const listed = device?.bandwidth_gb_s;
    if (listed !== undefined) return listed * 1e9;
    const measured = largestBandwidth(rows);
    if (measured > 0) {
      notes.push(
        `memory bandwidth of ${name} is the largest that was measured, ${
          shown(measured / 1e9)
        } GB/s; ` +
          "--bandwidth takes the data sheet's",
      );
    }
    return measured > 0 ? measured : undefined;
  });
  const bf16 = stated("dense peak in bf16", "--tflops", sheet.bf16FlopsPerSecond, () => {
    const measured = largestRate(rows, "bf16");
    if (measured > 0) {
      notes.push(
        `dense peak of ${name} is the largest that was measured, ${
          shown(measured / 1e12)
        } TFLOP/s in bf16; ` +
          "--tflops takes the data sheet's",
      );
    }
    return measured > 0 ? measured : undefined;
  });
  const measuredFp8 = largestRate(rows, "fp8");
  const fp8 = sheet.fp8FlopsPerSecond ?? (measuredFp8 > 0 ? measuredFp8 : undefined);
  const { generation, note } = generationOf(name, device);
  if (note !== undefined) notes.push(note);
  const pcie = fastest(rows, "host", "device");
  if (pcie === undefined) {
    notes.push(`no copy from host to ${name} was measured: PCIe is taken as 32 GB/s`);
  }
  const peer = fastest(rows, "device", "peer");
  return {
    gpu: {
      name,
      aliases: [],
      generation,
      memoryBytes,
      memoryBytesPerSecond: bandwidth,
      flopsPerSecond: { bf16, ...(fp8 !== undefined && { fp8 }) },
      link: {
        // Faster than any PCIe slot of 16 lanes of its generation: a link of its own.
        kind: peer !== undefined && peer > 70e9 ? "nvlink" : "pcie",
        bytesPerSecond: peer ?? pcie ?? PCIE_BYTES_PER_SECOND,
      },
      pcieBytesPerSecond: pcie ?? PCIE_BYTES_PER_SECOND,
      l2Bytes: device?.l2_bytes ?? L2_BYTES,
      ...(device?.multiprocessors !== undefined && { multiprocessors: device.multiprocessors }),
      ...(device?.clock_mhz !== undefined && { clockHertz: device.clock_mhz * 1e6 }),
      powerWatts: sheet.powerWatts ?? device?.power_limit_watts ?? POWER_WATTS,
      source: `collected rows${device === undefined ? "" : ` of ${device.name}`}` +
        (Object.keys(sheet).length > 0 ? ", data sheet as stated" : ""),
    },
    notes,
  };
}

function generationOf(
  name: string,
  device: CollectedRow<"device"> | undefined,
): { readonly generation: string; readonly note?: string } {
  const known = GENERATIONS.find(([pattern]) => pattern.test(device?.capability ?? ""));
  if (known === undefined) {
    return {
      generation: "ampere",
      note:
        `generation of ${name} is not known (capability ${
          device?.capability ?? "not said"
        }): what ` +
        "was not measured is taken as on ampere",
    };
  }
  const isGeForce = known[1] === "ada" && /geforce|rtx 40/i.test(device!.name);
  return { generation: isGeForce ? "ada-geforce" : known[1] };
}

/** Largest FLOP/s that a product in a format reached; 0 where none was measured. */
function largestRate(rows: CollectedRows, dtype: string): number {
  let most = 0;
  for (const { m, n, k, us, dtype: own } of rows.gemm) {
    if (own === dtype) most = Math.max(most, 2 * m * n * k / (us * 1e-6));
  }
  for (const { name, flops = 0, us } of rows.peak) {
    if ((dtype === "fp8") === name.includes("fp8")) most = Math.max(most, flops / (us * 1e-6));
  }
  return most;
}

/** Largest bytes/s of device memory that anything reached whose operands came from there. */
function largestBandwidth(rows: CollectedRows): number {
  let most = 0;
  for (const { bytes = 0, us } of rows.peak) most = Math.max(most, bytes / (us * 1e-6));
  for (const { m, n, k, us, dtype, cache = "cold" } of rows.gemm) {
    const element = dtype === "fp8" ? 1 : 2;
    if (cache === "cold") {
      most = Math.max(most, (element * (n * k + m * k) + 2 * m * n) / (us * 1e-6));
    }
  }
  return most;
}

function fastest(rows: CollectedRows, from: string, to: string): number | undefined {
  const rates = rows.copy.filter((row) => row.from === from && row.to === to)
    .map(({ bytes, us }) => bytes / (us * 1e-6));
  return rates.length === 0 ? undefined : Math.max(...rates);
}

function shown(value: number): string {
  return String(Number(value.toPrecision(3)));
}
