import fc from "fast-check";
import type { ClusterParts } from "../../lib/cluster/cluster_parts.ts";
import type { TierParts } from "../../lib/cluster/kv_tiers/kv_tier_parts.ts";
import { FlowNetwork, type NodeLinks, Topology, Transfers } from "../../lib/network/mod.ts";
import { tierLinks } from "../../lib/run/tier_links.ts";
import { prefixAffinity } from "../../lib/scheduling/routing/mod.ts";
import type { StartService } from "../../lib/serverless/cold_start/start_service.ts";

/** Cache tiers of a random cluster, as plain data. */
export interface TierCase {
  readonly tiers: readonly TierParts[];
  /** Bytes of a block; the links move 1000 bytes a second. */
  readonly blockBytes: number;
  readonly storageBytesPerSecond: number;
  /** Whether any link binds; if not, and the tier has no rate, blocks are there at once. */
  readonly bindsLinks: boolean;
  /** Whether routers ask the tiers. */
  readonly areAsked: boolean;
}

const tier = fc.record({
  blocks: fc.constantFrom(1, 4, 12, 30, 100),
  ttlSeconds: fc.constantFrom(Infinity, Infinity, 0.4, 2),
  write: fc.constantFrom<TierParts["write"]>("through", "through", "evict"),
  bytesPerSecond: fc.constantFrom(Infinity, Infinity, 300),
  setupSeconds: fc.constantFrom(0, 0, 0.03),
});

/** Random tiers: one to three of them, wide and narrow links, and none that bind. */
export const tierCases: fc.Arbitrary<TierCase> = fc.record({
  tiers: fc.tuple(
    fc.constantFrom<readonly TierParts["kind"][]>(
      ["host"],
      ["host"],
      ["host", "store"],
      ["disk", "store"],
      ["host", "disk", "store"],
      ["store"],
    ),
    fc.array(tier, { minLength: 3, maxLength: 3 }),
  ).map(([kinds, all]) => kinds.map((kind, i): TierParts => ({ kind, ...all[i] }))),
  blockBytes: fc.constantFrom(1e-6, 1, 10, 60),
  storageBytesPerSecond: fc.constantFrom(Infinity, 1000, 400),
  bindsLinks: fc.constantFrom(true, true, false),
  areAsked: fc.boolean(),
});

/** The same parts with cache tiers behind every function's engines that have a prefix cache. */
export function withTiers(parts: ClusterParts, test: TierCase): ClusterParts {
  const { storageBytesPerSecond, bindsLinks } = test;
  const topology = new Topology(new FlowNetwork(), bindsLinks ? { storageBytesPerSecond } : {});
  const transfers = new Transfers(topology);
  const links: Partial<NodeLinks> = bindsLinks
    ? { nicBytesPerSecond: 700, ssdReadBytesPerSecond: 500, pcieBytesPerSecond: 1000 }
    : {};
  const hasMachines = parts.placement !== undefined;
  for (const { gpus } of parts.placement?.nodes ?? []) topology.addNode({ ...links, gpus });
  const over = tierLinks(
    topology,
    transfers,
    parts.functions.map(({ engine: { gpus } }) => ({
      deployment: { gpu: undefined as never, gpus, node: { ...links, gpus } as never },
    })),
  );
  const { tiers, blockBytes } = test;
  return {
    ...parts,
    functions: parts.functions.map((fn) =>
      test.areAsked
        ? { ...fn, routing: prefixAffinity({ loadDifference: 3, tierWeight: 0.7 }) }
        : fn
    ),
    starts: withTransfers(parts.starts, transfers),
    kvTiers: {
      functions: parts.functions.map(({ engine }) =>
        engine.prefix && mayLoad(engine.strategy.name) ? { tiers, blockBytes } : undefined
      ),
      hasMachines,
      ...over,
    },
  };
}

/** Whether settings let requests of a strategy wait for tiers. */
export function mayLoad(strategy: string): boolean {
  return strategy === "vllm" || strategy === "sarathi";
}

/** Starts that move transfers on, as the executor of starts does. */
function withTransfers(starts: StartService, transfers: Transfers): StartService {
  return {
    get nextEventSeconds() {
      return Math.min(starts.nextEventSeconds, transfers.nextSeconds);
    },
    spans: starts.spans,
    begin: (...start) => starts.begin(...start),
    cancel: (...start) => starts.cancel(...start),
    advance(now, onReady) {
      if (transfers.nextSeconds <= now) transfers.advance(now);
      starts.advance(now, onReady);
    },
  };
}
