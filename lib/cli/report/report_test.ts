import { deepEqual, equal, match, ok } from "#assert";
import { main } from "../main.ts";
import { withFiles } from "../testing_command_line.ts";

const HOSTILE = '<img src=x onerror="window.wrong=1"></script><script>window.wrong=1</script>';

const FILES = {
  "a.yaml": `
execution: { source: constant, step_seconds: 10 ms }
scaling: { min_instances: 0, max_instances: 3 }
workload: { type: poisson, arrival_rate: 5, num_requests: 60, functions: { count: 2 } }
functions: [{ name: '${HOSTILE}' }, { name: plain }]
slo: { ttft_s: 5 }
`,
  "plan.yaml": `
execution: { source: constant, step_seconds: 200 ms }
scaling: { enabled: false }
workload: { type: poisson, arrival_rate: 5, num_requests: 30 }
`,
  "mine.html": "<p>mine</p>",
};

async function run(args: readonly string[]) {
  const out: string[] = [], err: string[] = [];
  const code = await main(args, (line) => out.push(line), (line) => err.push(line));
  return { code, out, err };
}

Deno.test("report writes one page into the results, with every text escaped and every program named", async () => {
  await withFiles(FILES, async (folder) => {
    await run(["simulate", `${folder}/a.yaml`, "--out", `${folder}/a`, "--quiet"]);
    const { code, out } = await run(["report", `${folder}/a`]);
    deepEqual([code, out[0].split(" (")[0]], [0, `The report is ${folder}/a/report.html`]);
    const page = Deno.readTextFileSync(`${folder}/a/report.html`);
    ok(!page.split("<script>")[0].includes("<img"), "names are escaped");
    ok(page.includes("&lt;img src=x onerror=&quot;window.wrong=1&quot;&gt;"));
    ok(!/(?:src|href)=["'](?:https?:)?\/\//.test(page), "nothing is fetched");
    const policy = page.match(/Content-Security-Policy" content="([^"]*)"/)![1];
    ok(!policy.includes("unsafe-eval") && !/script-src[^;]*unsafe/.test(policy), policy);
    equal(policy.match(/sha256-/g)!.length, page.match(/<script>/g)!.length);
    ok(page.includes("functions.0.name") || page.includes("functions"));
    const { files } = JSON.parse(Deno.readTextFileSync(`${folder}/a/manifest.json`));
    ok(files.includes("report.html"));
    await run(["report", `${folder}/a`]);
    equal(Deno.readTextFileSync(`${folder}/a/report.html`), page, "equal results, equal bytes");
  });
});

Deno.test("report puts several results of several kinds side by side", async () => {
  await withFiles(FILES, async (folder) => {
    await run(["simulate", `${folder}/a.yaml`, "--out", `${folder}/a`, "--quiet"]);
    await run([
      ...["simulate", `${folder}/a.yaml`, "--out", `${folder}/b`, "--quiet"],
      ...["--set", "execution.step_seconds=0.02"],
    ]);
    await run([
      ...["plan", `${folder}/plan.yaml`, "--out", `${folder}/plan`, "--quiet"],
      ...["--slo", "ttft_p99<60s", "--over", "cluster.num_replicas=[1,2]"],
    ]);
    const dirs = ["a", "b", "plan"].map((name) => `${folder}/${name}`);
    const { code } = await run(["report", ...dirs, "--out", `${folder}/all.html`]);
    equal(code, 0);
    const page = Deno.readTextFileSync(`${folder}/all.html`);
    match(page, /<td>execution\.step_seconds<\/td><td>0\.01<\/td><td>0\.02<\/td>/);
    match(page, /Every candidate and what became of it/);
    equal((await run(["report", dirs[0], "--out", `${folder}/all.html`])).code, 0, "it is ours");
  });
});

Deno.test("report refuses what is no result, and a file that is no report", async () => {
  await withFiles(FILES, async (folder) => {
    await run(["simulate", `${folder}/a.yaml`, "--out", `${folder}/a`, "--quiet"]);
    const mistakes: [string[], RegExp][] = [
      [["report"], /without results/],
      [["report", `${folder}/no`], /without results of a run, an experiment or a plan/],
      [["report", folder], /without results of a run, an experiment or a plan/],
      [["report", `${folder}/a`, "--out", `${folder}/mine.html`], /over a file of another kind/],
      [["report", `${folder}/a`, "--opne"], /opne/],
    ];
    for (const [args, message] of mistakes) {
      const { code, out, err } = await run(args);
      deepEqual([code, out.length, err.length], [2, 0, 1], args.join(" "));
      match(err[0], message);
    }
    equal(Deno.readTextFileSync(`${folder}/mine.html`), "<p>mine</p>");
  });
});
