import { deepEqual, equal, match } from "#assert";
import { configuration } from "../examples.ts";
import { filesBelow, runCommandLine } from "../../lib/cli/testing_command_line.ts";
import { signalled } from "../support/signalled.ts";

const FOLDER = decodeURIComponent(new URL("../../notebooks", import.meta.url).pathname);

const hasJupyter = await (async () => {
  try {
    const { success } = await new Deno.Command("/usr/bin/python3", {
      args: ["-c", "import nbclient, notebook"],
      stdout: "null",
      stderr: "null",
    }).output();
    return success;
  } catch {
    return false;
  }
})();

/** A notebook whose code cells have these sources. */
function notebook(...sources: string[]): string {
  const cells = sources.map((source, i) => ({
    cell_type: "code",
    execution_count: null,
    id: `cell-${i}`,
    metadata: {},
    outputs: [],
    source: [source],
  }));
  const kernelspec = { display_name: "Deno", language: "typescript", name: "deno" };
  return JSON.stringify({ cells, metadata: { kernelspec }, nbformat: 4, nbformat_minor: 5 });
}

Deno.test({
  name:
    "notebooks tells good cells from errors, lost outputs and figures without PNG (needs Jupyter)",
  ignore: !hasJupyter,
  async fn() {
    const directory = await Deno.makeTempDir();
    try {
      const figure = (mimes: string) =>
        `({ [Symbol.for("Jupyter.display")]: () => ({ ${mimes} }) })`;
      await Deno.writeTextFile(`${directory}/good.ipynb`, notebook("1 + 1"));
      await Deno.writeTextFile(
        `${directory}/bad.ipynb`,
        notebook(
          `throw new RangeError("Cannot go on")`,
          "const silent: number = 1",
          figure(`"application/vnd.vegalite.v5+json": {}, "text/plain": "figure"`),
        ),
      );
      const run = (...args: string[]) =>
        runCommandLine(["notebooks", "--notebooks", ".", ...args], { directory });
      const all = await run();
      equal(all.code, 1);
      match(all.stdout, /good\.ipynb: good/);
      match(all.stdout, /bad\.ipynb: failed/);
      match(all.stdout, /cell 0: .*Cannot go on/);
      match(all.stdout, /cell 1: no output/);
      match(all.stdout, /cell 2: a figure without PNG/);
      const written = await Deno.readTextFile(`${directory}/good.ipynb`);
      match(written, /"2"/);
      equal((await run("good", "--check")).code, 0);
      await Deno.writeTextFile(`${directory}/good.ipynb`, written.replace('"2"', '"3"'));
      const stale = await run("good", "--check");
      equal(stale.code, 1);
      match(stale.stdout, /outputs are not those that are committed/);
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
});

/** Process numbers of what runs with a text in its arguments or its environment's TMPDIR. */
function processesWith(text: string): number[] {
  return Array.from(Deno.readDirSync("/proc"), ({ name }) => name).filter((name) => {
    try {
      return /^\d+$/.test(name) && name !== String(Deno.pid) &&
        ["cmdline", "environ"].some((file) =>
          Deno.readTextFileSync(`/proc/${name}/${file}`).includes(text)
        );
    } catch {
      return false;
    }
  }).map(Number);
}

Deno.test({
  name: "notebooks told to end ends Jupyter and its kernel, and removes its folder (needs Jupyter)",
  ignore: !hasJupyter || Deno.build.os !== "linux",
  async fn() {
    const directory = await Deno.makeTempDir();
    const temporary = `${directory}/temporary`;
    try {
      await Deno.mkdir(temporary);
      const text = notebook(
        `Deno.writeTextFileSync("started", ""); await new Promise((r) => setTimeout(r, 600000));`,
      );
      await Deno.writeTextFile(`${directory}/slow.ipynb`, text);
      const { code } = await signalled(["notebooks", "--notebooks", directory], {
        env: { TMPDIR: temporary },
        isReady: () => filesBelow(directory).includes("started"),
        before: () => equal(processesWith(directory).length >= 3, true),
        signal: "SIGTERM",
      });
      equal(code, 143);
      deepEqual(processesWith(directory), []);
      deepEqual(filesBelow(temporary).filter((name) => name.startsWith("simfaas")), []);
      equal(await Deno.readTextFile(`${directory}/slow.ipynb`), text);
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
});

Deno.test({
  name: "a notebook reads the experiments' rows from the folder of the pipeline (needs Jupyter)",
  ignore: !hasJupyter,
  async fn() {
    const directory = await Deno.realPath(await Deno.makeTempDir());
    try {
      // The kernel looks for deno.json above the notebook.
      const settings = configuration(new URL("../../", import.meta.url));
      await Deno.writeTextFile(`${directory}/deno.json`, settings);
      const source = `import { openExperiment } from "simfaasinfer/notebook";\n` +
        `(await openExperiment("02_cold_start_stages")).rows.length`;
      await Deno.writeTextFile(`${directory}/rows.ipynb`, notebook(source));
      const run = (...args: string[]) => runCommandLine(args, { directory });
      const out = ["--out", "elsewhere", "--workers", "1", "--quiet"];
      equal((await run("experiment", "run", "02", ...out)).code, 0);
      // A pipeline has an experiment.
      await Deno.mkdir(`${directory}/none/00_nothing`, { recursive: true });
      await Deno.writeTextFile(
        `${directory}/none/00_nothing/experiment.ts`,
        `import { defineExperiment } from "simfaasinfer/experiment";\n` +
          `export default defineExperiment({ id: "00_nothing", version: 1, seed: 1, ` +
          `question: "Why?", factors: {}, run: () => ({ a: 1 }) });`,
      );
      const folders = ["--experiments", "none", "--notebooks", ".", "--out", "elsewhere"];
      const { code, stdout, stderr } = await run("pipeline", ...folders);
      equal(code, 0, stdout + stderr);
      match(stdout, /rows\.ipynb: good/);
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
});

Deno.test("committed notebooks have outputs, below 330 KB each, with neither times nor paths", async () => {
  const names = filesBelow(FOLDER).filter((name) => name.endsWith(".ipynb"));
  deepEqual(names.map((name) => name.slice(0, 2)), ["01", "02", "03", "04", "05", "06"]);
  for (const name of names) {
    const text = await Deno.readTextFile(`${FOLDER}/${name}`);
    equal(new TextEncoder().encode(text).length < 330_000, true, name);
    equal(/iopub|file:\/\/|\/home\/|\/tmp\//.test(text), false, name);
    for (const cell of JSON.parse(text).cells) {
      if (cell.cell_type !== "code") continue;
      const lines = [cell.source].flat().join("").split("\n");
      equal(lines.length <= 15, true, `${name}: ${cell.id} has ${lines.length} lines`);
      equal(cell.outputs.length > 0, true, `${name}: ${cell.id}`);
      for (const { output_type, data = {} } of cell.outputs) {
        equal(output_type === "error", false, `${name}: ${cell.id}`);
        const mimes = Object.keys(data);
        equal(
          output_type === "stream" || mimes.includes("text/plain"),
          true,
          `${name}: ${cell.id}`,
        );
        for (const mime of mimes.filter((mime) => mime.includes("vegalite"))) {
          equal(mimes.includes("image/png"), true);
          // The type is that of the specification's own version.
          const version = /vegalite\.(v\d+)\+json/.exec(mime)?.[1];
          equal(data[mime].$schema, `https://vega.github.io/schema/vega-lite/${version}.json`);
        }
      }
    }
  }
});
