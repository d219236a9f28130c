/**
 * A small version of tests/bench/large_results.ts: what docs/clusters.md measures at 100 million rows.
 *
 * @module
 */
import { deepEqual, equal, match, ok } from "#assert";
import { bytesOnDisk, measureLargeResults } from "../bench/large_results.ts";

Deno.test("results of many rows are run in shares, gathered and scanned in little memory", async () => {
  const folder = await Deno.makeTempDir({ prefix: "simfaas-large-" });
  try {
    const rows = 1_000_000;
    const [one, other, gather, query] = await measureLargeResults(rows, 10, folder);
    for (const share of [one, other]) match(share.output, /5 of 5 cells of this share are there/);
    match(gather.output, /requests 1000000\n/);
    const counts = JSON.parse(query.output) as { rate: number; requests: number }[];
    deepEqual(counts.map(({ rate, requests }) => [rate, requests]), [
      ...[2, 4, 6, 8, 10].map((rate) => [rate, rows / 5]),
    ]);
    // Twenty bytes a row on disk; as objects in memory they would take some hundreds each.
    const { cells, rows: joined } = bytesOnDisk(folder);
    for (const bytes of [cells, joined]) ok(bytes > 20 * rows && bytes < 20.1 * rows, `${bytes}`);
    for (const { name, peakBytes } of [one, other, gather, query]) {
      ok(peakBytes > 0 && peakBytes < 500e6, `${name}: ${peakBytes} bytes`);
    }
    equal(Deno.statSync(`${folder}/out/00_large/figures/tail.svg`).isFile, true);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
