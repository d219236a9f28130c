import { parse } from "@std/yaml";
import { loadConfig, simulate } from "simfaasinfer";
import { meanInterval } from "simfaasinfer/stats";
import { defineExperiment, relativeRow, type TargetRow } from "simfaasinfer/experiment";
import { bandedCurves } from "simfaasinfer/plot";
import { closedForm } from "./closed_form.ts";
import referenceText from "./reference.yaml" with { type: "text" };
import presetText from "./start.yaml" with { type: "text" };

/** The README's rates and times. */
const RATE = 0.9;
const WARM_S = 1.991;
const DURATION_S = 200_000;
/** A service is so many steps of this length: close to continuous. */
const STEP_S = 0.01;

const EXPIRIES = [10, 30, 60, 120, 300, 600, 1200] as const;

interface Reference {
  readonly source: string;
  readonly cases: readonly (
    & { readonly expiry_s: number; readonly max_instances: number }
    & Readonly<Record<Figure, number>>
  )[];
}
const reference = parse(referenceText) as Reference;

type Figure = "cold_share" | "rejected_share" | "instances" | "running";
type Row = Readonly<Record<Figure, number>> & {
  readonly expiry_s: number;
  readonly max_instances: number;
};

/** Relative tolerances: a few times the half-width of both means. */
const TOLERANCES = [["cold_share", 0.15], ["rejected_share", 0.02], ["instances", 0.02], [
  "running",
  0.01,
]] as const;

/** SimFaaS's example and a sweep of the expiration threshold, with a closed form laid over. */
export default defineExperiment({
  id: "01_simfaas",
  version: 1,
  seed: 2021,
  replications: 5,
  question: "Does scale-per-request behave as SimFaaS and theory say?",
  factors: { expiry_s: EXPIRIES, max_instances: [1000, 3] },
  design: {
    cells: [
      ...EXPIRIES.map((expiry_s) => ({ expiry_s, max_instances: 1000 } as const)),
      { expiry_s: 600, max_instances: 3 },
    ],
  },
  async run({ cell, seed, replication }) {
    const config = loadConfig(`
simulation: { random_seed: ${seed}, replication: ${replication}, duration: ${DURATION_S} }
execution: { source: constant, step_seconds: ${STEP_S} }
gateway: { on_no_capacity: reject, concurrency_per_instance: 1 }
cluster: { routing: { policy: newest-idle } }
# Requests alone start instances: the policy looks once, at the start.
scaling: { policy: none, activation: each,
           max_instances: ${cell.max_instances}, keep_alive: { seconds: ${cell.expiry_s} } }
cold_start: { preset: start.yaml }
scheduler: { prefix_caching: false }
workload:
  type: poisson
  arrival_rate: ${RATE}
  prompt_length: { distribution: constant, mean: 1 }
  decode_length: { distribution: exponential, mean: ${WARM_S / STEP_S}, min: 1 }
`);
    const { summary } = await simulate(config, {
      files: new Map([["start.yaml", presetText]]),
    });
    const { arrived, rejected } = summary.requests;
    const instances = summary.instance_seconds / DURATION_S;
    return {
      cold_share: summary.cold_starts / arrived,
      rejected_share: rejected / arrived,
      instances,
      running: summary.busy_fraction * instances,
      digest: summary.digest,
    };
  },
  targets(rows) {
    return reference.cases.flatMap((published) =>
      TOLERANCES.filter(([figure]) =>
        // Three cold starts in all are too few to compare; nothing is rejected without a limit.
        published.max_instances === 3 ? figure !== "cold_share" : figure !== "rejected_share"
      ).map(([figure, tolerance]): TargetRow => ({
        ...relativeRow(
          `simfaas/expiry-${published.expiry_s}/max-${published.max_instances}/${figure}`,
          reference.source,
          published[figure],
          meanOf(rows, published.expiry_s, published.max_instances, figure).estimate,
          tolerance,
        ),
        unit: figure.endsWith("share") ? "share" : "count",
      }))
    );
  },
  headlines(rows) {
    const readme = (figure: Figure) => meanOf(rows, 600, 1000, figure);
    const theory = closedForm(RATE, WARM_S, 600);
    return {
      readme_cold_share: readme("cold_share").estimate,
      readme_cold_share_half_width: readme("cold_share").halfWidth,
      readme_cold_share_closed_form: theory.coldShare,
      readme_instances: readme("instances").estimate,
      readme_instances_half_width: readme("instances").halfWidth,
      readme_instances_closed_form: theory.instances,
      limited_rejected_share: meanOf(rows, 600, 3, "rejected_share").estimate,
    };
  },
  figures: {
    cold_starts: (rows, { column }) =>
      bandedCurves(curves(rows, "cold_share", 100, (theory) => theory.coldShare), {
        xTitle: "Expiration threshold (s)",
        yTitle: "Cold requests (%)",
        xLog: true,
        yLog: true,
        column,
      }),
    instances: (rows, { column }) =>
      bandedCurves(curves(rows, "instances", 1, (theory) => theory.instances), {
        xTitle: "Expiration threshold (s)",
        yTitle: "Mean number of instances",
        xLog: true,
        column,
      }),
  },
});

function meanOf(rows: readonly Row[], expiry: number, most: number, figure: Figure) {
  return meanInterval(
    rows.filter((row) => row.expiry_s === expiry && row.max_instances === most)
      .map((row) => row[figure]),
  );
}

/** Ours with its 95 % interval, SimFaaS's own means, and the closed form. */
function curves(
  rows: readonly Row[],
  figure: "cold_share" | "instances",
  factor: number,
  theoretical: (theory: ReturnType<typeof closedForm>) => number,
) {
  const point = (series: string, x: number, y: number, lower = y, upper = y) => ({
    series,
    x,
    y: factor * y,
    lower: factor * lower,
    upper: factor * upper,
  });
  return [
    ...EXPIRIES.map((expiry) => {
      const { estimate, lower, upper } = meanOf(rows, expiry, 1000, figure);
      return point("ours", expiry, estimate, Math.max(lower, estimate / 10), upper);
    }),
    ...EXPIRIES.map((expiry) =>
      point("closed form", expiry, theoretical(closedForm(RATE, WARM_S, expiry)))
    ),
    ...reference.cases.filter((published) => published.max_instances === 1000)
      .toSorted((a, b) => a.expiry_s - b.expiry_s)
      .map((published) => point("SimFaaS", published.expiry_s, published[figure])),
  ];
}
