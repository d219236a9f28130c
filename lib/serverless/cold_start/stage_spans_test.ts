import { deepEqual } from "#assert";
import fc from "fast-check";
import { stageSpanAt, StageSpans, StageSpansByInstance } from "./stage_spans.ts";

const spans = fc.array(
  fc.record({
    instanceId: fc.integer({ min: -3, max: 6 }),
    stage: fc.constantFrom("fetch", "load", "register"),
    startAtSeconds: fc.double({ min: 0, max: 1e9, noNaN: true }),
    endAtSeconds: fc.double({ min: 0, max: 1e9, noNaN: true }),
    critical: fc.boolean(),
    sharers: fc.constantFrom(NaN, 1, 2.5),
  }, { noNullPrototype: true }),
  { maxLength: 300 },
);

Deno.test("StageSpans give back what was added, and by instance in the same order", () => {
  fc.assert(fc.property(spans, (rows) => {
    const columns = StageSpans.from(rows);
    deepEqual(Array.from({ length: columns.count }, (_, row) => stageSpanAt(columns, row)), rows);
    const byInstance = new StageSpansByInstance(columns);
    for (let id = -4; id <= 7; id++) {
      deepEqual(
        Array.from(byInstance.rowsOf(id), (row) => stageSpanAt(columns, row)),
        rows.filter(({ instanceId }) => instanceId === id),
      );
    }
  }));
});

Deno.test("a stage of which nothing is said is on the critical path", () => {
  const columns = StageSpans.from([
    { instanceId: 0, stage: "all", startAtSeconds: 0, endAtSeconds: 1 },
  ]);
  deepEqual(stageSpanAt(columns, 0).critical, true);
});
