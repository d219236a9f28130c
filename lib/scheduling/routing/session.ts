import { leastOutstanding } from "./least_outstanding.ts";
import type { RoutingEntry, RoutingPolicy } from "./policy.ts";

/** `session` as files name it. */
export const sessionRoutingPolicy: RoutingEntry<"session", Record<never, never>> = {
  name: "session",
  describe: "The instance of the session's last request.",
  settings: {},
  create: sessionRouting,
};

/** Whether `id` is among the first `count` of the ascending `candidates`. */
function isCandidate(id: number, candidates: Int32Array, count: number): boolean {
  let low = 0, high = count - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const other = candidates[middle];
    if (other === id) return true;
    if (other < id) low = middle + 1;
    else high = middle - 1;
  }
  return false;
}

/**
 * Every request of a session goes to the instance that got the session's last one; when that is no
 * candidate any more, and for a session's first request, to the least loaded candidate, where the
 * session then stays. Requests without a session go to the least loaded candidate.
 */
export function sessionRouting(): RoutingPolicy {
  const homes = new Map<number, number>();
  return {
    name: "session",
    pick(request, { sessionId }, signals) {
      const session = sessionId === undefined ? -1 : sessionId[request];
      if (session < 0) return leastOutstanding(signals);
      const home = homes.get(session);
      if (home !== undefined && isCandidate(home, signals.candidates, signals.candidateCount)) {
        return home;
      }
      const chosen = leastOutstanding(signals);
      homes.set(session, chosen);
      return chosen;
    },
  };
}
