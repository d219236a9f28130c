import { deepEqual, equal, match, ok } from "#assert";
import { withFiles } from "../testing_command_line.ts";
import { runInWarmProcess } from "../testing_warm_process.ts";

const CONFIG = `
workload: { type: poisson, arrival_rate: 5, num_requests: 40 }
functions:
  - { name: "=cmd|' /C calc'!A0" }
  - { name: "plain" }
`;

Deno.test("simulate writes no name into CSV that a spreadsheet computes, and reads it back", async () => {
  await withFiles({ "a.yaml": CONFIG }, async (directory) => {
    const run = (...args: string[]) =>
      runInWarmProcess(["simulate", "a.yaml", "--quiet", ...args], { directory });
    const written = await run("--out", "out", "--format", "csv,json");
    equal(written.code, 0, written.stderr);
    const text = await Deno.readTextFile(`${directory}/out/requests.csv`);
    ok(text.includes(`,"'=cmd|' /C calc'!A0",`));
    ok(!/[,"\n]=/.test(text));
    match(text, /,plain,/);
    // The requests that were written are a trace of the same functions.
    const again = await run("--out", "again", "--format", "json", "--trace", "out/requests.csv");
    equal(again.code, 0, again.stderr);
    const functions = async (name: string) =>
      (JSON.parse(await Deno.readTextFile(`${directory}/${name}/requests.json`)) as {
        function: string;
      }[]).map((row) => row.function);
    deepEqual(await functions("again"), await functions("out"));
    ok((await functions("again")).includes("=cmd|' /C calc'!A0"));

    const safe = await run("--out", "safe", "--format", "csv", "--csv-safe");
    equal(safe.code, 0, safe.stderr);
    match(await Deno.readTextFile(`${directory}/safe/requests.csv`), /,"plain",/);
  });
});
