import { deepEqual, equal, match, ok } from "#assert";
import { checkTrace } from "../../../tests/support/trace_rules.ts";
import { filesBelow, runCommandLine, withFiles } from "../testing_command_line.ts";

const CONFIG = `
workload: { type: poisson, arrival_rate: 5, num_requests: 60 }
cold_start: { enabled: true }
scaling: { policy: concurrency, min_instances: 0, max_instances: 2 }
`;

async function unzipped(path: string): Promise<string> {
  const file = new Blob([await Deno.readFile(path)]);
  return await new Response(file.stream().pipeThrough(new DecompressionStream("gzip"))).text();
}

Deno.test("--trace-events writes a timeline with the results, the same bytes each time, and a later run without it removes it", async () => {
  await withFiles({ "a.yaml": CONFIG }, async (directory) => {
    const run = async (...options: string[]) => {
      const args = ["simulate", "a.yaml", "--quiet", "--out", "out", ...options];
      const { code, stderr, stdout } = await runCommandLine(args, { directory });
      equal(code, 0, stderr);
      const manifest = JSON.parse(await Deno.readTextFile(`${directory}/out/manifest.json`));
      return { manifest, digest: /^digest +(.*)$/m.exec(stdout)![1] };
    };
    const path = `${directory}/out/trace.json.gz`;
    const { manifest, digest } = await run("--trace-events");
    ok(manifest.files.includes("trace.json.gz"));
    const bytes = await Deno.readFile(path);
    deepEqual([...bytes.subarray(4, 8)], [0, 0, 0, 0], "no time of writing");
    const events = checkTrace(await unzipped(path));
    for (const ph of ["M", "X", "C", "s", "f"]) ok(events.some((event) => event.ph === ph), ph);
    await run("--trace-events");
    deepEqual(await Deno.readFile(path), bytes);
    await run("--trace-events-window", "1min..2min", "--trace-events-resolution", "500ms");
    const part = await unzipped(path);
    match(part, /"resolution_s":0.5,"window_s":"60..120"/);
    for (const { ts = 60e6, dur = 0 } of checkTrace(part)) ok(ts >= 60e6 && ts + dur <= 120e6);
    equal((await run()).digest, digest);
    ok(!filesBelow(directory).includes("out/trace.json.gz"));
  });
});

Deno.test("--trace-events without a directory, of several runs or of no time is one line and exit code 2", async () => {
  await withFiles({ "a.yaml": CONFIG }, async (directory) => {
    const refused = async (...options: string[]) => {
      const run = await runCommandLine(["simulate", "a.yaml", ...options], { directory });
      equal(run.code, 2);
      equal(run.stderr.split("\n").length, 2);
      return run.stderr;
    };
    match(await refused("--trace-events"), /Cannot write trace events without a directory/);
    const out = ["--out", "out"];
    match(
      await refused(...out, "--trace-events", "--set", "simulation.replications=3"),
      /Cannot write trace events of several runs: current value .* 3/,
    );
    for (const window of ["200..100", "100", "a..b", "0..1..2"]) {
      match(
        await refused(...out, "--trace-events-window", window),
        /^Cannot read --trace-events-window as FROM\.\.TO .* current value is "/,
      );
    }
    match(await refused(...out, "--trace-events-resolution=-1"), /as 0 seconds or more/);
    deepEqual(filesBelow(directory), ["a.yaml"]);
  });
});
