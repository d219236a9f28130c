import text from "../../data/hardware/power.yaml" with { type: "text" };
import { parse } from "../std/yaml.ts";
import type { Gpu } from "./gpu.ts";

/** The file data/hardware/power.yaml. */
interface PowerFile {
  readonly shares: PowerShares;
  readonly idleShare: number;
  readonly bareShare: number;
  readonly gpus: readonly {
    readonly gpu: string;
    readonly idle: number;
    readonly bare: number;
    readonly memory?: number;
  }[];
  readonly hostShare: number;
  readonly hosts: readonly { readonly gpus: readonly string[]; readonly perGpu: number }[];
  readonly dramWattsPerByte: number;
}

/** What a GPU in a step draws, as shares of its power limit. */
export interface PowerShares {
  /** While kernels run, whatever they do. */
  readonly running: number;
  /** On top of that at its peak FLOP/s. */
  readonly compute: number;
  /** The same for products with routed experts. */
  readonly experts: number;
  /** On top of that at its peak memory bandwidth. */
  readonly memory: number;
}

/** What a GPU draws while it has nothing to do. */
export interface IdlePower {
  /** With a model loaded, watts. */
  readonly idleWatts: number;
  /** Without a process on it, watts. */
  readonly bareWatts: number;
  /** Whether that is measured; else it is a share of the power limit. */
  readonly isMeasured: boolean;
}

let file: PowerFile | undefined;

function powerFile(): PowerFile {
  return file ??= parse(text) as PowerFile;
}

/** Shares of its power limit that a GPU in a step draws. */
export function powerShares(gpu: Gpu): PowerShares {
  const { shares: { running, compute, experts, memory: common }, gpus } = powerFile();
  const memory = gpus.find((entry) => entry.gpu === gpu.name)?.memory ?? common;
  return { running, compute, experts, memory };
}

/** Power of a GPU without work. */
export function idlePower({ name, powerWatts }: Gpu): IdlePower {
  const { gpus, idleShare, bareShare } = powerFile();
  const known = gpus.find((entry) => entry.gpu === name);
  return known === undefined
    ? { idleWatts: idleShare * powerWatts, bareWatts: bareShare * powerWatts, isMeasured: false }
    : { idleWatts: known.idle, bareWatts: known.bare, isMeasured: true };
}

/** Power of the rest of a machine for each GPU of it, watts, and whether that is known. */
export function hostPower({ name, powerWatts }: Gpu): {
  readonly watts: number;
  readonly isKnown: boolean;
} {
  const { hosts, hostShare } = powerFile();
  const known = hosts.find(({ gpus }) => gpus.includes(name));
  return known === undefined
    ? { watts: hostShare * powerWatts, isKnown: false }
    : { watts: known.perGpu, isKnown: true };
}

/** Power of host memory that sleeping instances hold, watts per byte. */
export function dramWattsPerByte(): number {
  return powerFile().dramWattsPerByte;
}
