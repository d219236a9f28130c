import { deepEqual, equal, throws } from "@std/assert";
import { checkResultDirectory, openResultDirectory } from "./result_directory.ts";

function inTempDir(body: (root: string) => void): void {
  const root = Deno.makeTempDirSync();
  try {
    body(root);
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
}

const namesIn = (path: string) => Array.from(Deno.readDirSync(path), (entry) => entry.name).sort();

Deno.test("openResultDirectory() shows nothing before commit and everything after", () => {
  inTempDir((root) => {
    const directory = openResultDirectory(`${root}/deep/out/`);
    directory.write("manifest.json", (append) => append("{}"));
    directory.write("figures/a.svg", (append) => append(Uint8Array.of(65, 66)));
    equal(namesIn(`${root}/deep`).includes("out"), false);
    directory.commit();
    directory.discard();
    deepEqual(namesIn(`${root}/deep`), ["out"]);
    deepEqual(namesIn(`${root}/deep/out`), ["figures", "manifest.json"]);
    equal(Deno.readTextFileSync(`${root}/deep/out/figures/a.svg`), "AB");
  });
});

Deno.test("openResultDirectory() replaces older results as a whole", () => {
  inTempDir((root) => {
    for (const file of ["old.csv", "new.csv"]) {
      const directory = openResultDirectory(`${root}/out`);
      directory.write("manifest.json", (append) => append("{}"));
      directory.write(file, (append) => append(file));
      directory.commit();
    }
    deepEqual(namesIn(`${root}/out`), ["manifest.json", "new.csv"]);
    deepEqual(namesIn(root), ["out"]);
  });
});

Deno.test("discard() after an error leaves older results and nothing else", () => {
  inTempDir((root) => {
    const first = openResultDirectory(`${root}/out`);
    first.write("manifest.json", (append) => append("first"));
    first.commit();
    const second = openResultDirectory(`${root}/out`);
    throws(() =>
      second.write("manifest.json", () => {
        throw new Error("disk");
      }), /disk/);
    second.discard();
    deepEqual(namesIn(root), ["out"]);
    equal(Deno.readTextFileSync(`${root}/out/manifest.json`), "first");
  });
});

Deno.test("openResultDirectory() refuses to replace what is not a result", () => {
  inTempDir((root) => {
    Deno.mkdirSync(`${root}/thesis`);
    Deno.writeTextFileSync(`${root}/thesis/chapter.tex`, "");
    throws(() => openResultDirectory(`${root}/thesis`), {
      name: "RangeError",
      message: `Cannot replace a directory without a manifest.json as results: ` +
        `current value is "${root}/thesis"`,
    });
    throws(() => openResultDirectory(`${root}/thesis/chapter.tex`), {
      name: "RangeError",
      message:
        /^Cannot write results to a directory \(Not a directory\): current value is ".*tex"$/,
    });
    throws(() => openResultDirectory(`${root}/thesis/chapter.tex/out`), { name: "RangeError" });
    deepEqual(namesIn(root), ["thesis"]);
    deepEqual(namesIn(`${root}/thesis`), ["chapter.tex"]);
  });
});

Deno.test("checkResultDirectory() leaves no trace", () => {
  inTempDir((root) => {
    checkResultDirectory(`${root}/a/b/c`);
    deepEqual(namesIn(root), []);
    Deno.mkdirSync(`${root}/empty`);
    checkResultDirectory(`${root}/empty`);
    deepEqual(namesIn(root), ["empty"]);
  });
});
