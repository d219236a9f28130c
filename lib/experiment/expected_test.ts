import { deepEqual, throws } from "#assert";
import { expectedOfJson } from "./expected.ts";

const PINNED = { version: 2, headlines: { ratio: 1.5 }, cells: { "rate=1": "00ff" } };

Deno.test("expectedOfJson() reads what is pinned, and names what has another type", () => {
  deepEqual(expectedOfJson(PINNED), PINNED);
  const cases: [unknown, RegExp][] = [
    [null, /the file as an object: current value is null$/],
    [{ ...PINNED, version: "2" }, /"version" as a whole number: current value is "2"$/],
    [{ ...PINNED, headlines: [] }, /"headlines" as an object: current value is \[\]$/],
    [{ ...PINNED, headlines: { ratio: "x" } }, /"headlines.ratio" as a number: .* "x"$/],
    [{ ...PINNED, cells: { a: 3 } }, /"cells.a" as text: current value is 3$/],
  ];
  for (const [value, message] of cases) {
    throws(() => expectedOfJson(value), { name: "SyntaxError", message });
  }
});
