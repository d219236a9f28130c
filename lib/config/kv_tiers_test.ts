import { deepEqual, match } from "#assert";
import { loadConfig } from "./load.ts";

const refusal = (text: string): string => {
  try {
    loadConfig(text);
    return "";
  } catch (error) {
    return (error as Error).message;
  }
};
const memory = (text: string) => `scheduler: { prefix_caching: true }\nmemory: { ${text} }`;

Deno.test("cache tiers are read with their units, and stand in order", () => {
  const { memory: { kv_tiers: tiers } } = loadConfig(memory(
    "kv_tiers: [{ capacity: 1GiB, ttl: 1h }, { tier: store, capacity: 2TB, write: evict, setup: 5ms }]",
  ));
  deepEqual(
    tiers.map(({ tier, capacity, ttl, write, setup }) => [tier, capacity, ttl, write, setup]),
    [
      ["host", 2 ** 30, 3600, "through", 0],
      ["store", 2e12, null, "evict", 0.005],
    ],
  );
});

Deno.test("tiers that contradict other settings are refused with a line that says what to do", () => {
  const host = "kv_tiers: [{ capacity: 1GB }]";
  match(
    refusal(memory("kv_tiers: [{ tier: store, capacity: 1GB }, { capacity: 1GB }]")),
    /kv_tiers\[1\]\.tier.* as a tier behind "store": current value is "?host/,
  );
  match(refusal(memory("kv_tiers: [{ tier: disk }]")), /kv_tiers\[0\]\.capacity.*bytes, > 0/);
  match(
    refusal(`scheduler: { prefix_caching: false }\nmemory: { ${host} }`),
    /memory\.kv_tiers.*scheduler\.prefix_caching true/,
  );
  match(
    refusal(`scheduler: { type: orca, prefix_caching: true }\nmemory: { ${host} }`),
    /memory\.kv_tiers.*scheduler\.type vllm, sarathi/,
  );
  match(refusal(memory("session_kv: offload")), /memory\.session_kv.*lru, keep, drop/);
});
