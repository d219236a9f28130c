import { deepEqual, equal, ok, throws } from "#assert";
import { replaceFile } from "./replace_file.ts";

function inTempDir(body: (root: string) => void): void {
  const root = Deno.realPathSync(Deno.makeTempDirSync());
  try {
    body(root);
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
}

const namesIn = (path: string) => Array.from(Deno.readDirSync(path), ({ name }) => name).sort();
const read = (path: string) => Deno.readTextFileSync(path);

Deno.test("replaceFile() makes files and replaces them as a whole, by text, bytes and pieces", () => {
  inTempDir((root) => {
    const path = `${root}/a.json`;
    replaceFile(path, "one");
    equal(read(path), "one");
    replaceFile(path, new TextEncoder().encode("2"));
    equal(read(path), "2");
    replaceFile(path, (append) => ["th", "ree"].forEach(append));
    equal(read(path), "three");
    deepEqual(namesIn(root), ["a.json"]);
  });
});

Deno.test("replaceFile() leaves the old file when the disk is full half-way, and nothing else", () => {
  inTempDir((root) => {
    const path = `${root}/a.ipynb`;
    Deno.writeTextFileSync(path, "old");
    throws(() =>
      replaceFile(path, (append) => {
        append("half of the ne");
        throw new Error("No space left on device (os error 28)");
      }), /No space left/);
    equal(read(path), "old");
    throws(() => replaceFile(`${root}/nowhere/a`, "x"), Deno.errors.NotFound);
    deepEqual(namesIn(root), ["a.ipynb"]);
  });
});

Deno.test("replaceFile() tells of a full disk", () => {
  // The system's own full disk, where it has one: whatever is written fails.
  if (Deno.build.os !== "linux") return;
  throws(() => replaceFile("/dev/full", "text"), /os error 28/);
});

Deno.test("replaceFile() keeps permissions, follows links, writes to what is no file", () => {
  if (Deno.build.os === "windows") return;
  inTempDir((root) => {
    const path = `${root}/a.json`;
    Deno.writeTextFileSync(path, "old");
    Deno.chmodSync(path, 0o640);
    Deno.mkdirSync(`${root}/links`);
    Deno.symlinkSync(path, `${root}/links/a`);
    replaceFile(`${root}/links/a`, "new");
    ok(Deno.lstatSync(`${root}/links/a`).isSymlink);
    equal(read(path), "new");
    equal(Deno.statSync(path).mode! & 0o777, 0o640);
    replaceFile(`${root}/fresh`, "x");
    equal(Deno.statSync(`${root}/fresh`).mode! & 0o777, 0o666 & ~Deno.umask());
    replaceFile("/dev/null", "x");
    ok(!Deno.statSync("/dev/null").isFile);
    Deno.symlinkSync(`${root}/nowhere`, `${root}/links/broken`);
    throws(() => replaceFile(`${root}/links/broken`, "x"), /link that points nowhere/);
  });
});

Deno.test("replaceFile() removes what killed processes left beside the file, and no file of others", () => {
  if (Deno.build.os !== "linux") return;
  inTempDir((root) => {
    const host = Deno.hostname().replace(/[^A-Za-z0-9-]/g, "_").slice(0, 60);
    const left = [`.a.json.${host}-4194304-0.part`, `.a.json.elsewhere-1-0.part`];
    const others = [`.a.json.mine.part`, `.b.json.${host}-4194304-0.part`, "a.json.part"];
    const recent = `.a.json.elsewhere-2-0.part`;
    for (const name of [...left, ...others, recent]) Deno.writeTextFileSync(`${root}/${name}`, "");
    Deno.utimeSync(`${root}/${left[1]}`, new Date(2020, 0), new Date(2020, 0));
    replaceFile(`${root}/a.json`, "new");
    deepEqual(namesIn(root), [...others, recent, "a.json"].sort());
  });
});

/** Files that write or rename by themselves, and why. */
const OWN_WRITERS: Readonly<Record<string, string>> = {
  "results/replace_file.ts": "it is what the others use",
  "results/put_in_place.ts": "renames whole folders",
  "results/journal.ts": "moves files that are complete",
  "results/staging.ts": "moves folders that are complete",
  "experiment/cell_store.ts": "moves whole cells from one store to another",
  "cli/notebooks/jupyter_kernel.ts": "writes into a temporary folder",
  "cli/notebooks/new_folder.ts": "writes new files alone, and replaces none",
  "cli/data/download.ts": "goes on with what was interrupted, and renames what is verified",
};

Deno.test("whatever is rewritten under lib/ is rewritten by replaceFile()", () => {
  const root = new URL("../", import.meta.url);
  const found: string[] = [];
  const visit = (folder: string) => {
    for (const { name, isDirectory } of Deno.readDirSync(new URL(folder, root))) {
      const path = `${folder}${name}`.replace(/^\.\//, "");
      if (isDirectory) visit(`${path}/`);
      else if (/\.ts$/.test(name) && !/_test\.ts$|^testing_/.test(name)) {
        const text = read(decodeURIComponent(new URL(path, root).pathname));
        const writes = /\bDeno\.(writeTextFile|writeFile|rename|truncate|copyFile|create)(Sync)?\(/;
        // The mutation command writes into copies of the tree that it makes for itself.
        if (writes.test(text) && !path.startsWith("cli/mutate")) found.push(path);
      }
    }
  };
  visit("./");
  deepEqual(found.sort(), Object.keys(OWN_WRITERS).sort());
});
