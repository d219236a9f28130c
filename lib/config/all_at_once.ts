import type { Configuration } from "./configuration.ts";

/** Arrivals that no rate makes. */
const WITHOUT_RATE: readonly string[] = ["embedded", "synthetic"];

/** Whether all requests arrive at 0 s. */
export function arrivesAtOnce({ type, all_at_once }: Configuration["workload"]): boolean {
  return all_at_once && !WITHOUT_RATE.includes(type);
}
