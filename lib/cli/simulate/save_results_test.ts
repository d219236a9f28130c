import { deepEqual, equal, match, ok } from "#assert";
import { loadConfig } from "../../config/load.ts";
import { madeUpRun } from "../../results/made_up_run.ts";
import { saveResults } from "./save_results.ts";
import { runCommandLine, withFiles } from "../testing_command_line.ts";
import { signalled } from "../../../tests/support/signalled.ts";

const CONFIG = "workload: { type: poisson, arrival_rate: 5, num_requests: 60 }\n";

const namesIn = (path: string) => Array.from(Deno.readDirSync(path), ({ name }) => name).sort();

Deno.test("saveResults() keeps the tables when the figures cannot be drawn, and says where", async () => {
  await withFiles({}, async (directory) => {
    const config = loadConfig();
    const broken = { ...config, output: { ...config.output, figures: ["gif" as "svg"] } };
    const { figureError } = await saveResults({
      result: madeUpRun(200),
      out: `${directory}/out`,
      figures: true,
      source: { config: broken },
    });
    match(figureError!, /^Cannot draw the figures \(.*\); the tables are in .*out$/);
    ok(!figureError!.includes("\n"));
    const { files } = JSON.parse(Deno.readTextFileSync(`${directory}/out/manifest.json`));
    const tables = (files as string[]).filter((name) => !name.startsWith("figures/"));
    const there = namesIn(`${directory}/out`).filter((name) => name !== "figures");
    deepEqual([...tables, "manifest.json"].sort(), there);
    ok(tables.includes("requests.parquet"));
    deepEqual(namesIn(directory), ["out"]);
  });
});

Deno.test("simulate --figures leaves a user's file in figures/, keeps the tables, and ends with code 1", async () => {
  await withFiles({ "a.yaml": CONFIG }, async (directory) => {
    const args = ["simulate", "a.yaml", "--quiet", "--out", "out"];
    equal((await runCommandLine(args, { directory })).code, 0);
    await Deno.mkdir(`${directory}/out/figures`);
    await Deno.writeTextFile(`${directory}/out/figures/cost.svg`, "mine");
    const run = await runCommandLine([...args, "--seed", "7", "--figures"], { directory });
    equal(run.code, 1);
    match(run.stderr, /^Cannot draw the figures \(.*cost\.svg.*\); the tables are in out\n$/);
    deepEqual(namesIn(`${directory}/out/figures`), ["cost.svg"]);
    equal(await Deno.readTextFile(`${directory}/out/figures/cost.svg`), "mine");
    equal(JSON.parse(await Deno.readTextFile(`${directory}/out/manifest.json`)).seed, 7);
  });
});

Deno.test({
  name: "simulate told to end while it writes leaves the old results and no temporary folder",
  ignore: Deno.build.os === "windows",
  async fn() {
    const many = "workload: { type: poisson, arrival_rate: 500, num_requests: 120000 }\n" +
      "output: { formats: [json, csv, parquet] }\n";
    await withFiles({ "a.yaml": CONFIG, "many.yaml": many }, async (directory) => {
      const out = ["--quiet", "--out", "out"];
      equal((await runCommandLine(["simulate", "a.yaml", ...out], { directory })).code, 0);
      const old = await Deno.readFile(`${directory}/out/manifest.json`);
      const isWriting = () =>
        namesIn(directory).some((name) => {
          try {
            return name.startsWith(".out.partial-") && namesIn(`${directory}/${name}`).length > 0;
          } catch {
            return false;
          }
        });
      const { code, signal } = await signalled(["simulate", "many.yaml", ...out], {
        cwd: directory,
        env: { INIT_CWD: directory },
        isReady: isWriting,
        signal: "SIGTERM",
      });
      equal(code, 143);
      equal(signal, null);
      deepEqual(namesIn(directory), ["a.yaml", "many.yaml", "out"]);
      deepEqual(await Deno.readFile(`${directory}/out/manifest.json`), old);
    });
  },
});

Deno.test("--timing writes over the times of an earlier run, of this version or one before", async () => {
  await withFiles({ "a.yaml": CONFIG }, async (directory) => {
    const path = `${directory}/timing.json`;
    const args = ["simulate", "a.yaml", "--quiet", "--timing", "timing.json"];
    for (let i = 0; i < 2; i++) equal((await runCommandLine(args, { directory })).code, 0);
    const { format, ...before } = JSON.parse(await Deno.readTextFile(path));
    equal(format, "simfaasinfer-timing/1");
    await Deno.writeTextFile(path, JSON.stringify(before));
    equal((await runCommandLine(args, { directory })).code, 0);
    equal(JSON.parse(await Deno.readTextFile(path)).format, format);
  });
});
