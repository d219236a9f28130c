import { deepEqual } from "#assert";
import { leastLoaded } from "../../scheduling/routing/mod.ts";
import { fixed, type HandMadeRequest, runSmall } from "../../../tests/support/small_cluster.ts";

Deno.test("a report includes the instances that are at their limit", () => {
  // Until 10 both count as empty: the first three go to instance 0, which is full then, the fourth to
  // instance 1. The report at 10.5 says three and one: request 4 goes to instance 1, and so does
  // request 5, though instance 0 has room again since request 1 ended at 12.
  const rows: HandMadeRequest[] = [
    [0, 1, 30],
    [0, 1, 12],
    [0, 1, 30],
    [0, 1, 30],
    [10.5, 1, 30],
    [13, 1, 30],
  ];
  const { columns } = runSmall(rows, {
    scaling: fixed(2),
    fn: { routing: leastLoaded(), concurrencyPerInstance: 3, routingStalenessSeconds: 10 },
  });
  deepEqual([...columns.instanceId], [0, 0, 0, 1, 1, 1]);
});
