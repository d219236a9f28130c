import { parse } from "../../std/yaml.ts";
import text from "../../../data/targets/skyserve.yaml" with { type: "text" };
import tracesText from "../../../data/targets/skyserve-traces.yaml" with { type: "text" };
import { rangeRow, type TargetGroup } from "../targets/mod.ts";
import { replaySpot, type SpotPlacement } from "./replay_spot.ts";

type Range = readonly [least: number, most: number];

interface SkyServeTargets {
  readonly source: string;
  readonly assumed: { readonly wanted: number; readonly overprovision: number };
  readonly start_s: number;
  readonly spot_price: number;
  readonly tolerances: { readonly availability: number; readonly cost: number };
  readonly policies: Readonly<
    Record<SpotPlacement, { readonly availability: Range; readonly cost: Range }>
  >;
}

interface SpotTraces {
  readonly sets: Readonly<
    Record<string, {
      readonly interval_s: number;
      readonly intervals: number;
      readonly zones: Readonly<Record<string, string>>;
    }>
  >;
}

/**
 * SkyServe's replays of spot traces: availability and cost of SpotHedge, Round Robin and Even Spread.
 * A row compares with the published range; its error is the distance from there.
 *
 * Judged is what the assumptions leave standing: SpotHedge, and the availability of Round Robin. How
 * many instances are wanted decides the figures of Even Spread, and the price of spot capacity the cost
 * of Round Robin; docs/serving-autoscalers.md.
 */
export const skyServeTargets: TargetGroup = {
  id: "skyserve-eurosys25",
  rows() {
    const { source, policies, assumed, start_s, spot_price, tolerances } = parse(
      text,
    ) as SkyServeTargets;
    const { sets } = parse(tracesText) as SpotTraces;
    return Object.entries(sets).flatMap(([set, { interval_s, intervals, zones }]) =>
      (Object.keys(policies) as SpotPlacement[]).flatMap((policy) => {
        const ours = replaySpot({
          placement: policy,
          zones: Object.values(zones),
          intervalSeconds: interval_s,
          intervals,
          startSeconds: start_s,
          spotPriceShare: spot_price,
          ...assumed,
        });
        const isJudged = (what: "availability" | "cost") =>
          policy === "spot-hedge" || (policy === "round-robin" && what === "availability");
        return (["availability", "cost"] as const).map((what) =>
          rangeRow(
            `skyserve-eurosys25/${set}/${policy}/${what}`,
            source,
            policies[policy][what],
            ours[what],
            isJudged(what) ? tolerances[what] : null,
          )
        );
      })
    );
  },
};
