import { deepEqual, equal, ok, throws } from "#assert";
import { checkResultDirectory, openResultDirectory, recoverResults } from "./result_directory.ts";
import { FORMAT, inTempDir, namesIn, put, read, save, treeOf } from "./testing_results.ts";

Deno.test("openResultDirectory() shows nothing before commit and everything after", () => {
  inTempDir((root) => {
    const directory = openResultDirectory(`${root}/deep/out/`);
    directory.write("figures/a.svg", (append) => append(Uint8Array.of(65, 66)));
    equal(namesIn(`${root}/deep`).includes("out"), false);
    directory.commit({ format: FORMAT });
    directory.discard();
    deepEqual(namesIn(`${root}/deep`), ["out"]);
    deepEqual(namesIn(`${root}/deep/out`), ["figures", "manifest.json"]);
    equal(read(`${root}/deep/out/figures/a.svg`), "AB");
    deepEqual(JSON.parse(read(`${root}/deep/out/manifest.json`)), {
      format: FORMAT,
      files: ["figures/a.svg"],
    });
  });
});

Deno.test("openResultDirectory() replaces what it wrote before and leaves everything else", () => {
  inTempDir((root) => {
    save(`${root}/out`, { "a.csv": "old", "b.csv": "old", "figures/x.svg": "old" });
    save(`${root}/out`, { "a.csv": "new", "c.csv": "new" });
    deepEqual(namesIn(`${root}/out`), ["a.csv", "c.csv", "manifest.json"]);
    const mine = {
      "notes.md": "mine",
      "d.csv": "mine",
      "figures/sketch.svg": "mine",
      ".hidden/x": "mine",
      "deep/er/x": "mine",
    };
    put(`${root}/out`, mine);
    Deno.symlinkSync("notes.md", `${root}/out/link.md`);
    const before = treeOf(`${root}/out`);
    save(`${root}/out`, { "a.csv": "newer", "figures/y.svg": "newer" });
    const after = treeOf(`${root}/out`);
    for (const path of [...Object.keys(mine), "link.md"]) equal(after[path], before[path], path);
    deepEqual(
      Object.keys(after).sort(),
      [...Object.keys(mine), "a.csv", "figures/y.svg", "link.md", "manifest.json"].sort(),
    );
    equal(read(`${root}/out/a.csv`), "newer");
    deepEqual(namesIn(root), ["out"]);
  });
});

Deno.test("discard() after an error leaves older results and nothing else", () => {
  inTempDir((root) => {
    save(`${root}/out`, { "a.csv": "first" });
    const second = openResultDirectory(`${root}/out`);
    throws(() =>
      second.write("a.csv", (append) => {
        append("half of it");
        throw new Error("No space left on device (os error 28)");
      }), /No space/);
    second.discard();
    deepEqual(namesIn(root), ["out"]);
    equal(read(`${root}/out/a.csv`), "first");
  });
});

Deno.test("openResultDirectory() refuses what is not a result, and touches nothing", () => {
  inTempDir((root) => {
    put(root, {
      "thesis/chapter.tex": "",
      "app/manifest.json": `{"name": "app", "start_url": "/"}`,
      "app/index.html": "",
      "broken/manifest.json": `{"format": "simfaasinfer-res`,
      "list/manifest.json": "[]",
      "repository/.git/HEAD": "ref",
      "worktree/.git": "gitdir: elsewhere",
      "results/.git/HEAD": "ref",
      "results/manifest.json": `{"format": "${FORMAT}", "files": []}`,
    });
    const before = treeOf(root);
    const cases: [string, RegExp][] = [
      [
        "thesis",
        /^Cannot write .* holds other files \(chapter\.tex\) .*current value is ".*thesis"$/,
      ],
      ["app", /^Cannot write .* holds other files \(index\.html, manifest\.json\)/],
      ["broken", /^Cannot write .* holds other files/],
      ["list", /^Cannot write .* holds other files/],
      ["repository", /^Cannot write .*repository \(\.git\)/],
      ["worktree", /^Cannot write .*repository \(\.git\)/],
      ["results", /^Cannot write .*repository \(\.git\)/],
      ["thesis/chapter.tex", /\(Not a directory\): current value is ".*tex"$/],
      ["thesis/chapter.tex/out", /^Cannot write .*current value is ".*out"$/],
    ];
    for (const [path, message] of cases) {
      for (const open of [openResultDirectory, checkResultDirectory]) {
        throws(() => open(`${root}/${path}`), { name: "RangeError", message }, path);
      }
    }
    deepEqual(treeOf(root), before);
  });
});

