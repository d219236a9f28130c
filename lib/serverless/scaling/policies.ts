import type { NameOf, PolicyTable } from "../../settings/policy.ts";
import { concurrencyPolicy } from "./concurrency.ts";
import { dynamoPlannerPolicy } from "./dynamo_planner/dynamo_planner.ts";
import { hpaPolicy } from "./hpa.ts";
import { kedaPolicy } from "./keda.ts";
import { knativeKpaPolicy } from "./knative_kpa.ts";
import { llmDWvaPolicy } from "./llm_d_wva/llm_d_wva.ts";
import { noScaling } from "./none.ts";
import { oraclePolicy } from "./oracle.ts";
import { predictivePolicy } from "./predictive.ts";
import { queueDelayPolicy } from "./queue_delay.ts";
import { rayServePolicy } from "./ray_serve.ts";
import { schedulePolicy } from "./schedule.ts";
import { sloPolicy } from "./slo.ts";
import { thresholdPolicy } from "./threshold.ts";

/** The scaling policies. A new one is one file and one line here. */
export const SCALING_POLICIES = {
  wanted: "a scaling policy",
  entries: [
    thresholdPolicy,
    concurrencyPolicy,
    queueDelayPolicy,
    knativeKpaPolicy,
    hpaPolicy,
    kedaPolicy,
    rayServePolicy,
    dynamoPlannerPolicy,
    llmDWvaPolicy,
    sloPolicy,
    predictivePolicy,
    schedulePolicy,
    oraclePolicy,
    noScaling,
  ],
} as const satisfies PolicyTable;

/** Names of scaling policies. */
export type ScalingName = NameOf<typeof SCALING_POLICIES>;
