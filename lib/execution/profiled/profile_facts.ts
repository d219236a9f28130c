import { findGpu } from "../../hardware/gpu_catalogue.ts";
import type { Gpu } from "../../hardware/gpu.ts";
import { parseJson } from "../../std/json.ts";
import { list, number, oneOf, optional, partialMapping, readShape, text } from "../../std/shape.ts";

const positive = number({ above: 0 });
const name = text();
const anyText = text(/^/);
const whole = number({ min: 0, whole: true });

/** A data sheet as it stands in a profile file. */
const device = optional(partialMapping({
  name,
  aliases: list(anyText),
  generation: name,
  memoryBytes: positive,
  memoryBytesPerSecond: positive,
  flopsPerSecond: partialMapping({
    bf16: positive,
    fp8: optional(positive),
    int8: optional(positive),
  }),
  link: partialMapping({ kind: oneOf(["nvlink", "pcie"]), bytesPerSecond: positive }),
  pcieBytesPerSecond: positive,
  l2Bytes: positive,
  multiprocessors: optional(number({ min: 1, whole: true })),
  clockHertz: optional(positive),
  powerWatts: positive,
  source: anyText,
}));

/** How facts stand in a profile file; see {@link ProfileFacts}. */
export const factsShape = partialMapping({
  device,
  launches: list(partialMapping({ name, seconds: positive })),
  graphs: list(
    partialMapping({ nodes: optional(number({ min: 1, whole: true })), seconds: positive }),
  ),
  captures: list(
    partialMapping({ nodes: optional(number({ min: 1, whole: true })), seconds: positive }),
  ),
  prepares: list(partialMapping({ sequences: whole, seconds: positive })),
  pieces: list(partialMapping({ sequences: whole, seconds: positive })),
  power: list(partialMapping({
    phase: name,
    watts: positive,
    batch: optional(whole),
    context: optional(whole),
    tokens: optional(whole),
    stepSeconds: optional(positive),
    clockHertz: optional(positive),
  })),
  clocks: list(partialMapping({
    name,
    rows: number({ min: 1, whole: true }),
    burstSeconds: positive,
    sustainedSeconds: positive,
    clockHertz: optional(positive),
    watts: optional(positive),
  })),
  coldStart: list(
    partialMapping({ stage: name, seconds: positive, bytes: optional(number({ min: 0 })) }),
  ),
});

const PROFILE_HEAD = partialMapping({ facts: optional(partialMapping({ device })) });

/**
 * What a profile says beside its tables. Step times do not read the lists: `execution.overheads`, energy
 * and cold starts are set by them.
 */
export interface ProfileFacts {
  /** Data sheet of a GPU that the catalogue does not have, as the catalogue has others'. */
  readonly device?: {
    /** Name by which a configuration means it. */
    readonly name: string;
    /** Other spellings. */
    readonly aliases: readonly string[];
    /** Family of kernels for what was not measured. */
    readonly generation: string;
    /** Device memory, bytes. */
    readonly memoryBytes: number;
    /** Memory bandwidth, bytes per second. */
    readonly memoryBytesPerSecond: number;
    /** Dense peak FLOP/s by number format. */
    readonly flopsPerSecond: {
      readonly bf16: number;
      readonly fp8?: number;
      readonly int8?: number;
    };
    /** Its way to the other GPUs of a node, one direction. */
    readonly link: { readonly kind: "nvlink" | "pcie"; readonly bytesPerSecond: number };
    /** Host to GPU, one direction, bytes per second. */
    readonly pcieBytesPerSecond: number;
    /** Second-level cache, bytes. */
    readonly l2Bytes: number;
    /** Multiprocessors; absent: not known. */
    readonly multiprocessors?: number;
    /** Their highest clock, Hz. */
    readonly clockHertz?: number;
    /** Board power limit, watts. */
    readonly powerWatts: number;
    /** Where the numbers stand. */
    readonly source: string;
  };
  /** Host seconds of a launch without a graph, by kind of kernel. */
  readonly launches: readonly { readonly name: string; readonly seconds: number }[];
  /** Host seconds of launching a graph of so many kernels. */
  readonly graphs: readonly { readonly nodes?: number; readonly seconds: number }[];
  /** Seconds of capturing one. */
  readonly captures: readonly { readonly nodes?: number; readonly seconds: number }[];
  /** Host seconds of preparing the inputs of a step of so many sequences. */
  readonly prepares: readonly { readonly sequences: number; readonly seconds: number }[];
  /** Host seconds of a step that is launched in pieces: a graph between every two attentions. */
  readonly pieces: readonly { readonly sequences: number; readonly seconds: number }[];
  /** Mean power in watts by phase ("idle": model loaded), its steps and the clock meanwhile. */
  readonly power: readonly {
    readonly phase: string;
    readonly watts: number;
    readonly batch?: number;
    readonly context?: number;
    readonly tokens?: number;
    readonly stepSeconds?: number;
    readonly clockHertz?: number;
  }[];
  /** The same product of so many rows after a pause and without any, with clock and power then. */
  readonly clocks: readonly {
    readonly name: string;
    readonly rows: number;
    readonly burstSeconds: number;
    readonly sustainedSeconds: number;
    readonly clockHertz?: number;
    readonly watts?: number;
  }[];
  /** Seconds of the stages of a start, and the bytes that one moved. */
  readonly coldStart: readonly {
    readonly stage: string;
    readonly seconds: number;
    readonly bytes?: number;
  }[];
}

/** Facts of a profile for which nothing but operators was measured. */
export const NO_FACTS: ProfileFacts = {
  launches: [],
  graphs: [],
  captures: [],
  prepares: [],
  pieces: [],
  power: [],
  clocks: [],
  coldStart: [],
};

/**
 * The data sheet in the text of a profile file, which is read for nothing else; undefined where it has none
 * or is no such file: whoever reads the tables says what is wrong.
 */
export function deviceOfProfile(text: string): Gpu | undefined {
  try {
    const read = readShape(PROFILE_HEAD, parseJson(text));
    return read.wrong === undefined ? read.data.facts?.device : undefined;
  } catch {
    return undefined;
  }
}

/** The GPU of a profile: the data sheet that it carries, else the catalogue's. Undefined: neither knows it. */
export function profileGpu(
  { gpu, facts }: { readonly gpu: string; readonly facts?: ProfileFacts },
): Gpu | undefined {
  return facts?.device ?? findGpu(gpu);
}
