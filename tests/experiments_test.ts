import { deepEqual, equal, match, ok } from "#assert";
import { closedForm } from "../experiments/01_simfaas/closed_form.ts";
import { filesBelow, runCommandLine } from "../lib/cli/testing_command_line.ts";
import { type Expected, findExperiments, importExperiment } from "../lib/experiment/mod.ts";
import { withExperiment } from "../lib/experiment/testing_experiment.ts";

const FOLDER = new URL("../experiments/", import.meta.url);

Deno.test("every experiment has its folder's id, a README, and pinned results of its version", async () => {
  const places = findExperiments(FOLDER);
  ok(places.length >= 8);
  for (const { id, module, expected } of places) {
    const experiment = await importExperiment(module);
    equal(experiment.id, id);
    const pinned: Expected = JSON.parse(await Deno.readTextFile(expected));
    equal(pinned.version, experiment.version, id);
    const readme = await Deno.readTextFile(new URL(`${id}/README.md`, FOLDER));
    for (const part of ["Claim.", "How it is modelled.", "What differs, and why.", "Time."]) {
      ok(readme.includes(`**${part}**`), `${id}/README.md says ${part}`);
    }
    ok(readme.includes(`deno task experiment reproduce ${id}`), `${id}/README.md has its command`);
  }
});

Deno.test("reproduce gives the same files serially and in parallel, and plot the same figures", async () => {
  const folder = await Deno.makeTempDir();
  const run = (...args: string[]) => runCommandLine(args, { directory: folder });
  try {
    const outs = ["serial", "parallel"];
    for (const [out, workers] of [["serial", "1"], ["parallel", "2"]]) {
      const { code, stdout, stderr } = await run(
        ...["experiment", "reproduce", "02", "03", "--out", out, "--workers", workers],
      );
      equal(code, 0, stdout + stderr);
      match(stdout, /6 of 6 targets met/);
    }
    const files = filesBelow(`${folder}/serial`).filter((path) => /^0.*[^/]$/.test(path));
    ok(files.some((path) => path.endsWith(".pdf")) && files.some((path) => path.endsWith(".png")));
    for (const path of files) {
      const [serial, parallel] = await Promise.all(
        outs.map(async (out) =>
          (await Deno.readTextFile(`${folder}/${out}/${path}`))
            .replace(/"wall_time_s": [\d.]+/, "").replace(/"dirty": \w+/, "")
        ),
      );
      equal(serial, parallel, path);
    }
    const plotted = await run("plot", "serial/03_cold_ttft_systems", "--out", "again");
    equal(plotted.code, 0, plotted.stderr);
    for (const format of ["svg", "png", "pdf"]) {
      deepEqual(
        await Deno.readFile(`${folder}/again/figure_7.${format}`),
        await Deno.readFile(`${folder}/serial/03_cold_ttft_systems/figures/figure_7.${format}`),
      );
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("closedForm() is M/M/infinity without keep-alive, and nearly never cold with a long one", () => {
  const none = closedForm(0.9, 1.991, 0);
  ok(Math.abs(none.coldShare - 1) < 1e-9);
  ok(Math.abs(none.instances - 0.9 * 1.991) < 1e-9);
  const long = closedForm(0.01, 1, 500);
  ok(long.coldShare < 0.02 && long.instances > 0.99);
  // Longer keep-alive: fewer cold starts, more instances.
  const series = [10, 60, 600].map((expiry) => closedForm(0.9, 1.991, expiry));
  for (let i = 1; i < series.length; i++) {
    ok(series[i].coldShare < series[i - 1].coldShare);
    ok(series[i].instances > series[i - 1].instances);
  }
});

Deno.test("pipeline skips what is unchanged, runs what is changed, and says why", async () => {
  const text = `factors: { a: [1, 2] }, run: ({ cell }) => ({ y: cell.a })`;
  await withExperiment(text, async (folder, module) => {
    await Deno.mkdir(`${folder}/notebooks`);
    const pipeline = (...args: string[]) =>
      runCommandLine(
        ["pipeline", "--experiments", "experiments", "--notebooks", "notebooks", "--out", "out"]
          .concat(args),
        { directory: folder },
      );
    const unpinned = await pipeline();
    equal(unpinned.code, 0, unpinned.stdout + unpinned.stderr);
    match(unpinned.stdout, /experiment 00_test: runs, it has not run here/);
    match(unpinned.stdout, /00_test is not pinned yet[^]*figures 00_test: runs/);
    const options = ["--experiments", "experiments", "--out", "out"];
    const pin = await runCommandLine(["experiment", "reproduce", "--pin", ...options], {
      directory: folder,
    });
    equal(pin.code, 0, pin.stdout);
    const first = await pipeline();
    equal(first.code, 0, first.stdout + first.stderr);
    match(first.stdout, /notebooks: left out, there are none/);
    const second = await pipeline();
    match(second.stdout, /^data: skipped, data sets unchanged$/m);
    match(second.stdout, /^experiment 00_test: skipped, .* unchanged$/m);
    match(second.stdout, /^figures 00_test: skipped, .* unchanged$/m);
    await Deno.writeTextFile(
      new URL(module),
      (await Deno.readTextFile(new URL(module))).replace("cell.a }", "2 * cell.a }"),
    );
    const third = await pipeline();
    equal(third.code, 1);
    match(third.stdout, /experiment 00_test: runs, sources, inputs and pinned results changed/);
    match(third.stdout, /cell a=1: digest/);
  });
});
