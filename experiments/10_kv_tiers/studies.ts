/** Cache tiers of a cell, by name; sizes are multiples of the KV cache of an instance's GPUs. */
export const TIERS = ["none", "1x", "4x", "16x"] as const;
/** Name of a size. */
export type TierSize = (typeof TIERS)[number];

/** How often the GPUs' cache a tier is. */
export function factorOf(size: string): number {
  return size === "none" ? 0 : Number.parseInt(size);
}

/** What a cell simulates. */
export interface Study {
  /** The configuration, without its tiers. */
  readonly config: string;
  /** KV cache of an instance's GPUs, bytes. */
  readonly cacheBytes: number;
  /** KV blocks of an instance; absent: as many as fit. */
  readonly kvBlocks?: number;
}

/**
 * Conversations of Mooncake's trace on four H100 with Llama-3.1-8B: an instance has about 420,000 tokens
 * of KV cache, 131,072 bytes each.
 */
export const CONVERSATIONS: Study = {
  cacheBytes: 55e9,
  config: `
model: { name: llama-3.1-8b }
cluster: { gpu_type: h100-sxm, num_replicas: 4, routing: { policy: prefix-affinity } }
workload: { type: trace, trace: { path: conversation.jsonl, format: mooncake } }
`,
};

/**
 * The first 5,000 of them with 32 in flight, on one instance of four B200: AISimulate's validation, with
 * a model that is in the repository.
 */
export const IN_FLIGHT: Study = {
  cacheBytes: 500e9,
  config: `
model: { name: llama-3.1-70b }
cluster: { gpu_type: b200-sxm }
parallelization: { tensor_parallel_size: 4 }
workload: { type: trace, num_requests: 5000, closed_loop: { concurrency: 32 },
            trace: { path: conversation.jsonl, format: mooncake } }
`,
};

/** Clients, turns and new tokens of a turn of Mooncake's benchmark with SSD. */
const CLIENTS = 20, TURNS = 10, TURN_TOKENS = 4096;
/** The last turn is one block shorter: an answer follows, and the model takes 40,960 tokens. */
const LONGEST_TOKENS = TURNS * TURN_TOKENS - 512;

/** Twenty clients, ten turns of 4,096 new tokens each, Qwen3-8B on an A100 with 40 GB. */
export const TURNS_OF_CLIENTS: Study = {
  cacheBytes: 17e9,
  config: `
model: { name: qwen3-8b }
cluster: { gpu_type: a100-sxm-40gb }
workload: { type: trace, closed_loop: { concurrency: ${CLIENTS} },
            trace: { path: turns.jsonl, format: mooncake } }
`,
};

/** The same of eighty clients on four instances that take turns. */
export const TURNS_OF_A_FLEET: Study = {
  cacheBytes: 17e9,
  config: `
model: { name: qwen3-8b }
cluster: { gpu_type: a100-sxm-40gb, num_replicas: 4, routing: { policy: round-robin } }
workload: { type: trace, closed_loop: { concurrency: ${4 * CLIENTS} },
            trace: { path: turns.jsonl, format: mooncake } }
`,
};

/** Tokens of one hashed block. */
const BLOCK_TOKENS = 512;

/** A row of a trace in Mooncake's format. */
function row(atSeconds: number, tokens: number, firstHash: number, output: number): string {
  const blocks = Math.ceil(tokens / BLOCK_TOKENS);
  return JSON.stringify({
    timestamp: 1000 * atSeconds,
    input_length: tokens,
    output_length: output,
    hash_ids: Array.from({ length: blocks }, (_, block) => firstHash + block),
  });
}

/** Turn by turn, each client's prompt grows by its new tokens; answers are one token. */
export function turnsTrace(clients: number): string {
  const rows: string[] = [];
  for (let turn = 1; turn <= TURNS; turn++) {
    for (let client = 0; client < clients; client++) {
      rows.push(row(0, Math.min(turn * TURN_TOKENS, LONGEST_TOKENS), 1000 * client, 1));
    }
  }
  return rows.join("\n") + "\n";
}

/** Clients of a study of turns. */
export const CLIENTS_OF = { turns: CLIENTS, fleet: 4 * CLIENTS } as const;

/** Turn of a row of {@link turnsTrace}, from 1. */
export function turnOf(row: number, clients: number): number {
  return 1 + Math.floor(row / clients);
}

/** Lengths of the prompts that come twice, tokens. */
export const PROMPTS = [512, 2048, 8192, 32768, 98304] as const;

/** A prompt, another one that takes its place in the GPU's cache, and the first one again. */
export function repeatedPrompt(tokens: number): string {
  return [row(0, tokens, 0, 1), row(100, tokens, 1e6, 1), row(200, tokens, 0, 1)].join("\n") + "\n";
}

/** Llama-3.1-8B on an H100 whose cache holds one of those prompts. */
export function oncePerPrompt(tokens: number): Study {
  return {
    cacheBytes: 131072 * tokens,
    kvBlocks: tokens / 16 + 8,
    config: `
model: { name: llama-3.1-8b }
cluster: { gpu_type: h100-sxm }
workload: { type: trace, trace: { path: repeated.jsonl, format: mooncake } }
`,
  };
}
