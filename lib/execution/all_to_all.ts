import { log } from "../stats/elementary/mod.ts";
import type { AllToAllEfficiency } from "../hardware/layer_efficiency.ts";
import type { GpuLink } from "../hardware/gpu.ts";

/** The network between machines whose GPUs share the experts. */
export interface ExpertNetwork {
  /** Machines, >= 1. */
  readonly machines: number;
  /** One direction of the network of each GPU, bytes/s. */
  readonly bytesPerSecond: number;
}

/** The GPUs that exchange tokens. */
export interface AllToAllOptions {
  readonly efficiency: AllToAllEfficiency;
  readonly link: GpuLink;
  /** GPUs that share the experts, >= 1. */
  readonly ranks: number;
  /** Absent: all are on one machine. */
  readonly network?: ExpertNetwork;
}

/** The layer whose tokens are exchanged. */
export interface ExchangedLayer {
  readonly hiddenSize: number;
  /** Routed experts of all ranks. */
  readonly experts: number;
  /** Experts of a token. */
  readonly perToken: number;
  /** Bytes of a number on the way to the experts; on the way back they are 2. */
  readonly dispatchBytes: number;
}

/** Ways of exchanging tokens, by DeepEP's names; auto: by how many a rank has. */
export const ALL_TO_ALL_MODES = ["auto", "low-latency", "normal"] as const;

/** How tokens are exchanged. */
export type AllToAllMode = typeof ALL_TO_ALL_MODES[number];

/**
 * Tokens of a rank up to which "auto" takes the low-latency kernels, whose buffers hold no more.
 *
 * @source vLLM, VLLM_MOE_DP_CHUNK_SIZE 256; DeepEP README, low-latency mode, "less than 256"
 */
export const LOW_LATENCY_TOKENS = 256;

/** GPUs of a machine whose exchange was measured. */
const MEASURED_RANKS = 8;

/** Bytes of a number of 8 bits with a scale of 4 bytes for every 128. */
export const FP8_DISPATCH_BYTES = 1 + 4 / 128;

/** Ranks (or machines) that the experts of a token are on, when each is equally likely. */
function distinct(places: number, perToken: number): number {
  return places * (1 - Math.pow(1 - 1 / places, perToken));
}

/** Share of what leaves a GPU inside a machine, over that with eight GPUs. */
function away(ranks: number): number {
  return (1 - 1 / ranks) / (1 - 1 / MEASURED_RANKS);
}

/**
 * Low-latency dispatch or combine: every token goes to each of its experts by itself, straight into
 * the other GPU's memory. One multiprocessor serves an expert, up to all of them; flags are sent and
 * awaited for each expert.
 */
function lowLatencySeconds(
  { efficiency, link, ranks, network }: AllToAllOptions,
  { hiddenSize, experts, perToken, dispatchBytes }: ExchangedLayer,
  direction: "dispatch" | "combine",
  tokens: number,
): number {
  const kernel = efficiency.lowLatency[direction];
  const { machines = 1, bytesPerSecond = Infinity } = network ?? {};
  const bytes = tokens * perToken * hiddenSize * (direction === "dispatch" ? dispatchBytes : 2);
  const inMachine = bytes / machines * away(ranks / machines) /
    (link.bytesPerSecond * kernel.memory);
  const overNetwork = bytes * (1 - 1 / machines) / (bytesPerSecond * kernel.networkMemory);
  const groups = Math.ceil(experts / efficiency.processors);
  const processors = Math.ceil(experts / groups);
  const perProcessor = tokens / processors * (kernel.processorTokenSeconds ?? 0);
  return kernel.seconds + experts * kernel.expertSeconds +
    kernel.machineSeconds * log(machines) / Math.LN2 +
    Math.max(inMachine, overNetwork, perProcessor);
}

/**
 * Dispatch or combine for many tokens: a token goes once to each machine that has one of its experts,
 * and there once to each such GPU. A few multiprocessors move it.
 */
function normalSeconds(
  { efficiency, link, ranks, network }: AllToAllOptions,
  { hiddenSize, perToken, dispatchBytes }: ExchangedLayer,
  direction: "dispatch" | "combine",
  tokens: number,
): number {
  const { processors } = efficiency.normal;
  const kernel = efficiency.normal[direction];
  const { machines = 1, bytesPerSecond = Infinity } = network ?? {};
  const size = tokens * hiddenSize * (direction === "dispatch" ? dispatchBytes : 2);
  const copies = distinct(ranks, perToken) * away(ranks / machines);
  const inMachine = Math.max(
    size * copies / (link.bytesPerSecond * kernel.memory),
    size * (copies + kernel.fixedCopies) / (processors * kernel.processorBytesPerSecond),
  );
  const visited = size * distinct(machines, perToken);
  const overNetwork = machines === 1 ? 0 : Math.max(
    visited * (1 - 1 / machines) / (bytesPerSecond * kernel.networkMemory),
    visited / (processors * kernel.forwardBytesPerSecond),
  );
  return kernel.seconds + tokens * kernel.tokenSeconds +
    kernel.machineSeconds * log(machines) / Math.LN2 + Math.max(inMachine, overNetwork);
}

/** Seconds of one direction of an exchange, by the tokens of each rank. */
export function exchangeSeconds(
  options: AllToAllOptions,
  layer: ExchangedLayer,
  mode: Exclude<AllToAllMode, "auto">,
  direction: "dispatch" | "combine",
  tokens: number,
): number {
  if (options.ranks === 1 || tokens === 0) return 0;
  return mode === "normal"
    ? normalSeconds(options, layer, direction, tokens)
    : lowLatencySeconds(options, layer, direction, tokens);
}

/**
 * Seconds to bring the tokens of each rank to the ranks of their experts and the results back, as
 * DeepEP does. Experts are equally likely (assumed). Never less for more tokens: "auto" takes at least
 * what the low-latency kernels take at their most.
 *
 * @source DeepEP (deepseek-ai/DeepEP), csrc/kernels: low_latency.cu, intranode.cu, internode.cu;
 *   constants: data/hardware/layers.yaml
 */
export function allToAllSeconds(
  options: AllToAllOptions,
  layer: ExchangedLayer,
  mode: AllToAllMode,
  tokens: number,
): number {
  const both = (kernels: "low-latency" | "normal", count: number) =>
    exchangeSeconds(options, layer, kernels, "dispatch", count) +
    exchangeSeconds(options, layer, kernels, "combine", count);
  if (mode !== "auto") return both(mode, tokens);
  if (tokens <= LOW_LATENCY_TOKENS) return both("low-latency", tokens);
  return Math.max(both("low-latency", LOW_LATENCY_TOKENS), both("normal", tokens));
}
