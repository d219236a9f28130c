import type { SpotParts, ZoneParts } from "../cluster/cluster_parts.ts";
import { ConfigError } from "../config/config_error.ts";
import type { Configuration } from "../config/configuration.ts";
import type { FunctionFacts } from "../metrics/function_facts.ts";
import { LIMITS } from "../sim/limits.ts";

/**
 * Spot capacity by interval out of its compact form: "4x28 0x9 4" is 28 times 4, nine times 0, then 4.
 *
 * @returns Undefined where the text is none.
 */
export function spotCapacity(
  text: string,
  intervalSeconds: number,
): ZoneParts["capacity"] | undefined {
  const changes: { atSeconds: number; instances: number }[] = [];
  let intervals = 0;
  for (const part of text.trim().split(/\s+/)) {
    const found = /^(\d{1,7})(?:x(\d{1,9}))?$/.exec(part);
    if (found === null || found[2] === "0") return undefined;
    const instances = Number(found[1]);
    if (changes.at(-1)?.instances !== instances) {
      changes.push({ atSeconds: intervals * intervalSeconds, instances });
    }
    intervals += Number(found[2] ?? 1);
  }
  return changes;
}

/** What instances of each zone cost, where there are zones. */
export function spotPrices(spot: SpotParts | undefined): Pick<FunctionFacts, "spotPriceShares"> {
  return spot ? { spotPriceShares: spot.zones.map((zone) => zone.spotPriceShare) } : {};
}

/** The zones of the configuration; undefined where nothing is of spot capacity. */
export function buildZones(config: Configuration): SpotParts | undefined {
  const { cluster, scaling, faults } = config;
  if (cluster.zones.length === 0 || scaling.policy !== "sky-serve") return undefined;
  const contrary = [
    ["cluster.nodes", cluster.nodes.length > 0],
    ["functions", config.functions.length > 0],
    ["scaling.keep_alive.sleep.level", scaling.keep_alive.sleep.level !== 0],
    ["scaling.prewarmed_pool.of", scaling.prewarmed_pool.of !== null],
    ["faults.spot.mtbf", faults.spot.mtbf !== null],
    ["scaling.actuation_delay", scaling.actuation_delay > 0],
  ] as const;
  for (const [path, isGiven] of contrary) {
    if (!isGiven) continue;
    throw new ConfigError([
      `Cannot use "${path}" beside "cluster.zones", whose instances have machines of their own and ` +
      `come and go by the policy alone: current value is ${cluster.zones.length} zones`,
    ]);
  }
  return {
    noticeSeconds: faults.spot.notice,
    zones: cluster.zones.map(
      ({ name, spot, interval, spot_price: spotPriceShare }, i): ZoneParts => {
        const capacity = spotCapacity(spot, interval);
        if (capacity === undefined || capacity.length > LIMITS.bins.value) {
          throw new ConfigError([
            `Cannot read "cluster.zones[${i}].spot" as spot instances by interval: current value is ` +
            `"${
              spot.slice(0, 40)
            }" (allowed: counts, each with how often it comes, such as "4x28 0x9 4")`,
          ]);
        }
        return { name, spotPriceShare, capacity };
      },
    ),
  };
}
