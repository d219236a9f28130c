import { choice, quantity } from "../../settings/quantities.ts";
import { LIMITS } from "../../sim/limits.ts";
import type { SettingGroup } from "../../settings/policy.ts";
import { HPA_SCALE_DOWN, HPA_SCALE_UP, type HpaRate, type HpaRules } from "./hpa_behavior.ts";

/** A horizontal pod autoscaler's `behavior`, as files have it: rules of each direction. */
export type HpaBehaviorSettings = {
  readonly [Direction in "scaleUp" | "scaleDown"]: {
    readonly stabilizationWindowSeconds: number | null;
    readonly selectPolicy: "max" | "min" | "disabled";
    readonly policies: readonly HpaRate[];
  };
};

type HpaRuleSettings = HpaBehaviorSettings["scaleUp"];

/** Kubernetes' greatest window and period of a policy, seconds. */
const MOST_WINDOW_SECONDS = 3600;
const MOST_PERIOD_SECONDS = 1800;

function ruleSettings(about: string, windowDefault: string): SettingGroup<HpaRuleSettings> {
  return {
    kind: "group",
    description: `How fast the number of instances may ${about}.`,
    settings: {
      stabilizationWindowSeconds: quantity("seconds", {
        min: 0,
        max: MOST_WINDOW_SECONDS,
        default: null,
        aliases: ["stabilization_window_seconds"],
        describe: `Time of which the most cautious recommendation counts, seconds; null: ` +
          `${windowDefault}.`,
      }),
      selectPolicy: choice(["max", "min", "disabled"], {
        wanted: "a choice among policies",
        default: "max",
        describe: `Which policy counts: the one that allows the most change, or the least; ` +
          `\`disabled\`: the number does not ${about}.`,
      }),
      policies: {
        kind: "list",
        description: `Policies that hold at once; none: Kubernetes' own.`,
        itemDescription: "One policy.",
        item: {
          type: choice(["pods", "percent"], {
            wanted: "a kind of policy",
            default: "pods",
            describe: "A number of instances, or per cent of those at the begin of the period.",
          }),
          value: quantity("number", {
            above: 0,
            default: 4,
            describe: "Greatest change in a period: instances, or per cent.",
          }),
          periodSeconds: quantity("seconds", {
            min: LIMITS.shortestPeriodSeconds.value,
            max: MOST_PERIOD_SECONDS,
            default: 15,
            aliases: ["period_seconds"],
            describe: "Length of the period, seconds.",
          }),
        },
      },
    },
  };
}

/** Settings of `behavior`, new ones for each policy that has them. */
export function hpaBehaviorSettings(windowDefault: string): SettingGroup<HpaBehaviorSettings> {
  return {
    kind: "group",
    description: "Kubernetes' `behavior`: windows of stabilisation, and policies of rates.",
    settings: {
      scaleUp: ruleSettings("grow", "0"),
      scaleDown: ruleSettings("shrink", windowDefault),
    },
  };
}

/**
 * The rules that settings stand for.
 *
 * @param downWindowSeconds Window of stabilisation of scale-down where none is given.
 * @source Kubernetes, pkg/apis/autoscaling/v2/defaults.go (what is not given has its default, one by one)
 */
export function hpaRules(
  { scaleUp, scaleDown }: HpaBehaviorSettings,
  downWindowSeconds: number,
): { readonly scaleUp: HpaRules; readonly scaleDown: HpaRules } {
  const rulesOf = (own: HpaRuleSettings, standard: HpaRules, windowSeconds: number): HpaRules => ({
    stabilizationSeconds: own.stabilizationWindowSeconds ?? windowSeconds,
    rates: own.policies.length > 0 ? own.policies : standard.rates,
    select: own.selectPolicy,
  });
  return {
    scaleUp: rulesOf(scaleUp, HPA_SCALE_UP, HPA_SCALE_UP.stabilizationSeconds),
    scaleDown: rulesOf(scaleDown, HPA_SCALE_DOWN, downWindowSeconds),
  };
}
