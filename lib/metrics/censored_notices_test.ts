import { deepEqual, equal, match } from "#assert";
import { censoredNotices } from "./censored_notices.ts";

Deno.test("censoredNotices() names the percentiles that nobody knows", () => {
  const of = (completed: number, censored: number) =>
    censoredNotices({ from_s: 0, completed, censored }, [50, 95, 99]);
  deepEqual(of(100, 0), []);
  match(of(95, 5)[0], /^5 requests were cut off .*; p99 of all requests lies above/);
  match(of(94, 6)[0], /p95, p99 of all requests lie above/);
  // Of 1000 requests of which one was cut off, the p99 is known.
  equal(of(999, 1)[0], "a request was cut off by the end of the run and is in no latency");
});
