import { gzipSync } from "node:zlib";
import { deepEqual, equal, match, ok } from "#assert";
import { loadConfig, simulate } from "simfaasinfer";
import { filesBelow, runCommandLine } from "../testing_command_line.ts";

const YAML = "workload: { type: poisson, arrival_rate: 2, num_requests: 40 }";

/** What runs with the package: the digest of a run, and what a mistake in a setting is told as. */
const PROGRAM = `
import { loadConfig, simulate } from "simfaasinfer";
import { meanInterval } from "simfaasinfer/stats";
import { latencyCdf } from "simfaasinfer/plot";
import { hybridHistogram } from "simfaasinfer/policies";
const { summary } = await simulate(loadConfig(${JSON.stringify(YAML)}));
let mistake = "";
try {
  loadConfig("workload: { typ: poisson }");
} catch (error) {
  mistake = error.name + ": " + error.message;
}
const figure = latencyCdf([{ series: "TTFT", seconds: 1, share: 1 }]);
console.log(JSON.stringify({
  digest: summary.digest,
  mistake,
  interval: meanInterval([1, 2, 3]).estimate,
  schema: figure.$schema !== undefined,
  pattern: hybridHistogram().pattern,
}));
`;

/** A program in TypeScript that is right if the types are. */
const TYPED = `
import { type Configuration, loadConfig, type RunResult, simulate } from "simfaasinfer";
import type { ScalingPolicy } from "simfaasinfer/policies";
const config: Configuration = loadConfig("");
const run: RunResult = await simulate(config);
const p99: number | null = run.summary.ttft_s.p99;
const policy: ScalingPolicy = { periodSeconds: 2, desired: ({ queued }) => queued };
// @ts-expect-error: misspelt
console.log(p99, policy, run.sumary);
`;

async function output(program: string, args: string[], cwd: string): Promise<string | undefined> {
  try {
    const { success, stdout, stderr } = await new Deno.Command(program, {
      args,
      cwd,
      env: { NO_COLOR: "1" },
    }).output();
    const text = new TextDecoder();
    ok(success, text.decode(stderr));
    return text.decode(stdout);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Version of Node, its first number; 0 without Node. */
async function nodeVersion(): Promise<number> {
  return Number((await output("node", ["--version"], "."))?.match(/^v(\d+)/)?.[1] ?? 0);
}

Deno.test("deno task package builds what runs in another project: its digests, errors and types", async (t) => {
  const project = await Deno.makeTempDir();
  const package_ = `${project}/node_modules/simfaasinfer`;
  try {
    const build = () => runCommandLine(["package", "--out", package_], { directory: project });
    const { code, stdout, stderr } = await build();
    equal(code, 0, stderr);
    match(stdout, /^Wrote \d+ files, [\d.]+ MB, to /);
    const files = filesBelow(package_).filter((path) => !path.endsWith("/"));

    await t.step("it holds modules and types, and nothing of tests, notebooks or data sets", () => {
      const other = files.filter((path) => !/^(dist\/.*\.js|types\/.*\.d\.ts)$/.test(path));
      deepEqual(other, ["LICENSE", "README.md", "manifest.json", "package.json"]);
      deepEqual(files.filter((path) => /_test\.|testing|bench\.|cli\//.test(path)), []);
      const profile = /"simfaasinfer-profile|operator/;
      const bytes = files.filter((path) =>
        !(path.endsWith(".js") && Deno.statSync(`${package_}/${path}`).size > 2e6 &&
          profile.test(Deno.readTextFileSync(`${package_}/${path}`)))
      ).reduce((sum, path) => sum + gzipSync(Deno.readFileSync(`${package_}/${path}`)).length, 0);
      // What "npm pack" makes is packed once more across its files, and smaller.
      ok(bytes > 2e5 && bytes < 1e6, `${bytes} bytes without profiles, packed`);
      const { exports } = JSON.parse(Deno.readTextFileSync(`${package_}/package.json`));
      for (const { types, default: module } of Object.values<Record<string, string>>(exports)) {
        for (const path of [types, module]) ok(files.includes(path.slice(2)), path);
      }
    });

    await Deno.writeTextFile(`${project}/package.json`, `{ "type": "module" }`);
    await Deno.writeTextFile(`${project}/main.mjs`, PROGRAM);
    const version = await nodeVersion();
    await t.step({
      name: "it runs in Node with the digests of Deno (needs Node 20 or later)",
      ignore: version < 20,
      async fn() {
        const answer = JSON.parse((await output("node", ["main.mjs"], project))!);
        const { summary } = await simulate(loadConfig(YAML));
        deepEqual(answer, {
          digest: summary.digest,
          mistake:
            'ConfigError: Cannot read configuration: unknown key "workload.typ"; did you mean "type"?',
          interval: 2,
          schema: true,
          pattern: "uncertain",
        });
      },
    });

    await t.step("its types are those of the interface", async () => {
      await Deno.writeTextFile(`${project}/main.ts`, TYPED);
      const args = ["check", "--node-modules-dir=manual", "main.ts"];
      ok(await output(Deno.execPath(), args, project) !== undefined);
    });

    await t.step(
      "a second build is the same to the byte; what is not ours is left alone",
      async () => {
        const before = files.map((path) => Deno.readTextFileSync(`${package_}/${path}`));
        equal((await build()).code, 0);
        deepEqual(files.map((path) => Deno.readTextFileSync(`${package_}/${path}`)), before);
        await Deno.mkdir(`${project}/thesis`);
        await Deno.writeTextFile(`${project}/thesis/thesis.tex`, "mine");
        const refused = await runCommandLine(["package", "--out", "thesis"], {
          directory: project,
        });
        equal(refused.code, 2);
        match(refused.stderr, /^Cannot write results to a directory that holds other files .*\n$/);
        deepEqual(filesBelow(`${project}/thesis`), ["thesis.tex"]);
      },
    );
  } finally {
    await Deno.remove(project, { recursive: true });
  }
});
