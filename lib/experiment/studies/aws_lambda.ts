import { parse } from "../../std/yaml.ts";
import text from "../../../data/targets/aws-lambda.yaml" with { type: "text" };
import {
  boundRow,
  meanError,
  relativeRow,
  type TargetGroup,
  type TargetRow,
} from "../targets/mod.ts";
import { type LambdaReading, readLambdaExperiments } from "./lambda_experiment.ts";
import { scalePerRequest } from "./scale_per_request.ts";

interface Point {
  readonly rate: number;
  readonly warm_s: number;
  readonly cold_s: number;
  readonly cold_share: number;
  readonly instances: number;
}

interface Targets {
  readonly source: string;
  readonly length_s: number;
  readonly idle_s: number;
  readonly counted_idle_s: number;
  readonly bars: { readonly cold_share: number; readonly instances: number };
  readonly simfaas: { readonly cold_share: number; readonly instances: number };
  readonly points: readonly Point[];
}

const QUANTITIES = ["cold_share", "instances"] as const;
const FIGURES = { cold_share: "coldShare", instances: "instances" } as const;
const UNITS = { cold_share: "share", instances: "count" } as const;

/** Every point is run for at least this long, as SimFaaS's authors run it, and for as many requests. */
const RUN_SECONDS = 1e6;
const RUN_REQUESTS = 50_000;

/** Twenty functions on AWS Lambda: cold-start probability and instances against the arrival rate. */
export const awsLambdaTargets: TargetGroup = {
  id: "aws-lambda",
  rows() {
    const targets = parse(text) as Targets;
    const { source, bars, simfaas, points } = targets;
    const readings = points.map((point, seed) => readPoint(targets, point, seed));
    const rows: TargetRow[] = [], bounds: TargetRow[] = [];
    for (const quantity of QUANTITIES) {
      const values = readings.map((all) => all.map((reading) => reading[FIGURES[quantity]]));
      const own = points.map((point, i) => ({
        ...relativeRow(
          `aws-lambda/${quantity}/${point.rate}`,
          source,
          point[quantity],
          mean(values[i]),
        ),
        unit: UNITS[quantity],
      }));
      const floor = mean(values.map(meanDeviation));
      const note = `${source}; SimFaaS itself ${percent(simfaas[quantity])}; ` +
        `one experiment on the simulated functions is off their mean by ${percent(floor)}`;
      const id = `aws-lambda/${quantity}/mean error`;
      bounds.push(boundRow(id, note, meanError(own), bars[quantity]));
      rows.push(...own);
    }
    return [...rows, ...bounds];
  },
};

/** Simulates experiments with one function and reads them as the measured one was read. */
function readPoint(targets: Targets, point: Point, seed: number): LambdaReading[] {
  const { length_s: lengthSeconds, idle_s: idleSeconds, counted_idle_s } = targets;
  const seconds = Math.max(RUN_SECONDS, RUN_REQUESTS / point.rate);
  const log = scalePerRequest({
    ratePerSecond: point.rate,
    // The function always does the same work: its warm times spread by 1 %.
    services: "constant",
    warmSeconds: point.warm_s,
    coldSeconds: point.cold_s,
    idleSeconds,
    durationSeconds: Math.ceil(seconds / lengthSeconds) * lengthSeconds,
    maxInstances: 1000,
    seed,
  });
  return readLambdaExperiments(log, {
    lengthSeconds,
    idleSeconds,
    countedIdleSeconds: counted_idle_s,
  });
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Mean distance from the mean, as a share of it. */
function meanDeviation(values: readonly number[]): number {
  const centre = mean(values);
  return mean(values.map((value) => Math.abs(value / centre - 1)));
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