Deno.test("openResultDirectory() refuses the working directory, home, and what is above, by any name", () => {
  inTempDir((root) => {
    put(root, { "a/b/c/x": "" });
    Deno.symlinkSync(`${root}/a`, `${root}/link`);
    Deno.symlinkSync(`${root}/nowhere`, `${root}/broken`);
    const [cwd, home] = [Deno.cwd(), Deno.env.get("HOME")];
    Deno.chdir(`${root}/a/b`);
    Deno.mkdirSync(`${root}/home/me`, { recursive: true });
    Deno.env.set("HOME", `${root}/home/me`);
    try {
      const inside = `${root}/a/b`;
      for (
        const path of [
          ...[".", "./", "..", "../..", "c/..", "new/..", "/", inside, `${root}/link/b`],
          ...[`${root}/link`, `${root}/a/`, `${root}/home/me`, `${root}/home`],
        ]
      ) {
        const message = /^Cannot write results to the (working|home) directory or a folder above/;
        throws(() => openResultDirectory(path), { name: "RangeError", message }, path);
      }
      throws(() => openResultDirectory(`${root}/broken`), /link that points nowhere/);
      throws(() => openResultDirectory(`${root}/broken/out`), /link that points nowhere/);
      save("out/../new", { "a.csv": "1" });
      equal(read(`${root}/a/b/new/a.csv`), "1");
      deepEqual(namesIn(inside), ["c", "new"]);
    } finally {
      Deno.chdir(cwd);
      if (home === undefined) Deno.env.delete("HOME");
      else Deno.env.set("HOME", home);
    }
  });
});

