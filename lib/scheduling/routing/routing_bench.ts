import { PrefixCache } from "../kv_cache/prefix_cache.ts";
import { prefixIdentity } from "../kv_cache/prefix_identity.ts";
import { randomStreams } from "../../sim/random_streams.ts";
import { fromTable, namesOf } from "../../settings/from_table.ts";
import { ROUTING_POLICIES } from "./policies.ts";
import type { RoutingSignals } from "./policy.ts";

const INSTANCES = 64;
const REQUESTS = 50_000;
const GROUPS = 200;
/** Blocks of 16 tokens per prompt: the group's shared ones, then the request's own. */
const SHARED = 32, OWN = 8;

/** 64 caches filled by 10,000 requests of 200 sharing groups. */
function fleet(): RoutingSignals & { readonly promptTokens: Int32Array } {
  const stream = randomStreams(1).take("groups");
  const offsets = new Uint32Array(REQUESTS + 1);
  const hashes = new Float64Array(REQUESTS * (SHARED + OWN));
  for (let request = 0; request < REQUESTS; request++) {
    const group = Math.floor(stream.next() * GROUPS);
    const start = offsets[request] = request * (SHARED + OWN);
    for (let i = 0; i < SHARED; i++) hashes[start + i] = group * SHARED + i;
    for (let i = SHARED; i < SHARED + OWN; i++) hashes[start + i] = 1e6 + start + i;
  }
  offsets[REQUESTS] = hashes.length;
  const identity = prefixIdentity({ blockTokens: 16, offsets, hashes }, 16);
  const caches = Array.from({ length: INSTANCES }, () => new PrefixCache(2000, 16, identity));
  for (let request = 0; request < 10_000; request++) {
    const cache = caches[request % INSTANCES];
    const list: number[] = [];
    const shared = cache.matchedBlocks(request, 640);
    cache.share(request, shared, list);
    cache.take(SHARED + OWN - shared);
    cache.identify(request, 640, list);
    cache.release(request, list, SHARED + OWN);
  }
  return {
    candidates: Int32Array.from({ length: INSTANCES }, (_, id) => id),
    candidateCount: INSTANCES,
    outstanding: new Int32Array(INSTANCES),
    outstandingTokens: new Float64Array(INSTANCES),
    kvUtilization: (id) => id / INSTANCES,
    kvCapacityTokens: () => 64_000,
    cachedPrefixTokens: (id, request) => 16 * caches[id].matchedBlocks(request, 640),
    promptTokens: new Int32Array(REQUESTS).fill(640),
  };
}

const signals = fleet();
for (const name of namesOf(ROUTING_POLICIES)) {
  const policy = fromTable(ROUTING_POLICIES, name, {}, {
    stream: randomStreams(2).take("routing"),
  });
  Deno.bench(`${name}: ${REQUESTS} arrivals, ${INSTANCES} instances`, () => {
    for (let request = 0; request < REQUESTS; request++) {
      signals.outstanding[policy.pick(request, signals, signals)]++;
    }
    signals.outstanding.fill(0);
  });
}
