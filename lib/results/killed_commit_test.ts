import { deepEqual, equal, ok } from "#assert";
import { openResultDirectory, recoverResults } from "./result_directory.ts";

const PROGRAM = new URL("./testing_commit.ts", import.meta.url).href;
const CONFIG = decodeURIComponent(new URL("../../deno.json", import.meta.url).pathname);
const FORMAT = "simfaasinfer-results/1";

type Files = Readonly<Record<string, string>>;

const OLD: Files = { "a.csv": "old", "b.csv": "old", "figures/x.svg": "old" };
const NEW: Files = { "a.csv": "new", "c.csv": "new", "deep/er/y.svg": "new" };
const FOREIGN: Files = { "notes.md": "mine", "figures/sketch.svg": "mine" };

/** A way for results to get into their place. */
interface Way {
  readonly name: string;
  readonly old?: Files;
  readonly foreign?: Files;
  /** Whether old results and new ones may be mixed until the next start. */
  readonly isMended?: boolean;
  /** Permissions of the process; default all. */
  readonly permissions?: (out: string) => readonly string[];
  /** Whether it ends by an error rather than by a kill. */
  readonly throws?: boolean;
}

const SOME = ["--allow-read", "--allow-run", "--allow-sys=hostname"];

const WAYS: readonly Way[] = [
  { name: "where there is nothing" },
  { name: "in exchange for old results", old: OLD },
  { name: "file by file, beside what is not ours", old: OLD, foreign: FOREIGN, isMended: true },
  {
    name: "file by file, without native calls",
    old: OLD,
    isMended: true,
    permissions: () => [...SOME, "--allow-write"],
  },
  {
    name: "file by file, by an error where nothing may be written beside the directory",
    old: OLD,
    isMended: true,
    permissions: (out) => [...SOME, `--allow-write=${out}`],
    throws: true,
  },
];

function write(directory: string, files: Files): void {
  for (const [path, text] of Object.entries(files)) {
    const whole = `${directory}/${path}`;
    Deno.mkdirSync(whole.slice(0, whole.lastIndexOf("/")), { recursive: true });
    Deno.writeTextFileSync(whole, text);
  }
}

function filesIn(directory: string, within = ""): Files {
  let entries: Deno.DirEntry[];
  try {
    entries = Array.from(Deno.readDirSync(`${directory}/${within}`));
  } catch {
    return {};
  }
  return Object.assign(
    {},
    ...entries.map(({ name, isDirectory }) => {
      const path = `${within}${name}`;
      if (isDirectory) return filesIn(directory, `${path}/`);
      return { [path]: Deno.readTextFileSync(`${directory}/${path}`) };
    }),
  );
}

/** Results with their manifest. */
function withManifest(files: Files): Files {
  const manifest = { format: FORMAT, files: Object.keys(files).sort() };
  return { ...files, "manifest.json": JSON.stringify(manifest, null, 2) + "\n" };
}

function save(directory: string, files: Files): void {
  const opened = openResultDirectory(directory);
  for (const [path, text] of Object.entries(files)) opened.write(path, (append) => append(text));
  opened.commit({ format: FORMAT });
  opened.discard();
}

/** Prepares a directory, writes results to it in a process that is killed after a step. */
async function killedAfter(step: number, way: Way, out: string) {
  if (way.old !== undefined) save(out, way.old);
  if (way.foreign !== undefined) write(out, way.foreign);
  const permissions = way.permissions?.(out) ?? ["-A"];
  const { success, signal, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-prompt", ...permissions, "--config", CONFIG, PROGRAM],
      ...[out, String(step), JSON.stringify(NEW), way.throws ? "throw" : "kill"],
    ],
    env: { NO_COLOR: "1" },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  ok(success || signal === "SIGKILL" || /Input\/output/.test(text(stderr)), text(stderr));
  return { wasKilled: !success, steps: text(stdout).trim().split("\n") };
}

for (const way of WAYS) {
  Deno.test({
    name: `results are the old or the new ones whenever a run ends early: ${way.name}`,
    ignore: Deno.build.os === "windows",
    async fn() {
      const before: Files = way.old === undefined ? {} : withManifest(way.old);
      const after = withManifest(NEW);
      const { foreign = {} } = way;
      const seen = new Set<string>();
      for (let step = 0;; step++) {
        const root = Deno.realPathSync(Deno.makeTempDirSync());
        const out = `${root}/out`;
        try {
          const { wasKilled, steps } = await killedAfter(step, way, out);
          const found = filesIn(out);
          const at = steps.at(-1)!;
          for (const [path, text] of Object.entries(foreign)) equal(found[path], text, at);
          const isOneOf = (files: Files) =>
            [before, after].some((whole) => {
              const wanted = Object.entries({ ...whole, ...foreign });
              return wanted.length === Object.keys(files).length &&
                wanted.every(([path, text]) => files[path] === text);
            });
          if (!way.isMended) ok(isOneOf(found), `${at}: ${Object.keys(found)}`);
          // The manifest comes last: what it lists is there.
          if (found["manifest.json"] === after["manifest.json"]) {
            for (const [path, text] of Object.entries(after)) equal(found[path], text, at);
          }
          recoverResults(out);
          const mended = filesIn(out);
          const hidden = Object.keys(mended).filter((path) => path.startsWith(".simfaasinfer"));
          const visible = Object.fromEntries(
            Object.entries(mended).filter(([path]) => !hidden.includes(path)),
          );
          ok(isOneOf(visible), `${at}: ${Object.keys(visible)}`);
          seen.add(mended["a.csv"] ?? "none");
          // The next run leaves nothing of the killed one.
          save(out, { "d.csv": "next" });
          deepEqual(filesIn(out), { ...foreign, ...withManifest({ "d.csv": "next" }) }, at);
          if (Deno.build.os === "linux") {
            deepEqual(Array.from(Deno.readDirSync(root), ({ name }) => name), ["out"], at);
          }
          if (!wasKilled) break;
        } finally {
          Deno.removeSync(root, { recursive: true });
        }
      }
      deepEqual([...seen].sort(), way.old === undefined ? ["new", "none"] : ["new", "old"]);
    },
  });
}

Deno.test("a journal that names files outside its folder is none", () => {
  const root = Deno.makeTempDirSync();
  try {
    save(`${root}/out`, OLD);
    write(root, { "precious": "mine", "out/.simfaasinfer.partial-x/manifest.json": "{}" });
    const journals = [
      { stage: ".simfaasinfer.partial-x", files: ["manifest.json"], remove: ["../precious"] },
      { stage: ".simfaasinfer.partial-x", files: ["../precious", "manifest.json"], remove: [] },
      { stage: ".simfaasinfer.partial-x/..", files: ["manifest.json"], remove: [] },
      { stage: ".simfaasinfer.partial-x", files: "manifest.json", remove: [] },
    ];
    for (const journal of journals) {
      const text = JSON.stringify({ format: "simfaasinfer-journal/1", ...journal });
      Deno.writeTextFileSync(`${root}/out/.simfaasinfer-journal.json`, text);
      const before = filesIn(root);
      recoverResults(`${root}/out`);
      deepEqual(filesIn(root), before);
    }
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
});
