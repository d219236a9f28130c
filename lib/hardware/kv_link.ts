/** A link that KV entries cross from one instance to another. */
export interface KvLink {
  /** What the card of an instance carries in each direction by its data sheet, bytes per second. */
  readonly bytesPerSecond: number;
  /** Share of it that KV entries make use of, above 0 to 1. */
  readonly efficiency: number;
  /** Time before the first byte of a transfer, seconds. */
  readonly setupSeconds: number;
  /** Where the numbers are from, and what they were fitted to if they were. */
  readonly source: string;
}

const TRANSPORTS =
  "llm-d-inference-sim, docs/latency-profiles.md: effective rates, middle of set-up";
const MOONCAKE =
  "kvcache-ai/Mooncake, docs, vLLM and SGLang benchmark pages; fitted on the prompts of " +
  "up to 2,048 tokens by the least of the greatest relative errors, one request in flight";

/** Links by name. */
const LINKS = {
  nvlink: { bytesPerSecond: 600e9, efficiency: 1, setupSeconds: 0.3e-3, source: TRANSPORTS },
  ndr400: { bytesPerSecond: 50e9, efficiency: 0.8, setupSeconds: 1.25e-3, source: TRANSPORTS },
  roce200: { bytesPerSecond: 25e9, efficiency: 0.8, setupSeconds: 1.25e-3, source: TRANSPORTS },
  ethernet100: { bytesPerSecond: 12.5e9, efficiency: 0.8, setupSeconds: 6e-3, source: TRANSPORTS },
  ethernet25: { bytesPerSecond: 3.125e9, efficiency: 0.8, setupSeconds: 6e-3, source: TRANSPORTS },
  "mooncake-vllm": {
    bytesPerSecond: 200e9,
    efficiency: 0.727,
    setupSeconds: 0.368e-3,
    source: MOONCAKE,
  },
  "mooncake-sglang": {
    bytesPerSecond: 200e9,
    efficiency: 0.8755,
    setupSeconds: 1.89e-3,
    source: MOONCAKE,
  },
} as const satisfies Readonly<Record<string, KvLink>>;

/** Name of a link. */
export type KvLinkName = keyof typeof LINKS;

/** Names of the links. */
export const KV_LINK_NAMES = Object.keys(LINKS) as readonly KvLinkName[];

/** A link by its name. */
export function kvLink(name: KvLinkName): KvLink {
  return LINKS[name];
}
