import { deepEqual, equal, rejects } from "#assert";
import { filesBelow, runCommandLine, withFiles } from "../testing_command_line.ts";
import { UsageError } from "../usage_error.ts";
import { simulateCommand } from "./simulate.ts";
import { openStreaming } from "./streaming.ts";

const CONFIG = "workload: { type: poisson, arrival_rate: 5, num_requests: 60 }\n";

Deno.test("simulate --stream writes the files that simulate writes, byte for byte, and no others", async () => {
  await withFiles({ "a.yaml": CONFIG }, async (directory) => {
    const args = ["simulate", "a.yaml", "--quiet", "--format", "parquet,csv"];
    // Which no run has that is streamed.
    args.push("--set", "metrics.explain=false");
    const whole = await runCommandLine([...args, "--out", "whole"], { directory });
    const stream = await runCommandLine([...args, "--stream", "--out", "stream"], { directory });
    equal(stream.code, 0, stream.stderr);
    equal(stream.stdout, whole.stdout);
    const below = filesBelow(`${directory}/whole`);
    deepEqual(filesBelow(directory).length, 3 + 2 * below.length, "nothing is left beside them");
    deepEqual(filesBelow(`${directory}/stream`), below);
    for (const name of below) {
      if (name === "manifest.json") continue;
      const [one, other] = ["whole", "stream"].map((folder) =>
        Deno.readFileSync(`${directory}/${folder}/${name}`)
      );
      deepEqual(other, one, name);
    }
  });
});

Deno.test("simulate --stream asks for a directory, and draws no figures", async () => {
  const run = (...args: string[]) => simulateCommand.run(args, () => {});
  await rejects(
    async () => await run("--stream"),
    (error) => error instanceof UsageError && /without a directory.*--out DIR/.test(error.message),
  );
  await rejects(
    async () => await run("--stream", "--figures", "--out", "x"),
    (error) => error instanceof UsageError && /deno task plot/.test(error.message),
  );
});

Deno.test("what a run keeps on the disk has no name there, and goes with its folder", async () => {
  await withFiles({}, (directory) => {
    const { target: { store }, close } = openStreaming(`${directory}/out`);
    store.write(1, Uint8Array.of(1, 2, 3, 4));
    store.write(0, Uint8Array.of(5, 6, 7, 8));
    const found = new Uint8Array(2);
    store.read(1, 1, found);
    deepEqual([...found], [2, 3]);
    if (Deno.build.os !== "windows") {
      deepEqual(filesBelow(directory).filter((name) => !name.endsWith("/")), []);
    }
    close();
    deepEqual(filesBelow(directory), []);
    return Promise.resolve();
  });
});
