/** A machine with GPUs. An absent rate never binds. */
export interface NodeType {
  /** Catalogue name, such as "aws-p4d". */
  readonly name: string;
  /** Other spellings, such as "p4d.24xlarge". */
  readonly aliases: readonly string[];
  /** Catalogue name of its GPUs; absent: any. */
  readonly gpu?: string;
  /** GPUs, >= 1. */
  readonly gpus: number;
  /** Host memory, bytes. */
  readonly dramBytes: number;
  /** Local disks, bytes; 0 for none. */
  readonly ssdBytes: number;
  /** Local disks together, reading, bytes per second. */
  readonly ssdReadBytesPerSecond?: number;
  /** Network cards together, one direction, bytes per second. */
  readonly nicBytesPerSecond?: number;
  /** Host to one GPU, bytes per second; absent: the GPU's. */
  readonly pcieBytesPerSecond?: number;
  /** GPUs that share the uplink of one PCIe switch, >= 1. */
  readonly gpusPerPcieSwitch: number;
  /** Where the numbers stand. */
  readonly source: string;
}
