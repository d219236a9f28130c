import { deepEqual, equal, match, ok } from "#assert";
import { filesBelow, runCommandLine, withFiles } from "./testing_command_line.ts";

Deno.test("demo prints the summary, writes results and figures to results/demo, and says where", async () => {
  await withFiles({}, async (directory) => {
    const run = await runCommandLine(["demo"], { directory });
    equal(run.code, 0, run.stderr);
    equal(run.stderr, "");
    match(run.stdout, /^Llama-3\.1-8B on one-GPU H100 instances, 0 to 8 of them/);
    match(run.stdout, /Results are in results\/demo, figures in results\/demo\/figures\n$/);
    const { requests, cold_starts: coldStarts } = JSON.parse(
      await Deno.readTextFile(`${directory}/results/demo/summary.json`),
    );
    ok(requests.arrived > 15_000, "an hour of the conversation workload");
    equal(requests.completed + requests.rejected, requests.arrived);
    ok(coldStarts >= 1);
    const { config } = JSON.parse(
      await Deno.readTextFile(`${directory}/results/demo/manifest.json`),
    );
    deepEqual([config.scaling.min_instances, config.scaling.max_instances], [0, 8]);
    match(config.model.name, /llama-3\.1-8b/i);
    match(config.cluster.gpu_type, /h100/i);
    const figures = filesBelow(directory).filter((name) => /figures\/./.test(name));
    for (const name of ["latency_cdf", "timeline", "instances", "cold_starts", "cost"]) {
      for (const format of ["svg", "png"]) {
        const path = `results/demo/figures/${name}.${format}`;
        ok(figures.includes(path), path);
        const bytes = await Deno.readFile(`${directory}/${path}`);
        const start = new TextDecoder().decode(bytes.subarray(0, 100));
        ok(format === "svg" ? start.includes("<svg") : start.slice(1).startsWith("PNG"), path);
      }
    }
  });
});

Deno.test("a figure is drawn only when asked for", async () => {
  const files = { "a.yaml": "workload: { type: poisson, arrival_rate: 5, num_requests: 60 }\n" };
  await withFiles(files, async (directory) => {
    const args = ["simulate", "a.yaml", "--out", "out"];
    const plain = await runCommandLine(args, { directory });
    equal(plain.code, 0, plain.stderr);
    ok(!filesBelow(directory).includes("out/figures/"));
    const drawn = await runCommandLine(
      [...args, "--figures", "--set", "output.figures=[svg]"],
      { directory },
    );
    equal(drawn.code, 0, drawn.stderr);
    match(drawn.stdout, /figures in out\/figures/);
    const figures = filesBelow(directory).filter((name) => /figures\/./.test(name));
    ok(figures.length >= 4 && figures.every((name) => name.endsWith(".svg")), figures.join());
  });
});
