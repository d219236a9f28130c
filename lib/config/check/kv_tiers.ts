import { TIER_KINDS } from "../../metrics/kv_tier_record.ts";
import { BATCHING_STRATEGIES } from "../../scheduling/batching/strategies.ts";
import type { BatchingEntry } from "../../scheduling/batching/strategy.ts";
import type { Configuration } from "../configuration.ts";
import { type Problem, problem } from "./problem.ts";

/** What is wrong with the cache tiers behind the prefix cache. */
export function checkKvTiers({ memory, scheduler }: Configuration): Problem[] {
  const { kv_tiers: tiers } = memory;
  if (tiers.length === 0) return [];
  const problems: Problem[] = [];
  const strategies: readonly BatchingEntry<string, unknown>[] = BATCHING_STRATEGIES.entries;
  if (!strategies.some(({ name, canLoad }) => name === scheduler.type && canLoad)) {
    const able = strategies.filter(({ canLoad }) => canLoad).map(({ name }) => name);
    const allowed = `none, or scheduler.type ${able.join(", ")}`;
    const wanted = `what requests of "${scheduler.type}" batching can wait for`;
    problems.push(problem("memory.kv_tiers", wanted, names(tiers), allowed));
  }
  if (!scheduler.prefix_caching) {
    const allowed = "none, or scheduler.prefix_caching true: tiers hold what that cache identifies";
    problems.push(problem("memory.kv_tiers", "tiers behind a prefix cache", names(tiers), allowed));
  }
  tiers.forEach(({ tier, capacity }, i) => {
    const path = `memory.kv_tiers[${i}]`;
    const before = tiers[i - 1]?.tier;
    if (before !== undefined && TIER_KINDS.indexOf(tier) <= TIER_KINDS.indexOf(before)) {
      const allowed = `each of ${TIER_KINDS.join(", ")} once at most, in this order`;
      problems.push(problem(`${path}.tier`, `a tier behind "${before}"`, tier, allowed));
    }
    if (capacity === null) {
      problems.push(problem(`${path}.capacity`, "the room of a tier", null, "bytes, > 0"));
    }
  });
  return problems;
}

function names(tiers: Configuration["memory"]["kv_tiers"]): string {
  return tiers.map(({ tier }) => tier).join(", ");
}
