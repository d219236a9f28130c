import { equal } from "#assert";
import fc from "fast-check";
import { PrefixHolders } from "./prefix_holders.ts";
import type { PrefixIdentity } from "./prefix_identity.ts";

/** Requests 0 to 3 begin with run 0 to 3; request 4 has no blocks. */
const identity = {
  offsets: Uint32Array.of(0, 1, 2, 3, 4, 4),
  runs: Int32Array.of(0, 1, 2, 3),
} as unknown as PrefixIdentity;

Deno.test("PrefixHolders know which caches have a run, whatever comes and goes", () => {
  const changes = fc.array(fc.record({
    run: fc.integer({ min: 0, max: 3 }),
    instance: fc.constantFrom(0, 1, 31, 32, 33, 64, 200),
    comes: fc.boolean(),
  }));
  fc.assert(fc.property(changes, (list) => {
    const holders = new PrefixHolders(identity);
    const held = new Set<string>();
    for (const { run, instance, comes } of list) {
      if (comes) {
        holders.add(run, instance);
        held.add(`${run} ${instance}`);
      } else {
        holders.remove(run, instance);
        held.delete(`${run} ${instance}`);
      }
      // The request asked for last first, then the others.
      for (const request of [run, 0, 1, 2, 3]) {
        for (const one of [0, 1, 31, 32, 33, 64, 200, 1000]) {
          equal(holders.mayHold(request, one), held.has(`${request} ${one}`));
        }
      }
      equal(holders.mayHold(4, instance), false);
    }
  }));
});
