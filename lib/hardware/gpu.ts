/** Connection of the GPUs of one node among each other. */
export interface GpuLink {
  /** nvlink: switched, full rate to any peer. pcie: through the host, shared. */
  readonly kind: "nvlink" | "pcie";
  /** One direction, bytes per second. */
  readonly bytesPerSecond: number;
}

/** A GPU's data sheet. */
export interface Gpu {
  /** Catalogue name, such as "h100-sxm". */
  readonly name: string;
  /** Other spellings, such as "H100". */
  readonly aliases: readonly string[];
  /** Key of its kernels' efficiency in data/hardware/efficiency.yaml. */
  readonly generation: string;
  /** Device memory, bytes. */
  readonly memoryBytes: number;
  /** Memory bandwidth, bytes per second. */
  readonly memoryBytesPerSecond: number;
  /** Dense peak FLOP/s (op/s for int8) by number format; bf16 stands for fp16, too. */
  readonly flopsPerSecond: { readonly bf16: number; readonly fp8?: number; readonly int8?: number };
  /** Its way to the other GPUs of a node. */
  readonly link: GpuLink;
  /** Host to GPU, one direction, bytes per second. */
  readonly pcieBytesPerSecond: number;
  /** Second-level cache, bytes. */
  readonly l2Bytes: number;
  /** Multiprocessors (compute units); absent: kernels are taken to share out their work evenly. */
  readonly multiprocessors?: number;
  /** Their highest clock, Hz; absent: as without {@link multiprocessors}. */
  readonly clockHertz?: number;
  /** Board power limit, watts. */
  readonly powerWatts: number;
  /** Where the numbers stand. */
  readonly source: string;
}
