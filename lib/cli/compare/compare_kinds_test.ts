import { deepEqual, equal, match, ok } from "#assert";
import { experimentText } from "../../experiment/testing_experiment.ts";
import { testingInterval, testingPlan, testingRow } from "../../planning/testing_plan.ts";
import { exists } from "../../results/exists.ts";
import { main } from "../main.ts";
import { savePlan } from "../plan/save_plan.ts";
import { withFiles } from "../testing_command_line.ts";

const SQUARES = (more: string) =>
  experimentText(`
  replications: 2,
  factors: { side: [1, 2, 3, 4], kind: ["a", "b"], isOn: [true, false] },
  ${more.includes("design") ? "design: { sobol: 8 }," : ""}
  run: ({ cell, replication }) => ({
    area_s: cell.side ** 2 + (cell.isOn ? 1 : 0) + 0.1 * replication${
    more.includes("late") ? "+ 1" : ""
  },
  }),
`);

async function run(args: readonly string[]) {
  const out: string[] = [], err: string[] = [];
  const code = await main(args, (line) => out.push(line), (line) => err.push(line));
  return { code, out, err };
}

const plan = (gpu: string, ttft: number) =>
  testingPlan([
    testingRow({
      ...{ index: 0, levels: { "cluster.gpu_type": gpu }, status: "winner" },
      usd_per_hour: testingInterval(7, 0.2),
      figures: { ttft_p99: testingInterval(ttft, 0.1) },
    }),
    testingRow({
      ...{ index: 1, levels: { "cluster.gpu_type": "L40S" }, status: "meets" },
      usd_per_hour: testingInterval(9, 0.2),
      figures: { ttft_p99: testingInterval(0.8, 0.1) },
    }),
  ], { "cluster.gpu_type": [gpu, "L40S"] });

Deno.test("experiments and plans are compared and sensed from their directories, mixed kinds refused", async () => {
  const files = {
    "one/00_test/experiment.ts": SQUARES("design"),
    "two/00_test/experiment.ts": SQUARES("late"),
  };
  await withFiles(files, async (folder) => {
    const path = (name: string) => `${folder}/${name}`;
    for (const name of ["one", "two"]) {
      const args = ["--workers", "1", "--quiet", "--out", path(`res-${name}`)];
      equal((await run(["experiment", "run", path(`${name}/00_test/`), ...args])).code, 0);
    }
    const dirs = ["one", "two"].map((name) => path(`res-${name}/00_test`));
    const compared = await run(["compare", ...dirs, "--out", path("figures")]);
    equal(compared.code, 0, compared.err.join("\n"));
    ok(compared.out.some((line) => /^area_s .* 1 .*\*$/.test(line)), compared.out.join("\n"));
    ok(exists(path("figures/area_s.svg")));
    const [json] = JSON.parse((await run(["compare", ...dirs, "--json"])).out.join("\n"));
    ok(
      json.cells.every(({ figures: [one] }: { figures: { isPaired: boolean }[] }) => one.isPaired),
    );

    const sensed = await run(["sensitivity", dirs[0], "--out", dirs[0]]);
    equal(sensed.code, 0, sensed.err.join("\n"));
    match(sensed.out[0], /^area_s \(sobol, /);
    for (const name of ["sensitivity.parquet", "sensitivity.csv", "figures/tornado_area_s.png"]) {
      ok(exists(`${dirs[0]}/${name}`), name);
    }
    const { rows } = JSON.parse((await run(["sensitivity", dirs[1], "--json"])).out.join("\n"));
    deepEqual(rows.map((row: { factor: string }) => row.factor), ["side", "isOn", "kind"]);
    // Booleans come back from the table as what they were.
    deepEqual([rows[1].greatest_level, rows[1].swing.toFixed(6)], ["true", "1.000000"]);

    await savePlan(path("plan-a"), plan("H100", 0.4), []);
    await savePlan(path("plan-b"), plan("A100", 0.6), []);
    const plans = await run(["compare", path("plan-a"), path("plan-b"), "--out", path("plans")]);
    equal(plans.code, 0, plans.err.join("\n"));
    ok(plans.out.includes("The choice changes: H100 -> A100"), plans.out.join("\n"));
    ok(plans.out.includes("H100 is no candidate after"));
    ok(exists(path("plans/frontier.svg")));
    equal((await run(["sensitivity", path("plan-a")])).code, 0);

    const wrong: readonly [readonly string[], RegExp][] = [
      [["compare", dirs[0], path("plan-a")], /several kinds: .*, an experiment, and .*, a plan$/],
      [["sensitivity", dirs[0], "--measure", "aera_s"], /did you mean area_s/],
      [["sensitivity", path("one")], /without a manifest/],
      [["sensitivity"], /without results/],
    ];
    for (const [args, line] of wrong) {
      const { code, err } = await run(args);
      deepEqual([code, err.length], [2, 1]);
      match(err[0], line);
    }
  });
});
