import { deepEqual } from "#assert";
import fc from "fast-check";
import { describeParts } from "./describe_parts.ts";
import { describe } from "./quantiles.ts";

const anyValue = fc.oneof(
  fc.double(),
  fc.double({ min: 0.01, max: 0.0101, noNaN: true }),
  // Alike in the upper half of their binary form.
  fc.integer({ min: 0, max: 30 }).map((step) => -1 - step * 2 ** -52),
  fc.constantFrom(NaN, 0, 1, -1, 1e-300, -1e300),
);

Deno.test("describeParts() says what describe() says, however the column is cut and little is held", () => {
  const columns = fc.oneof(
    fc.array(anyValue, { maxLength: 200 }),
    fc.array(fc.constantFrom(0.25, 0.25, 3), { maxLength: 200 }),
  );
  fc.assert(
    fc.property(columns, fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 40 }), (
      values,
      rows,
      held,
    ) => {
      // Both zeros are one number; which of them stands in a place says nothing.
      const column = Float64Array.from(values, (value) => value === 0 ? 0 : value);
      const percentages = [0, 50, 99.9, 12.5, 100];
      const parts = function* () {
        const room = new Float64Array(rows);
        for (let from = 0; from < column.length; from += rows) {
          const part = column.subarray(from, from + rows);
          room.set(part);
          yield room.subarray(0, part.length);
        }
      };
      deepEqual(describeParts(parts, percentages, held), describe(column, percentages));
    }),
    { seed: 7, numRuns: 300 },
  );
});
