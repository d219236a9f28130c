import assert from "#assert";
import type { DataSource } from "../../results/data_sources.ts";
import { dataSources, parseDataSources } from "../../results/data_sources.ts";
import { findExternalData } from "../../results/external_data.ts";
import { runData } from "./data.ts";
import { checkFile, fetchDataSource } from "./data_files.ts";
import { filesBelow } from "../testing_command_line.ts";
import { UsageError } from "../usage_error.ts";

const content = new TextEncoder().encode("a,b\n1,2\n");
const COMMIT = "0123456789abcdef0123456789abcdef01234567";
const sha256 = "1c7cf5a3ac0aef3dc0b2ea12ba1cf3bbf7d1a1e4c2bdf8a1b4e6c1e0f9a7d000";

async function digestOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function sourceOf(digest: string): DataSource {
  return {
    id: "sample",
    what: "two rows",
    repository: "owner/name",
    commit: COMMIT,
    licence: "MIT",
    files: [{ path: "folder/a.csv", upstream: "up/a.csv", bytes: content.length, sha256: digest }],
  };
}

async function withServer(run: (address: string, paths: string[]) => Promise<void>): Promise<void> {
  const paths: string[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const { pathname } = new URL(request.url);
    paths.push(pathname);
    return pathname === `/owner/name/${COMMIT}/up/a.csv`
      ? new Response(content)
      : new Response("no", { status: 404 });
  });
  const folder = Deno.makeTempDirSync();
  try {
    await run(`http://127.0.0.1:${server.addr.port}`, paths);
  } finally {
    await server.shutdown();
    Deno.removeSync(folder, { recursive: true });
  }
}

Deno.test("fetchDataSource() fetches each file once and checks its digest", async () => {
  await withServer(async (address, paths) => {
    const folder = Deno.makeTempDirSync();
    const source = sourceOf(await digestOf(content));
    assert.equal(await fetchDataSource(source, { folder, address }), 1);
    assert.equal(await checkFile(`${folder}/sample/folder/a.csv`, source.files[0]), "right");
    assert.equal(await fetchDataSource(source, { folder, address }), 0);
    assert.deepEqual(paths, [`/owner/name/${COMMIT}/up/a.csv`]);
    Deno.writeTextFileSync(`${folder}/sample/folder/a.csv`, "a,b\n1,3\n");
    assert.equal(await checkFile(`${folder}/sample/folder/a.csv`, source.files[0]), "wrong");
    assert.equal(await fetchDataSource(source, { folder, address }), 1);
    Deno.removeSync(folder, { recursive: true });
  });
});

Deno.test("fetchDataSource() refuses other content and keeps nothing of it", async () => {
  await withServer(async (address) => {
    const folder = Deno.makeTempDirSync();
    await assert.rejects(
      fetchDataSource(sourceOf(sha256), { folder, address }),
      /with SHA-256 1c7c.*: current value is/,
    );
    assert.deepEqual(filesBelow(folder), ["sample/", "sample/folder/"]);
    const missing = { ...sourceOf(sha256), commit: "none" };
    await assert.rejects(fetchDataSource(missing, { folder, address }), /the server answers 404/);
    Deno.removeSync(folder, { recursive: true });
  });
});

Deno.test("data list names every data set with its licence", async () => {
  const lines: string[] = [];
  assert.equal(await runData(["list"], (line) => lines.push(line)), 0);
  assert.ok(lines.some((line) => /^aiconfigurator .* Apache-2\.0/.test(line)));
  await assert.rejects(
    runData(["fetch", "nothing"], () => {}),
    /Cannot use a data set as one of azure-llm-2023, .*: current value is nothing/,
  );
});

Deno.test("data list says what derived sets are made from, and fetch does not pretend", async () => {
  const derived = dataSources().filter((source) => source.derived !== undefined);
  assert.deepEqual(derived.map(({ id }) => id), [
    "mooncake-transfer",
    "vllm-load-points",
    "vllm-concurrency-points",
  ]);
  for (const { id, repository, derived: how } of derived) {
    const lines: string[] = [];
    assert.equal(await runData(["list", id], (line) => lines.push(line)), 0);
    assert.match(lines[1], new RegExp(`derived from ${repository}`));
    assert.equal(lines[2], `  ${how}`);
    const fetched = runData(["fetch", id], (line) => lines.push(line));
    if (findExternalData(id) === undefined) {
      await assert.rejects(fetched, {
        name: "UsageError",
        message: /Cannot fetch .* put points.csv/,
      });
    } else {
      assert.equal(await fetched, 0);
      assert.match(lines.at(-1)!, /^\S+: derived, present at /);
    }
  }
});

Deno.test("data refuses what it does not know with one line", async () => {
  for (const args of [["nonsense"], ["list", "--folde", "x"], ["fetch", "--folder"]]) {
    await assert.rejects(runData(args, () => {}), (error) => {
      assert.ok(error instanceof UsageError);
      assert.match(error.message, /^Cannot [^\n]+$/);
      return true;
    });
  }
  const lines: string[] = [];
  assert.equal(await runData(["list", "--help"], (line) => lines.push(line)), 0);
  assert.match(lines[0], /^Usage: deno task data/);
});

Deno.test("parseDataSources() accepts no entry that leads out of its folder", () => {
  const list = (entry: Readonly<Record<string, string>>) => {
    const { id, repository, commit, path, upstream, bytes, digest } = {
      ...{ id: "a", repository: "owner/name", commit: COMMIT, path: "b/c.csv", upstream: "b" },
      ...{ bytes: "3", digest: "0".repeat(64) },
      ...entry,
    };
    return `${id}: {what: w, repository: "${repository}", commit: "${commit}", licence: MIT, ` +
      `files: [{path: "${path}", upstream: "${upstream}", bytes: ${bytes}, sha256: "${digest}"}]}`;
  };
  assert.equal(parseDataSources(list({})).length, 1);
  const wrong: Readonly<Record<string, readonly string[]>> = {
    id: ["..", "a/b", '"\\0"'],
    repository: ["owner", "owner/name/../other", "owner/name?x"],
    commit: ["main", `${COMMIT}/..`],
    path: ["../a", "/etc/passwd", "a/../../b", "a//b", "", ".", "C:\\\\a", "a\\nb"],
    upstream: ["../a", "/a", "a?b", "a#b", "a/./b", "%2e%2e/a"],
    bytes: ["-1", "1.5", "many"],
    digest: ["abc", "A".repeat(64)],
  };
  for (const [key, values] of Object.entries(wrong)) {
    for (const value of values) {
      assert.throws(() => parseDataSources(list({ [key]: value })), {
        name: "RangeError",
        message: /^Cannot read an entry as .*: current value is /,
      }, `${key} ${value}`);
    }
  }
});

Deno.test("data fetch refuses a server that is neither https nor of this machine", async () => {
  for (const address of ["http://example.org", "not an address"]) {
    const folder = Deno.makeTempDirSync();
    const args = ["fetch", "simfaas", "--address", address, "--folder", folder];
    await assert.rejects(runData(args, () => {}), {
      name: "UsageError",
      message: /^Cannot [^\n]+$/,
    });
    assert.deepEqual(filesBelow(folder), []);
    Deno.removeSync(folder, { recursive: true });
  }
});
