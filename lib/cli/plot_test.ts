import { deepEqual, equal, match, throws } from "#assert";
import { loadConfig } from "../config/load.ts";
import { madeUpRun } from "../results/made_up_run.ts";
import { makeManifest, openResultDirectory, writeResults } from "../results/mod.ts";
import { main } from "./main.ts";

async function call(...args: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const code = await main(args, (line) => out.push(line), (line) => err.push(line));
  return { code, out, err };
}

async function withResults(body: (root: string) => Promise<void>): Promise<void> {
  const root = Deno.makeTempDirSync();
  try {
    const run = madeUpRun(300);
    const directory = openResultDirectory(`${root}/out`);
    const config = loadConfig("slo: { ttft_s: 0.5 }");
    await writeResults(directory, run, ["parquet"]);
    directory.commit(await makeManifest(run, { config }));
    await body(root);
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
}

Deno.test("plot draws the figures of results, with the limits of their configuration", async () => {
  await withResults(async (root) => {
    const { code, out, err } = await call("plot", `${root}/out`, "--format", "svg");
    deepEqual(err, []);
    equal(code, 0);
    deepEqual(
      out,
      [
        ...["latency_cdf", "latency_percentiles", "latency_parts", "timeline", "instances"],
        ...["cold_starts", "cost"],
      ]
        .map((name) => `${root}/out/figures/${name}.svg`),
    );
    match(Deno.readTextFileSync(out[0]), /TTFT SLO/);
    deepEqual(
      Array.from(Deno.readDirSync(`${root}/out/figures`), (entry) => entry.name).length,
      out.length,
    );
  });
});

Deno.test("plot draws one figure at the width and into the directory asked for", async () => {
  await withResults(async (root) => {
    const wanted = ["--figure", "cost", "--column", "2", "--out", `${root}/mine`];
    const { code, out } = await call("plot", `${root}/out`, ...wanted, "--format", "svg,png,pdf");
    equal(code, 0);
    deepEqual(out, ["svg", "png", "pdf"].map((format) => `${root}/mine/cost.${format}`));
    match(Deno.readTextFileSync(out[0]), /^<svg[^>]* width="504pt"/);
  });
});

Deno.test("plot says what is wrong in one line", async () => {
  await withResults(async (root) => {
    const out = `${root}/out`;
    Deno.writeTextFileSync(`${root}/file`, "");
    const cases: [string[], RegExp][] = [
      [[], /^Cannot plot without results/],
      [[root], /^Cannot read results .* without manifest\.json: current value is /],
      [[`${root}/nowhere`], /^Cannot read results .*nowhere"$/],
      [[out, "--figure", "timelin"], /did you mean timeline\?\): current value is "timelin"$/],
      [[out, "--format", "gif"], /svg, png, pdf.*"gif"$/],
      [[out, "--column", "3"], /--column as one of 1, 2: current value is "3"$/],
      [[out, "--figure", "cost", "--out", `${root}/file`], /^Cannot write figures .*file"$/],
      [[out, out], /^Cannot read the arguments of plot/],
    ];
    for (const [args, says] of cases) {
      const { code, err } = await call("plot", ...args);
      equal(code, 2, String(err));
      equal(err.length, 1);
      match(err[0], says);
    }
  });
});

Deno.test("plot runs no module that a manifest names outside the folder of experiments", async () => {
  await withResults(async (root) => {
    Deno.mkdirSync(`${root}/evil`);
    Deno.mkdirSync(`${root}/experiments`);
    const ran = `${root}/ran`;
    Deno.writeTextFileSync(
      `${root}/evil/experiment.ts`,
      `Deno.writeTextFileSync(${JSON.stringify(ran)}, "");`,
    );
    for (const experiment of ["../evil", `${root}/evil`, "..", "", "__proto__", { id: 1 }]) {
      Deno.writeTextFileSync(`${root}/out/manifest.json`, JSON.stringify({ experiment }));
      const { code, err } = await call(
        "plot",
        `${root}/out`,
        "--experiments",
        `${root}/experiments`,
      );
      equal(code, 2, String(err));
      match(
        err[0],
        /^(Cannot draw the figures of an experiment as one of |\S+: Cannot read "experiment")/,
      );
    }
    throws(() => Deno.statSync(ran), Deno.errors.NotFound);
  });
});
