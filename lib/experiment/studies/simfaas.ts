import { parse } from "../../std/yaml.ts";
import text from "../../../data/targets/simfaas.yaml" with { type: "text" };
import { relativeRow, type TargetGroup, type TargetRow } from "../targets/mod.ts";
import { erlangB } from "../../stats/queueing_theory.ts";
import { scalePerRequest } from "./scale_per_request.ts";

interface Case {
  readonly case: string;
  readonly rate: number;
  readonly warm_s: number;
  readonly cold_s: number;
  readonly idle_s: number;
  readonly duration_s: number;
  readonly max_instances: number;
  readonly cold_share: number;
  readonly rejected_share: number;
  readonly instances: number;
  readonly running: number;
  /** Runs of ours that are averaged; default {@link RUNS}. */
  readonly runs?: number;
}

const RUNS = 6;
/** Starts of a case below which their share is noise. */
const LEAST_STARTS = 500;

type Means = Record<"arrived" | "coldShare" | "rejectedShare" | "instances", number>;

/** Means over the runs, one a seed. */
function means(one: Case): Means {
  const { runs = RUNS } = one;
  const sum = { arrived: 0, coldShare: 0, rejectedShare: 0, instances: 0 };
  for (let seed = 1; seed <= runs; seed++) {
    const figures = scalePerRequest({
      ratePerSecond: one.rate,
      warmSeconds: one.warm_s,
      coldSeconds: one.cold_s,
      idleSeconds: one.idle_s,
      durationSeconds: one.duration_s,
      maxInstances: one.max_instances,
      seed,
    });
    for (const key of Object.keys(sum) as (keyof typeof sum)[]) sum[key] += figures[key] / runs;
  }
  return sum;
}

/** SimFaaS's README and six reference cases, scaled per request, against the whole simulator. */
export const simfaasTargets: TargetGroup = {
  id: "simfaas",
  rows() {
    const { source, cases } = parse(text) as { source: string; cases: readonly Case[] };
    return cases.flatMap((one) => {
      const ours = means(one);
      const row = (
        name: string,
        unit: TargetRow["unit"],
        [paper, value]: readonly [number, number],
        tolerance: number,
        by = source,
      ): TargetRow => ({
        ...relativeRow(`simfaas/${one.case}/${name}`, by, paper, value, tolerance),
        unit,
      });
      const starts = ours.coldShare * ours.arrived * (one.runs ?? RUNS);
      const rows = [row("instances", "count", [one.instances, ours.instances], 0.01)];
      if (starts > LEAST_STARTS) {
        rows.push(row("cold_share", "share", [one.cold_share, ours.coldShare], 0.06));
      }
      if (one.rejected_share > 0) {
        rows.push(row("rejected_share", "share", [one.rejected_share, ours.rejectedShare], 0.02));
      }
      // At the most all the time, the instances are the servers of a loss system.
      if (one.max_instances < 10) {
        const exact = erlangB(one.max_instances, one.rate * one.warm_s);
        const by = "Erlang B";
        rows.push(row("erlang_b", "share", [exact, ours.rejectedShare], 0.01, by));
      }
      return rows;
    });
  },
};
