import { deepEqual, equal, match, throws } from "#assert";
import { addToResults, writeFigures } from "./add_files.ts";
import { clearResults } from "./clear_results.ts";
import { FORMAT, inTempDir, namesIn, put, read, save, treeOf } from "./testing_results.ts";

Deno.test("addToResults() lists what it adds; the next run replaces it", () => {
  inTempDir((root) => {
    save(`${root}/out`, { "a.csv": "1" }, { digest: "d" });
    put(`${root}/out`, { "figures/mine.svg": "mine" });
    const bytes = new TextEncoder().encode("figure");
    for (let i = 0; i < 2; i++) addToResults(`${root}/out`, [["figures/cost.svg", bytes]]);
    deepEqual(JSON.parse(read(`${root}/out/manifest.json`)), {
      format: FORMAT,
      digest: "d",
      files: ["a.csv", "figures/cost.svg"],
    });
    throws(() => addToResults(`${root}/out`, [["figures/mine.svg", bytes]]), /not ours/);
    save(`${root}/out`, { "a.csv": "2" });
    deepEqual(namesIn(`${root}/out/figures`), ["mine.svg"]);
    throws(() => addToResults(root, [["x.svg", bytes]]), /^RangeError: Cannot add files/);
  });
});

Deno.test("writeFigures() replaces the figures that it wrote, and no other file", () => {
  inTempDir((root) => {
    const figure = (text: string) => new TextEncoder().encode(text);
    put(`${root}/paper`, { "a.svg": "mine" });
    const before = treeOf(root);
    throws(() => writeFigures(`${root}/paper`, [["a.svg", figure("1")]]), {
      name: "RangeError",
      message: /^Cannot write .* not ours \(a\.svg\): current value is ".*paper"$/,
    });
    deepEqual(treeOf(root), before);
    for (const text of ["1", "2"]) writeFigures(`${root}/paper`, [["b.svg", figure(text)]]);
    equal(read(`${root}/paper/b.svg`), "2");
    equal(read(`${root}/paper/a.svg`), "mine");
    save(`${root}/out`, { "a.csv": "1" });
    writeFigures(`${root}/out/figures`, [["b.svg", figure("1")]]);
    match(read(`${root}/out/manifest.json`), /"figures\/b\.svg"/);
    deepEqual(namesIn(`${root}/out/figures`), ["b.svg"]);
  });
});

Deno.test("clearResults() removes what we wrote; a folder that keeps more takes results again", () => {
  inTempDir((root) => {
    save(`${root}/out`, { "a.csv": "1", "figures/x.svg": "1" });
    deepEqual(clearResults(`${root}/out`), []);
    deepEqual(namesIn(root), []);
    save(`${root}/out`, { "a.csv": "1" });
    put(`${root}/out`, { "notes.md": "mine" });
    deepEqual(clearResults(`${root}/out`), ["notes.md"]);
    deepEqual(namesIn(`${root}/out`), ["manifest.json", "notes.md"]);
    save(`${root}/out`, { "a.csv": "2" });
    deepEqual(namesIn(`${root}/out`), ["a.csv", "manifest.json", "notes.md"]);
    deepEqual(clearResults(`${root}/nowhere`), []);
    put(`${root}/app`, { "manifest.json": "{}" });
    deepEqual(clearResults(`${root}/app`), ["manifest.json"]);
    equal(read(`${root}/app/manifest.json`), "{}");
  });
});
