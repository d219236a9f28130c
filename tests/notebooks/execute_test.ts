import { deepEqual, equal, match } from "@std/assert";
import { filesBelow, runCommandLine } from "../../lib/cli/testing_command_line.ts";

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

Deno.test("committed notebooks have outputs, below 300 KB each, with neither times nor paths", async () => {
  const names = filesBelow(FOLDER).filter((name) => name.endsWith(".ipynb"));
  deepEqual(names.map((name) => name.slice(0, 2)), ["01", "02", "03", "04", "05"]);
  for (const name of names) {
    const text = await Deno.readTextFile(`${FOLDER}/${name}`);
    equal(new TextEncoder().encode(text).length < 300_000, true, name);
    equal(/iopub|file:\/\/|\/home\/|\/tmp\//.test(text), false, name);
    for (const cell of JSON.parse(text).cells) {
      if (cell.cell_type !== "code") continue;
      equal(cell.outputs.length > 0, true, `${name}: ${cell.id}`);
      for (const { output_type, data = {} } of cell.outputs) {
        equal(output_type === "error", false, `${name}: ${cell.id}`);
        const mimes = Object.keys(data);
        if (mimes.some((mime) => mime.includes("vegalite"))) {
          equal(mimes.includes("image/png") && mimes.includes("text/plain"), true);
        }
      }
    }
  }
});