Deno.test("a file that is not ours is never written over: the results are refused as a whole", () => {
  inTempDir((root) => {
    save(`${root}/out`, { "a.csv": "ours" });
    put(`${root}/out`, { "b.csv": "mine", "figures": "a file", "c.csv/x": "mine" });
    const before = treeOf(root);
    for (const path of ["b.csv", "figures/x.svg", "c.csv"]) {
      const message = /^Cannot write results over a (file|folder) that is not ours \(.*out"$/;
      throws(() => save(`${root}/out`, { [path]: "new" }), { name: "RangeError", message }, path);
      throws(() => checkResultDirectory(`${root}/out`, [path]), { name: "RangeError", message });
      deepEqual(treeOf(root), before, path);
    }
  });
});

Deno.test("a manifest that lists files outside its folder has none of them removed", () => {
  inTempDir((root) => {
    put(root, { "precious": "mine", "out/inner/x": "mine" });
    const files = ["../precious", `${root}/precious`, "inner/../../precious", "", ".", "a\0b"];
    put(root, { "out/manifest.json": JSON.stringify({ format: FORMAT, files }) });
    save(`${root}/out`, { "a.csv": "new" });
    equal(read(`${root}/precious`), "mine");
    deepEqual(Object.keys(treeOf(`${root}/out`)).sort(), ["a.csv", "inner/x", "manifest.json"]);
  });
});

Deno.test("a folder of results that is a link is replaced where it is; links in it are not followed", () => {
  inTempDir((root) => {
    save(`${root}/real/out`, { "a.csv": "old" });
    Deno.symlinkSync(`${root}/real/out`, `${root}/link`);
    save(`${root}/link`, { "a.csv": "new" });
    ok(Deno.lstatSync(`${root}/link`).isSymlink);
    equal(read(`${root}/real/out/a.csv`), "new");
    put(root, { "precious": "mine", "elsewhere/x.svg": "mine" });
    Deno.removeSync(`${root}/real/out/a.csv`);
    Deno.symlinkSync(`${root}/precious`, `${root}/real/out/a.csv`);
    save(`${root}/link`, { "a.csv": "newer", "figures/x.svg": "ours" });
    equal(read(`${root}/precious`), "mine");
    Deno.removeSync(`${root}/real/out/figures`, { recursive: true });
    Deno.symlinkSync(`${root}/elsewhere`, `${root}/real/out/figures`);
    throws(() => save(`${root}/link`, { "figures/x.svg": "newer" }), /not ours \(figures\)/);
    equal(read(`${root}/elsewhere/x.svg`), "mine");
  });
});

Deno.test("results of versions without a list are known by the names that those versions wrote", () => {
  inTempDir((root) => {
    const manifest = JSON.stringify({ format: "simfaasinfer-results/1", digest: "" });
    put(`${root}/run`, {
      "manifest.json": manifest,
      "requests.parquet": "old",
      "token_gaps.csv": "old",
      "summary.json": "old",
      "figures/cost.svg": "old",
      "figures/sketch.svg": "mine",
      "notes.md": "mine",
    });
    save(`${root}/run`, { "requests.csv": "new" });
    deepEqual(
      Object.keys(treeOf(`${root}/run`)).sort(),
      ["figures/sketch.svg", "manifest.json", "notes.md", "requests.csv"],
    );
    put(`${root}/experiment`, {
      "manifest.json": JSON.stringify({ format: "simfaasinfer-experiment/1" }),
      "rows.parquet": "old",
      "targets.md": "old",
      "figures/stages.svg": "old",
      "figures/stages.png": "old",
      "figures/stages.pdf": "old",
      "figures/mine.svg": "mine",
    });
    save(`${root}/experiment`, { "rows.parquet": "new" });
    deepEqual(
      Object.keys(treeOf(`${root}/experiment`)).sort(),
      ["figures/mine.svg", "manifest.json", "rows.parquet"],
    );
  });
});

Deno.test("checkResultDirectory() leaves no trace", () => {
  inTempDir((root) => {
    checkResultDirectory(`${root}/a/b/c`);
    deepEqual(namesIn(root), []);
    Deno.mkdirSync(`${root}/empty`);
    checkResultDirectory(`${root}/empty`);
    deepEqual(namesIn(root), ["empty"]);
    save(`${root}/out`, { "a.csv": "1" });
    const before = treeOf(root);
    checkResultDirectory(`${root}/out`, ["a.csv", "b.csv"]);
    deepEqual(treeOf(root), before);
  });
});

Deno.test("a directory keeps its permissions when results are put into its place", () => {
  if (Deno.build.os === "windows") return;
  inTempDir((root) => {
    Deno.mkdirSync(`${root}/out`);
    Deno.chmodSync(`${root}/out`, 0o750);
    for (const text of ["1", "2"]) {
      save(`${root}/out`, { "a.csv": text });
      equal(Deno.statSync(`${root}/out`).mode! & 0o777, 0o750);
    }
  });
});

/** A process that has ended: its number is nobody's. */
function endedPid(): number {
  let pid = 2 ** 22;
  for (; pid > 0; pid--) {
    try {
      Deno.statSync(`/proc/${pid}`);
    } catch {
      return pid;
    }
  }
  return pid;
}

Deno.test("what killed runs left is removed by the next one, and nothing of others", () => {
  if (Deno.build.os !== "linux") return;
  inTempDir((root) => {
    const host = Deno.hostname().replace(/[^A-Za-z0-9-]/g, "_").slice(0, 60);
    const dead = endedPid();
    const part = { "requests.parquet": "half", "figures/x.svg": "", "trace.json.gz": "half" };
    put(`${root}/.out.partial-${host}-${dead}-0`, part);
    put(`${root}/.out.partial-${host}-${Deno.pid}-77`, part);
    put(`${root}/.out.partial-elsewhere-${dead}-0`, part);
    put(`${root}/.out.partial-${host}-${dead}-1`, { ...part, "thesis.tex": "mine" });
    put(`${root}/.other.partial-${host}-${dead}-0`, part);
    put(`${root}/.lost.partial-89abcdef.old`, part);
    put(`${root}/.out.partial-0123abcd`, part);
    put(`${root}/.out.partial-89abcdef`, part);
    put(`${root}/.out.partial-mine`, { "x.csv": "mine" });
    put(`${root}/.out.partial-elsewhere-1-1`, part);
    const longAgo = new Date(2020, 0);
    for (
      const name of [".out.partial-89abcdef", ".out.partial-mine", ".out.partial-elsewhere-1-1"]
    ) {
      Deno.utimeSync(`${root}/${name}`, longAgo, longAgo);
    }
    Deno.utimeSync(`${root}/.lost.partial-89abcdef.old`, longAgo, longAgo);
    save(`${root}/out`, { "a.csv": "1" });
    deepEqual(
      namesIn(root),
      [
        ".lost.partial-89abcdef.old",
        `.out.partial-${host}-${dead}-1`,
        `.out.partial-${host}-${Deno.pid}-77`,
        ".out.partial-0123abcd",
        `.out.partial-elsewhere-${dead}-0`,
        ".out.partial-mine",
        "out",
      ].sort(),
    );
  });
});

Deno.test("old results that an earlier version left under another name get their own back", () => {
  inTempDir((root) => {
    put(`${root}/.out.partial-0123abcd.old`, {
      "manifest.json": `{"format": "${FORMAT}"}`,
      "summary.json": "old",
    });
    recoverResults(`${root}/out`);
    deepEqual(namesIn(root), ["out"]);
    equal(read(`${root}/out/summary.json`), "old");
  });
});
