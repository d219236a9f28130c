import { isSet } from "../applies.ts";
import { section } from "../section.ts";
import { quantity } from "../settings.ts";

/**
 * A token bucket at the gateway: requests beyond it are rejected.
 *
 * @param ratePath Path of its rate, where it stands once.
 */
export function rateLimit(describe: string, ratePath?: string) {
  return section({
    requests_per_second: quantity("requests per second", {
      above: 0,
      default: null,
      describe: "Rate at which the token bucket fills, requests per second; null: no limit.",
    }),
    burst: quantity("number", {
      min: 1,
      default: 1,
      ...(ratePath !== undefined && { appliesWhen: isSet(ratePath) }),
      describe: "Size of the token bucket, requests.",
    }),
  }, { describe, isCommon: true });
}
