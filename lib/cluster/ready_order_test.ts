import { deepEqual } from "#assert";
import fc from "fast-check";
import { FROM_ZERO, type HandMadeRequest, runSmall } from "../../tests/support/small_cluster.ts";
import { sequentialStarts } from "../serverless/cold_start/start_service.ts";

Deno.test("routers see ready instances by number, in whatever order they become ready and stop", () => {
  fc.assert(
    fc.property(
      // More instances than any list has room for at first.
      fc.array(fc.integer({ min: 1, max: 99 }), { minLength: 1, maxLength: 40 }),
      (durations) => {
        let next = 0;
        const seen: number[][] = [];
        // A request at 0 for each instance to be started, then one each second and a half.
        const rows = [
          ...durations.map((): HandMadeRequest => [0, 1, 1]),
          ...Array.from({ length: 80 }, (_, i): HandMadeRequest => [1.25 + 1.5 * i, 1, 1]),
        ];
        const { lives } = runSmall(rows, {
          keepAliveSeconds: 30,
          scaling: { ...FROM_ZERO, activation: "each", maxInstances: durations.length },
          fn: {
            routing: {
              name: "last",
              pick(_request, _requests, { candidates, candidateCount }) {
                seen.push([...candidates.subarray(0, candidateCount)]);
                return candidates[candidateCount - 1];
              },
            },
          },
          cluster: {
            starts: sequentialStarts(() => [{
              stage: "all",
              seconds: durations[next++ % durations.length],
            }]),
          },
        });
        for (const candidates of seen) {
          deepEqual(candidates, candidates.toSorted((a, b) => a - b));
          deepEqual(new Set(candidates).size, candidates.length);
        }
        // Each candidate has been ready at some time.
        for (const id of seen.flat()) deepEqual(lives[id].readyAtSeconds > 0, true);
      },
    ),
    { numRuns: 60, seed: 20261116 },
  );
});
