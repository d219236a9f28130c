import { section } from "../section.ts";
import { quantity } from "../settings.ts";

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
      describe: "Size of the token bucket, requests.",
    }),
  }, { describe });
}
