import { deepEqual, equal, ok, rejects } from "#assert";
import fc from "fast-check";
import { openColumns } from "./client/columns.ts";
import { packColumns } from "./packed_columns.ts";

const counts = fc.nat({ max: 2 ** 32 - 1 });
const latencies = fc.oneof(fc.double({ min: 1e-6, max: 1e6, noNaN: true }), fc.constant(NaN));
const instants = fc.double({ min: 0, max: 1e9, noNaN: true });

Deno.test("columns open as they were packed: counts exactly, latencies to 1 in 4096, instants finely", async () => {
  await fc.assert(fc.asyncProperty(
    fc.array(fc.tuple(counts, latencies, instants), { maxLength: 40 }),
    async (rows) => {
      const [count, latency, instant] = [0, 1, 2].map((i) => rows.map((row) => row[i]));
      const opened = await openColumns(
        await packColumns([
          { name: "count", kind: "count", values: count },
          { name: "latency", kind: "latency", values: latency },
          { name: "instant", kind: "instant", values: instant },
          { name: "text", kind: "count", values: count.map(() => 0), texts: ["<a>"] },
        ]),
      );
      deepEqual([...opened.get("count")!.values], count);
      deepEqual(opened.get("text")!.texts, ["<a>"]);
      const last = Math.max(1e-4, ...instant);
      rows.forEach((_, i) => {
        const found = opened.get("latency")!.values[i];
        if (Number.isNaN(latency[i])) ok(Number.isNaN(found));
        else ok(Math.abs(found / latency[i] - 1) < 1 / 4096, `${found} for ${latency[i]}`);
        const apart = Math.abs(opened.get("instant")!.values[i] - instant[i]);
        ok(apart <= Math.max(5.1e-5, last * 3e-9), `${apart} s of ${last} s`);
      });
    },
  ));
});

Deno.test("packColumns() refuses columns of other lengths, and counts below zero", async () => {
  const one = { name: "one", kind: "count", values: [1] } as const;
  await rejects(packColumns([one, { ...one, values: [1, 2] }]), /column of 1 rows: .* is 2/);
  await rejects(packColumns([{ ...one, values: [-1] }]), /Cannot pack one as counts/);
});

Deno.test("100,000 rows of noise stay below the size that a page has room for", async () => {
  const noise = (scale: number) =>
    Float64Array.from({ length: 100_000 }, (_, i) => scale * Math.abs(Math.sin(i * 12.9898) * 437));
  const { bytes } = await packColumns([
    ...[1, 2, 3, 4, 5, 6, 7, 8].map((scale) => ({
      name: `latency ${scale}`,
      kind: "latency" as const,
      values: noise(scale),
    })),
    { name: "arrival", kind: "instant", values: noise(1).sort() },
  ]);
  ok(bytes.length < 3e6, `${bytes.length} bytes`);
  equal(bytes.length % 4, 0);
});
