import { deepEqual, equal, notEqual } from "#assert";
import { cellAddress } from "./cell_address.ts";
import { openCellStore } from "./cell_store.ts";

const [A, B, C] = ["a", "b", "c"].map((digit) => digit.repeat(64));
const ROWS = { rows: [{ x: 1, y: 0.1, name: "one", replication: 0 }] };

async function withStore(body: (folder: string) => Promise<void>): Promise<void> {
  const root = await Deno.makeTempDir();
  try {
    await body(`${root}/cells`);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

const namesIn = (folder: string) => Array.from(Deno.readDirSync(folder), ({ name }) => name).sort();

Deno.test("a cell that is cut short, changed or another's counts as missing", async () => {
  await withStore(async (folder) => {
    const store = openCellStore(folder);
    await store.write(A, ROWS);
    deepEqual(await store.read(A), ROWS);
    equal(await store.read(B), undefined);
    equal(store.damaged, 0);
    const path = `${folder}/${A}.json`;
    const text = await Deno.readTextFile(path);
    const damages = [
      ...[0, 1, 20, 100, text.length - 3].map((length) => text.slice(0, length)),
      text.replace('"y":0.1', '"y":0.2'),
      text.replace(A, B),
      JSON.stringify(ROWS),
      "null",
      "[]",
      `{"name": "mine"}`,
    ];
    for (const [i, damage] of damages.entries()) {
      await Deno.writeTextFile(path, damage);
      equal(await store.read(A), undefined, damage);
      equal(store.damaged, i + 1);
    }
    await Deno.writeTextFile(`${folder}/${B}.json`, text);
    equal(await store.read(B), undefined);
    await store.write(A, ROWS);
    deepEqual(await store.read(A), ROWS);
  });
});

Deno.test("an error does not take the place of rows; rows take that of an error", async () => {
  await withStore(async (folder) => {
    const store = openCellStore(folder);
    await store.write(A, { error: "Error: out of memory" });
    deepEqual(await store.read(A), { error: "Error: out of memory" });
    await store.write(A, ROWS);
    await store.write(A, { error: "Error: out of memory" });
    deepEqual(await store.read(A), ROWS);
  });
});

Deno.test("prune() and clear() remove cells and nothing that is not ours", async () => {
  await withStore(async (folder) => {
    const store = openCellStore(folder);
    for (const address of [A, B, C]) await store.write(address, ROWS);
    const mine = ["notes.json", "a.part", `${"a".repeat(63)}.json`];
    for (const name of mine) await Deno.writeTextFile(`${folder}/${name}`, "mine");
    await Deno.writeTextFile(`${folder}/${A}.0123abcd.part`, "half");
    await Deno.mkdir(`${folder}/${"d".repeat(64)}.json`);
    store.prune([B]);
    const others = [...mine, `${"d".repeat(64)}.json`].sort();
    deepEqual(namesIn(folder), [`${B}.json`, ...others].sort());
    deepEqual(store.clear().sort(), others);
    deepEqual(namesIn(folder), others);
    for (const name of others) await Deno.remove(`${folder}/${name}`);
    deepEqual(store.clear(), []);
    deepEqual(store.clear(), []);
    deepEqual(namesIn(folder.slice(0, folder.lastIndexOf("/"))), []);
  });
});

Deno.test("cellAddress() differs with the version of Deno and with that of V8", async () => {
  const origin = {
    sources: "s",
    experiment: "e",
    cell: { x: 1 },
    seed: 1,
    replications: 1,
    inputs: {},
    runtime: { deno: "2.9.6", v8: "15.0" },
  };
  const address = await cellAddress(origin);
  equal(await cellAddress({ ...origin }), address);
  for (const runtime of [{ deno: "2.9.7", v8: "15.0" }, { deno: "2.9.6", v8: "15.1" }]) {
    notEqual(await cellAddress({ ...origin, runtime }), address);
  }
});
