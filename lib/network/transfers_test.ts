import { deepEqual, equal } from "@std/assert";
import fc from "fast-check";
import { FlowNetwork } from "./flow_network.ts";
import { Transfers } from "./transfers.ts";

Deno.test("a transfer of several flows is over when the last of them is", () => {
  const network = new FlowNetwork();
  const [fast, slow] = [10, 1].map((capacity) => network.path([network.addLink(capacity)]));
  const transfers = new Transfers(network);
  const both = transfers.start([fast, slow], 10, 0);
  deepEqual(transfers.advance(1), []);
  equal(transfers.nextSeconds, 10);
  deepEqual(transfers.advance(10), [both]);
  equal(transfers.cancel(both, 10), 0);
});

Deno.test("what is moved and what was left of transfers that are given up is what was to move", () => {
  const moves = fc.array(
    fc.record({
      bytes: fc.integer({ min: 1, max: 100 }),
      path: fc.nat(2),
      cancelled: fc.boolean(),
    }),
    { minLength: 1, maxLength: 12 },
  );
  fc.assert(fc.property(moves, fc.integer({ min: 0, max: 40 }), (list, atSeconds) => {
    const network = new FlowNetwork();
    const shared = network.addLink(7);
    const paths = [3, 5, 11].map((capacity) => network.path([shared, network.addLink(capacity)]));
    const transfers = new Transfers(network);
    const ids = list.map(({ bytes, path }) => transfers.start([paths[path]], bytes, 0));
    const over = new Set(transfers.advance(atSeconds));
    let left = 0;
    list.forEach(({ cancelled }, i) => {
      if (cancelled && !over.has(ids[i])) left += transfers.cancel(ids[i], atSeconds);
    });
    while (transfers.nextSeconds < Infinity) {
      for (const id of transfers.advance(transfers.nextSeconds)) over.add(id);
    }
    const end = 1e6;
    transfers.advance(end);
    const carried = paths.reduce((sum, path) => sum + network.carriedBytes(path, end), 0);
    const asked = list.reduce((sum, { bytes }) => sum + bytes, 0);
    equal(Math.abs(carried + left - asked) < 1e-6 * asked, true, `${carried} + ${left}, ${asked}`);
    list.forEach(({ cancelled }, i) => cancelled || equal(over.has(ids[i]), true));
  }));
});
