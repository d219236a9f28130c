import { showValue } from "../../../std/show_value.ts";
import { isMapping } from "../../normalize.ts";
import { custom, type KeyTable, leaves, readKeys, takes } from "../keys.ts";
import { notNegative, oneOf, positive, type Reader } from "../readers.ts";

const SELECT = oneOf({ Max: "max", Min: "min", Disabled: "disabled" });
const TYPE: Reader<string> = oneOf({ Pods: "pods", Percent: "percent" });

/** Kubernetes' `behavior` as settings below a policy's, such as "scaling.hpa". */
export function behavior(policy: string): KeyTable {
  const direction = (path: string): KeyTable => ({
    stabilizationWindowSeconds: takes(`${path}.stabilization_window`, notNegative),
    selectPolicy: takes(`${path}.select_policy`, SELECT),
    policies: custom([`${path}.policies`], (value, key, reading) => {
      if (!Array.isArray(value)) return reading.refuse(key, "a list", showValue(value));
      const policies = value.map((one, i) => {
        const here = `${key}[${i}]`;
        if (!isMapping(one)) return reading.refuse(here, "a mapping", showValue(one));
        const { type, value: amount, periodSeconds, ...others } = one;
        readKeys({}, others, reading, here);
        return {
          type: reading.read(`${here}.type`, type, TYPE),
          value: reading.read(`${here}.value`, amount, positive),
          period: reading.read(`${here}.periodSeconds`, periodSeconds, positive),
        };
      });
      if (policies.length > 0) reading.take(key, `${path}.policies`, policies);
    }),
    tolerance: leaves("one tolerance holds both ways"),
  });
  return {
    scaleUp: direction(`${policy}.behavior.scale_up`),
    scaleDown: direction(`${policy}.behavior.scale_down`),
  };
}
