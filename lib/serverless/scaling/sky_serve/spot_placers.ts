import type { SpotMix, ZoneFacts } from "../spot_mix.ts";

/** Chooses zones for spot instances. */
export type SpotPlacer = Omit<SpotMix, "wanted">;

/** Names of the placers. */
export const SPOT_PLACERS = ["dynamic-fallback", "round-robin", "even-spread"] as const;

/** Makes a placer by its name. */
export function spotPlacer(
  name: (typeof SPOT_PLACERS)[number],
  zones: readonly ZoneFacts[],
): SpotPlacer {
  if (name === "dynamic-fallback") return dynamicFallback(zones);
  return name === "round-robin" ? roundRobin(zones.length) : evenSpread(zones.length);
}

/**
 * SpotHedge's placer: zones are active until they refuse or preempt an instance, and again once one is
 * ready there; with fewer than two active ones all are. The next instance goes to the cheapest active
 * zone that has none, else to the cheapest active one; equals go to the first.
 *
 * @source SkyServe (EuroSys 25), algorithm 1; SkyPilot, sky/serve/spot_placer.py (9e6408ee,
 *   DynamicFallbackSpotPlacer)
 */
function dynamicFallback(zones: readonly ZoneFacts[]): SpotPlacer {
  const isActive = zones.map(() => true);
  const cheapest = (among: readonly number[]) =>
    among.reduce((best, zone) =>
      zones[zone].spotPriceShare < zones[best].spotPriceShare ? zone : best
    );
  return {
    nextZone(used) {
      const active = zones.flatMap((_, zone) => isActive[zone] ? [zone] : []);
      const free = active.filter((zone) => !used.includes(zone));
      return cheapest(free.length > 0 ? free : active);
    },
    lost(zone) {
      isActive[zone] = false;
      if (isActive.filter(Boolean).length < 2) isActive.fill(true);
    },
    ready(zone) {
      isActive[zone] = true;
    },
  };
}

/** Goes on to the next zone whenever one refuses or preempts an instance. @source SkyServe, section 5 */
function roundRobin(count: number): SpotPlacer {
  let current = 0;
  return {
    nextZone: () => current,
    lost(zone) {
      if (zone === current) current = (current + 1) % count;
    },
    ready() {},
  };
}

/** Wants as many in each zone, whatever happens there. @source SkyServe, section 5 */
function evenSpread(count: number): SpotPlacer {
  let last = count - 1;
  return {
    nextZone(used, spot) {
      const share = (zone: number) => Math.floor(spot / count) + Number(zone < spot % count);
      for (let i = 1; i <= count; i++) {
        const zone = (last + i) % count;
        if (used.filter((one) => one === zone).length < share(zone)) return last = zone;
      }
      return last = (last + 1) % count;
    },
    lost() {},
    ready() {},
  };
}
