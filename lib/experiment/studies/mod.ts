/**
 * Published figures of elastic fleets beside those of the whole simulator. Read simfaas.ts first; each
 * file is one publication, its numbers stand in data/targets.
 * @module
 */
import type { TargetGroup } from "../targets/mod.ts";
import { aegaeonTargets } from "./aegaeon.ts";
import { awsLambdaTargets } from "./aws_lambda.ts";
import { simfaasTargets } from "./simfaas.ts";
import { skyServeTargets } from "./sky_serve.ts";

/** Targets of elastic fleets, by publication. */
export const FLEET_TARGETS: readonly TargetGroup[] = [
  simfaasTargets,
  awsLambdaTargets,
  aegaeonTargets,
  skyServeTargets,
];
