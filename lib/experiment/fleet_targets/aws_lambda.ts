import { parse } from "@std/yaml";
import text from "../../../data/targets/aws-lambda.yaml" with { type: "text" };
import {
  boundRow,
  meanError,
  relativeRow,
  type TargetGroup,
  type TargetRow,
} from "../../serverless/targets/mod.ts";
import { scalePerRequest } from "./scale_per_request.ts";

interface Points {
  readonly source: string;
  readonly idle_s: number;
  readonly simfaas_errors: { readonly cold_share: number; readonly instances: number };
  readonly points: readonly {
    readonly rate: number;
    readonly warm_s: number;
    readonly cold_s: number;
    readonly cold_share: number;
    readonly instances: number;
  }[];
}

/** Requests of each point: the first starts into an empty fleet have to vanish among them. */
const REQUESTS = 100_000;

/** Twenty functions on AWS Lambda: cold-start probability and instances against the arrival rate. */
export const awsLambdaTargets: TargetGroup = {
  id: "aws-lambda",
  rows() {
    const { source, idle_s, simfaas_errors: errors, points } = parse(text) as Points;
    const cold: TargetRow[] = [];
    const instances: TargetRow[] = [];
    points.forEach((point, seed) => {
      const ours = scalePerRequest({
        ratePerSecond: point.rate,
        warmSeconds: point.warm_s,
        coldSeconds: point.cold_s,
        idleSeconds: idle_s,
        durationSeconds: REQUESTS / point.rate,
        maxInstances: 1000,
        seed,
      });
      const id = (name: string) => `aws-lambda/${name}/${point.rate}`;
      cold.push({
        ...relativeRow(id("cold_share"), source, point.cold_share, ours.coldShare),
        unit: "share",
      });
      instances.push({
        ...relativeRow(id("instances"), source, point.instances, ours.instances),
        unit: "count",
      });
    });
    const bound = (name: "cold_share" | "instances", rows: readonly TargetRow[]) =>
      boundRow(
        `aws-lambda/${name}/mean error`,
        `${source}; SimFaaS itself ${(100 * errors[name]).toFixed(1)} %`,
        meanError(rows),
        errors[name],
      );
    return [...cold, ...instances, bound("cold_share", cold), bound("instances", instances)];
  },
};
