import { equal, ok, throws } from "#assert";
import * as fc from "fast-check";
import { stageCopies } from "./stage_copies.ts";

const inMachine = (bytes: number) => 10e-6 + bytes / 400e9;

Deno.test("copies between stages: one fewer than stages, and never shorter over a network", () => {
  const bytes = fc.integer({ min: 0, max: 1e9 });
  const stages = fc.integer({ min: 1, max: 16 });
  const rate = fc.double({ min: 1e9, max: 1e12, noNaN: true });
  fc.assert(fc.property(stages, bytes, rate, (count, size, bytesPerSecond) => {
    equal(stageCopies(count, inMachine)(size), (count - 1) * inMachine(size));
    let before = stageCopies(count, inMachine, { copies: 0, bytesPerSecond })(size);
    for (let copies = 1; copies < count; copies++) {
      const seconds = stageCopies(count, inMachine, { copies, bytesPerSecond })(size);
      ok(seconds >= before + 10.6e-6 * (1 - 1e-9));
      before = seconds;
    }
  }));
});

Deno.test("a copy over the network by hand: 20.6 us and 1 MB at 10 GB/s", () => {
  const copies = stageCopies(2, inMachine, { copies: 1, bytesPerSecond: 10e9 });
  ok(Math.abs(copies(1e6) - (20.6e-6 + 1e-4)) < 1e-12);
});

Deno.test("stageCopies() refuses more copies than there are, and networks without a rate", () => {
  for (const network of [{ copies: 2, bytesPerSecond: 1 }, { copies: 1, bytesPerSecond: 0 }]) {
    throws(() => stageCopies(2, inMachine, network), {
      name: "RangeError",
      message: /^Cannot use a network between 2 pipeline stages as .*: current value is \d copies/,
    });
  }
});
