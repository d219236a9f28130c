import { when } from "../applies.ts";
import type { Configuration } from "../configuration.ts";
import { section } from "../section.ts";
import { quantity } from "../../settings/quantities.ts";

/** The bucket fills: that of the service class that the setting stands in, or the gateway's. */
const FILLS = when(
  "`requests_per_second` is set",
  "its requests_per_second is not set",
  ({ gateway }, _, item) =>
    ((item as Configuration["workload"]["classes"][number] | undefined) ?? gateway).rate_limit
      .requests_per_second !== null,
);

/** A token bucket at the gateway: requests beyond it are rejected. */
export function rateLimit(describe: string) {
  return section({
    requests_per_second: quantity("requests per second", {
      above: 0,
      default: null,
      describe: "Rate at which the token bucket fills, requests per second; null: no limit.",
    }),
    burst: quantity("number", {
      min: 1,
      default: 1,
      appliesWhen: FILLS,
      describe: "Size of the token bucket, requests.",
    }),
  }, { describe, isCommon: true });
}
