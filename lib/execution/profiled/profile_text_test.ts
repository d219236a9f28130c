import assert from "#assert";
import { PROFILED_GPUS, shippedProfile } from "./catalogue.ts";
import { tableOfRows } from "./operator_table.ts";
import { parseProfile, writeProfile } from "./profile_text.ts";

Deno.test("writeProfile() and parseProfile() keep four significant digits", () => {
  const rows = [1, 2, 3].flatMap((x) =>
    [1, 2].map((y) => ({ at: [[x, 2 * x, 1, 1, 1, 1], [y]], seconds: 1e-6 * Math.PI * x * y ** 5 }))
  );
  rows.splice(3, 1);
  const shape = ["hiddenSize", "intermediateSize", "perToken", "count"];
  const names = [[...shape, "tensorParallel", "expertParallel"], ["tokens"]];
  const attributes = { dtype: "bf16", routing: "balanced" };
  const table = tableOfRows("experts", attributes, names, rows);
  const profile = { ...shippedProfile("rtx-4090"), tables: [table] };
  const [read] = parseProfile(writeProfile(profile)).tables;
  assert.deepEqual(read.axes, table.axes);
  read.seconds.forEach((value, cell) => {
    if (Number.isNaN(table.seconds[cell])) assert.ok(Number.isNaN(value));
    else assert.ok(Math.abs(value / table.seconds[cell] - 1) <= 5e-4);
  });
});

Deno.test("writeProfile() writes a read profile to the same bytes", () => {
  for (const gpu of PROFILED_GPUS) {
    const text = writeProfile(shippedProfile(gpu));
    assert.equal(writeProfile(parseProfile(text)), text);
    assert.ok(text.length <= 450_000, `${gpu}: ${text.length} bytes`);
  }
});

Deno.test("parseProfile() refuses other texts", () => {
  assert.throws(() => parseProfile("{}"), SyntaxError);
});
