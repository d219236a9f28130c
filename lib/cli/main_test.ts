import { deepEqual, equal, match, ok } from "#assert";
import deno from "../../deno.json" with { type: "json" };
import { loadConfig } from "../config/load.ts";
import type { Command } from "./command.ts";
import { main } from "./main.ts";
import { runCommandLine, withFiles } from "./testing_command_line.ts";
import { isUsersMistake, UsageError } from "./usage_error.ts";

/** Exit code and lines of a call in this process. */
async function call(...args: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const code = await main(args, (line) => out.push(line), (line) => err.push(line));
  return { code, out: out.join("\n"), err };
}

/** Names in the list of commands. */
async function commandNames(): Promise<string[]> {
  const { out } = await call("--help");
  return [...out.matchAll(/^ {2}(\S+) {2,}\S/gm)].map((found) => found[1]);
}

Deno.test("--version says which version this is, beside a command too", async () => {
  for (const args of [["--version"], ["-V"], ["simulate", "--version"]]) {
    const { code, out } = await call(...args);
    equal(code, 0);
    equal(out, `simfaasinfer ${deno.version} (deno ${Deno.version.deno})`);
  }
});

Deno.test("the program without a command, with --help, -h and help prints the list of commands", async () => {
  const { code, out } = await call();
  equal(code, 0);
  match(out, /^Usage: /);
  for (const name of ["demo", "simulate", "schema"]) ok((await commandNames()).includes(name));
  for (const argument of ["--help", "-h", "help"]) deepEqual((await call(argument)).out, out);
});

Deno.test("every command has a help of its own, which names it, under --help and -h", async () => {
  for (const name of await commandNames()) {
    const { code, out, err } = await call(name, "--help");
    equal(code, 0, name);
    deepEqual(err, []);
    match(out, new RegExp(`deno task ${name}\\b`), name);
    equal((await call(name, "-h")).out, out);
  }
});

Deno.test("the settings that the help of simulate shows are settings", async () => {
  const { out } = await call("simulate", "--help");
  const set = [...out.matchAll(/--set ([a-z_.]+=\S+)/g)].map((found) => found[1]);
  ok(set.length >= 2);
  const { workload } = loadConfig([], { set });
  deepEqual([workload.type, workload.arrival_rate], ["poisson", 5]);
  for (const line of out.split("\n")) ok(line.length <= 100, line);
});

Deno.test("the list's summary of a command is the command's own", async () => {
  const { out } = await call("--help");
  const commands: Command[] = [
    (await import("./simulate/simulate.ts")).simulateCommand,
    (await import("./demo.ts")).demoCommand,
    (await import("./plot.ts")).plotCommand,
    (await import("./schema.ts")).schemaCommand,
    (await import("./coldstart/coldstart.ts")).coldstartCommand,
    (await import("./data/data.ts")).dataCommand,
    (await import("./profile/profile.ts")).profileCommand,
    (await import("./targets.ts")).targetsCommand,
  ];
  for (const { name, summary } of commands) ok(out.includes(summary), name);
});

Deno.test("every command is a task with a description", async () => {
  const tasks = deno.tasks as Readonly<Record<string, { description: string; command: string }>>;
  for (const name of await commandNames()) {
    match(tasks[name].command, new RegExp(`^deno run (-\\S+ )+lib/cli/main\\.ts ${name}$`));
    ok(tasks[name].description.length > 10);
  }
});

Deno.test("an unknown command is one line with the nearest command, and exit code 2", async () => {
  const near = await call("simluate", "x.yaml");
  equal(near.code, 2);
  equal(near.err.length, 1);
  match(near.err[0], /"simluate".*did you mean simulate\?/);
  const far = await call("zzzzzzzz");
  equal(far.code, 2);
  match(far.err[0], /"zzzzzzzz".*demo, simulate/);
  equal((await call("constructor")).code, 2);
});

Deno.test("a mistake in the program is told apart from one in its input", () => {
  const engine = (fail: () => void) => {
    try {
      fail();
    } catch (error) {
      return error;
    }
  };
  // deno-lint-ignore no-explicit-any
  equal(isUsersMistake(engine(() => (undefined as any).x)), false);
  equal(isUsersMistake(engine(() => new Float64Array(-1))), false);
  equal(isUsersMistake(new Error("Cannot be")), false);
  equal(isUsersMistake(new UsageError("Cannot read x")), true);
  equal(isUsersMistake(new SyntaxError("Cannot read a as b: current value is c")), true);
  equal(
    isUsersMistake(new SyntaxError("t.csv:3:29: Cannot read a as b: current value is c")),
    true,
  );
  equal(isUsersMistake(engine(() => JSON.parse("{"))), false);
  equal(isUsersMistake(engine(() => Deno.readTextFileSync("/there/is/no/such/file"))), true);
});

Deno.test("schema prints the JSON Schema, or writes it to a file", async () => {
  await withFiles({}, async (directory) => {
    const { code, out } = await call("schema");
    equal(code, 0);
    const schema = JSON.parse(out);
    ok("workload" in schema.properties);
    const path = `${directory}/schema.json`;
    equal((await call("schema", "--out", path)).code, 0);
    deepEqual(JSON.parse(await Deno.readTextFile(path)), schema);
    deepEqual(Array.from(Deno.readDirSync(directory), (entry) => entry.name), ["schema.json"]);
    const below = await call("schema", "--out", `${path}/schema.json`);
    equal(below.code, 2);
    match(below.err[0], /^Cannot write the schema to a file \(not a directory\)/);
  });
});

Deno.test("the command line reads no module of a command before it is needed", async () => {
  const graph = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", decodeURIComponent(new URL("./main.ts", import.meta.url).pathname)],
    stdout: "piped",
    stderr: "null",
  }).output();
  // What `import()` names with a literal is in the graph too: Deno reads it at the start.
  const { modules } = JSON.parse(new TextDecoder().decode(graph.stdout)) as {
    modules: { specifier: string }[];
  };
  const specifiers = modules.map(({ specifier }) => specifier);
  ok(specifiers.includes(new URL("./main.ts", import.meta.url).href));
  deepEqual(specifiers.filter((specifier) => specifier.startsWith("npm:")), []);
  ok(specifiers.length <= 11, specifiers.join(" "));
});

Deno.test("as a process: help on stdout and code 0, a mistake on stderr and code 2", async () => {
  await withFiles({}, async (directory) => {
    const help = await runCommandLine(["--help"], { directory });
    equal(help.code, 0);
    equal(help.stderr, "");
    const mistake = await runCommandLine(["simluate"], { directory });
    equal(mistake.code, 2);
    equal(mistake.stdout, "");
    equal(mistake.stderr.trimEnd().split("\n").length, 1);
  });
});

Deno.test("as a task: paths count from the directory that the user called from", async () => {
  const root = decodeURIComponent(new URL("../../", import.meta.url).pathname);
  await withFiles({}, async (directory) => {
    const run = await runCommandLine(["schema", "--out", "s.json"], {
      directory: root,
      env: { INIT_CWD: directory },
    });
    equal(run.code, 0, run.stderr);
    ok((await Deno.stat(`${directory}/s.json`)).isFile);
  });
});
