import { ok, strictEqual } from "#assert";
import { loadConfig } from "../../lib/config/load.ts";
import { simulate } from "../../lib/run/simulate.ts";
import { findExternalData } from "../../lib/results/external_data.ts";
import { PrefixCache } from "../../lib/scheduling/kv_cache/prefix_cache.ts";
import {
  type PrefixIdentity,
  prefixIdentity,
} from "../../lib/scheduling/kv_cache/prefix_identity.ts";
import { selectRows } from "../../lib/workload/select_rows.ts";
import { readMooncakeTrace } from "../../lib/workload/traces/mod.ts";

/** Tokens of one hashed block of the traces. */
const BLOCK_TOKENS = 512;

/** Registers a test on a Mooncake trace; without the file it is shown as ignored. */
function withTrace(
  name: string,
  trace: string,
  run: (text: string) => void | Promise<void>,
): void {
  const file = findExternalData("mooncake-fast25", `${trace}_trace.jsonl`);
  Deno.test({
    name: `${name} (needs reference data)`,
    ignore: file === undefined,
    fn: () => run(Deno.readTextFileSync(file!)),
  });
}

/** Blocks found when the requests come one after the other, over all blocks, in a cache for all. */
function hitRate(
  count: number,
  identity: PrefixIdentity,
  tokensOf: (request: number) => number,
): number {
  let blocks = 0, hits = 0;
  for (let i = 0; i < count; i++) blocks += identity.blocks(i);
  const cache = new PrefixCache(blocks, BLOCK_TOKENS, identity);
  for (let i = 0; i < count; i++) {
    const own = identity.blocks(i);
    const found = cache.matchedBlocks(i, tokensOf(i));
    const list: number[] = [];
    cache.share(i, found, list);
    cache.take(own - found);
    cache.identify(i, own * BLOCK_TOKENS, list);
    cache.release(i, list, own);
    hits += found;
  }
  strictEqual(cache.used, 0);
  return hits / blocks;
}

for (const [trace, published] of [["conversation", 0.366], ["synthetic", 0.64]] as const) {
  withTrace(
    `the prefix cache finds ${100 * published} % of the blocks of Mooncake's ${trace} trace`,
    trace,
    (text) => {
      // The publication counts a last block that the prompt does not fill like the others.
      const { table } = readMooncakeTrace(text, { fileName: trace, partialBlocks: "keep" });
      const identity = prefixIdentity(table.prefix!, BLOCK_TOKENS);
      const rate = hitRate(table.count, identity, (i) => identity.blocks(i) * BLOCK_TOKENS);
      ok(Math.abs(rate - published) < 0.002, `${rate}`);
    },
  );
}

const DEPLOYMENT = `
model: { name: llama-3.1-8b }
cluster: { gpu_type: A100, gpu_memory_gb: 80 }
scaling: { enabled: false }
simulation: { warmup_duration: 0 }
workload: { type: trace, trace: { path: t.jsonl, format: mooncake, jitter: 3, length: 900 } }
`;

withTrace(
  "one instance with room for everything finds what an ideal cache finds, block by block",
  "conversation",
  async (traceText) => {
    const yaml = `memory: { block_size: ${BLOCK_TOKENS}, num_gpu_blocks: 200000 }`;
    const { requests, summary } = await simulate(loadConfig([DEPLOYMENT, yaml]), { traceText });
    const { table } = readMooncakeTrace(traceText, { fileName: "t.jsonl" });
    // The jitter changes the order within 3 s, so the ideal cache sees the simulated one.
    const rows = new Map<string, number[]>();
    const key = (prompt: number, output: number) => `${prompt} ${output}`;
    for (let i = table.count - 1; i >= 0; i--) {
      const id = key(table.promptTokens[i], table.outputTokens[i]);
      rows.set(id, [...rows.get(id) ?? [], i]);
    }
    const order = Array.from(
      requests.promptTokens,
      (prompt, i) => rows.get(key(prompt, requests.outputTokens[i]))!.pop()!,
    );
    const { prefix } = selectRows({ ...table, arrivalAtSeconds: requests.arrivalAtSeconds }, order);
    const identity = prefixIdentity(prefix!, BLOCK_TOKENS);
    // At least one token is always computed.
    const ideal = hitRate(requests.count, identity, (i) => requests.promptTokens[i] - 1);
    let full = 0, hits = 0;
    for (let i = 0; i < requests.count; i++) {
      full += Math.floor(requests.promptTokens[i] / BLOCK_TOKENS);
      hits += requests.cachedTokens[i] / BLOCK_TOKENS;
    }
    ok(Math.abs(hits / full - ideal) < 1e-3, `${hits / full}, ideal ${ideal}`);
    strictEqual(summary.requests.completed, requests.count);
  },
);

withTrace(
  "prefix-affinity finds more than twice as much as round-robin and least-loaded on Mooncake's trace",
  "conversation",
  async (traceText) => {
    const run = async (policy: string) => {
      const yaml = `cluster: { num_replicas: 8, routing: { policy: ${policy} } }`;
      return (await simulate(loadConfig([DEPLOYMENT, yaml]), { traceText })).summary;
    };
    const affinity = await run("prefix-affinity");
    for (const policy of ["round-robin", "least-loaded"]) {
      const other = await run(policy);
      ok(affinity.prefix_cache!.hit_rate_tokens! > 2 * other.prefix_cache!.hit_rate_tokens!);
      ok(affinity.ttft_s.p50! < other.ttft_s.p50!, `${policy}`);
    }
  },
);
