import { deepEqual, equal, ok } from "#assert";
import {
  codes,
  type DeclaredColumns,
  derived,
  emptyColumns,
  floats,
  integers,
} from "../metrics/columns/column.ts";
import { REQUEST_COLUMNS } from "../metrics/columns/request_columns.ts";
import { requestColumns } from "../metrics/recorder.ts";
import { renderColumnTypes } from "./column_types.ts";

Deno.test("renderColumnTypes() is run_columns.ts", () => {
  equal(
    renderColumnTypes(),
    Deno.readTextFileSync(new URL("../metrics/run_columns.ts", import.meta.url)),
    "lib/metrics/run_columns.ts is out of date: run `deno task reference`",
  );
});

const COLUMNS: DeclaredColumns<never> = {
  weightKg: floats({ name: "weight_kg", unit: "kg", doc: "What it weighs" }),
  legs: integers({ name: "legs", unit: "count", doc: "Its legs", array: "uint8" }),
  owner: integers({ name: "owner", unit: "", doc: "Whose it is", empty: -1, nullValue: -1 }),
  kind: codes({
    name: "kind",
    doc: "What it is",
    array: "uint16",
    texts: { where: "an index into `kinds`", of: () => ["cat"] },
  }),
  perLeg: derived({ name: "per_leg_kg", unit: "kg", doc: "Weight by leg" }, () => {}),
};

Deno.test("a type has what is stored, in its array, with sentence, unit and what codes stand for", () => {
  const text = renderColumnTypes({
    animals: {
      columns: COLUMNS,
      heading: "Animals",
      type: { name: "Animals", doc: "One row per animal", names: { key: "kinds", doc: "Kinds" } },
      of: () => ({ count: 0, data: {} }),
    },
  });
  ok(text.includes("/** One row per animal. */\nexport interface Animals {"), text);
  ok(text.includes("/** What it weighs. Unit: kg. */\n  readonly weightKg: Float64Array;"), text);
  ok(text.includes("/** Its legs. */\n  readonly legs: Uint8Array;"), text);
  ok(
    text.includes("/** What it is; an index into `kinds`. */\n  readonly kind: Uint16Array;"),
    text,
  );
  ok(text.includes("/** Kinds. */\n  readonly kinds: readonly string[];"), text);
  ok(!text.includes("perLeg"), text);
});

Deno.test("columns begin with what stands for nothing", () => {
  const { weightKg, legs, owner, kind, ...others } = emptyColumns(COLUMNS, 2);
  deepEqual(weightKg, Float64Array.of(NaN, NaN));
  deepEqual(legs, Uint8Array.of(0, 0));
  deepEqual(owner, Int32Array.of(-1, -1));
  deepEqual(kind, Uint16Array.of(0, 0));
  deepEqual(others, {});
});

Deno.test("requestColumns() has every declared column, and shares those of the workload", () => {
  const workload = {
    count: 2,
    arrivalAtSeconds: Float64Array.of(0, 1),
    promptTokens: Int32Array.of(10, 20),
    outputTokens: Int32Array.of(1, 2),
  };
  const columns = requestColumns(workload);
  const stored = Object.keys(emptyColumns(REQUEST_COLUMNS, 0));
  deepEqual(Object.keys(columns).sort(), ["count", ...stored].sort());
  ok(columns.arrivalAtSeconds === workload.arrivalAtSeconds);
  deepEqual(columns.instanceId, Int32Array.of(-1, -1));
  deepEqual(columns.completedAtSeconds, Float64Array.of(NaN, NaN));
  deepEqual(columns.coldStartWaitSeconds, Float64Array.of(0, 0));
  // A closed loop decides arrivals itself.
  const closedLoop = { concurrency: 1, thinkSeconds: 0 };
  ok(requestColumns({ ...workload, closedLoop }).arrivalAtSeconds !== workload.arrivalAtSeconds);
});
