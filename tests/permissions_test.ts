/**
 * The tasks of deno.json with the permissions that they name there: each runs with them, asks for
 * nothing else, and misses each of them. What SECURITY.md says about them is compared with deno.json.
 *
 * @module
 */
import { deepEqual, equal, match, notEqual, ok, throws } from "#assert";
import { PUBLIC_ADDRESS } from "../lib/cli/data/data_files.ts";
import { isTrustedAddress } from "../lib/cli/data/download_request.ts";
import { PYTHONS } from "../lib/cli/notebooks/jupyter_kernel.ts";
import { SLURM_PROGRAMS } from "../lib/experiment/slurm/scheduler.ts";
import { experimentText } from "../lib/experiment/testing_experiment.ts";

const ROOT = decodeURIComponent(new URL("../", import.meta.url).pathname);

/** One permission as a flag gives it: "allow-env" with "INIT_CWD"; "" where all is allowed. */
interface Permission {
  readonly kind: string;
  readonly value: string;
}

interface Task {
  readonly permissions: readonly Permission[];
  /** Flags other than permissions. */
  readonly others: readonly string[];
  readonly script: readonly string[];
}

const { tasks } = JSON.parse(Deno.readTextFileSync(`${ROOT}deno.json`)) as {
  readonly tasks: Readonly<Record<string, { readonly command: string }>>;
};

function taskOf(name: string): Task {
  const [program, run, ...words] = tasks[name].command.split(" ");
  deepEqual([program, run], ["deno", "run"]);
  const end = words.findIndex((word) => !word.startsWith("-"));
  const flags = words.slice(0, end);
  const permissions = flags.filter((flag) => flag.startsWith("--allow-")).flatMap((flag) => {
    const [kind, values = ""] = flag.slice(2).split("=");
    return values.split(",").map((value) => ({ kind, value }));
  });
  return {
    permissions,
    others: flags.filter((flag) => !flag.startsWith("--allow-")),
    script: words.slice(end),
  };
}

function flagsOf(permissions: readonly Permission[]): string[] {
  const kinds = [...new Set(permissions.map(({ kind }) => kind))];
  return kinds.map((kind) => {
    const values = permissions.filter((one) => one.kind === kind).map(({ value }) => value);
    return values[0] === "" ? `--${kind}` : `--${kind}=${values.join(",")}`;
  });
}

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /**
   * What the program asked leave for, such as "env INIT_CWD". Files are left out (the audit does not
   * tell reading from writing), and so are programs, which it does not know.
   */
  readonly asked: ReadonlySet<string>;
}

/** Runs a task's script in `folder` with permissions. */
async function run(
  { others, script }: Task,
  permissions: readonly Permission[],
  args: readonly string[],
  folder: string,
): Promise<Outcome> {
  const audit = await Deno.makeTempFile();
  try {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", ...others, ...flagsOf(permissions), ...script, ...args],
      cwd: ROOT,
      env: {
        ...{ INIT_CWD: folder, SIMFAAS_DATA: `${folder}/data`, NO_COLOR: "1" },
        DENO_AUDIT_PERMISSIONS: audit,
      },
      stdin: "null",
    }).output();
    const asked = (await Deno.readTextFile(audit)).split("\n").filter((line) => line !== "")
      .map((line) => JSON.parse(line) as { permission: string; value?: string })
      .filter(({ permission }) => !["read", "write", "run"].includes(permission))
      .map(({ permission, value = "" }) =>
        `${permission} ${
          permission === "net" ? value.replace(/^https?:\/\//, "").replace(/[/:].*$/, "") : value
        }`
      );
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    return { code, stdout: text(stdout), stderr: text(stderr), asked: new Set(asked) };
  } finally {
    await Deno.remove(audit);
  }
}

/** A command line of a task. */
interface Line {
  readonly args: readonly string[];
  /** What it does with all permissions: exit code 0 unless told. */
  readonly code?: number;
  readonly says?: RegExp;
  /** Cheaper arguments that miss each permission to read, write and run just as well. */
  readonly missing?: readonly string[];
  /** A task and its arguments that make what it needs. */
  readonly before?: readonly [string, ...string[]];
}

const CONFIG = "workload: { type: poisson, arrival_rate: 5, num_requests: 60 }\n";
const DEPLOYMENT = `
apiVersion: apps/v1
kind: Deployment
spec:
  template: { spec: { containers: [{ name: a, command: [vllm, serve, Qwen/Qwen3-14B] }] } }
`;
const FOLDERS = ["--experiments", "experiments", "--out", "runs"];

/** What is typical of each task, cheap enough for a test; together its lines need all it names. */
const TYPICAL: Readonly<Record<string, (address: string) => readonly Line[]>> = {
  simulate: () => [{
    args: ["a.yaml", "--out", "out", "--figures", "--timing", "t.json", "--quiet"]
      .concat(["--set", "simulation.replications=2", "--set", "output.figures=[svg]"]),
    missing: ["a.yaml", "--out", "out", "--quiet"],
  }],
  import: () => [{ args: ["deployment.yaml"] }],
  schema: () => [{ args: ["--out", "schema.json"] }],
  plot: () => [{
    args: ["results", "--figure", "cost"],
    before: ["simulate", "a.yaml", "--out", "results"],
  }],
  data: (address) => [
    { args: ["list"] },
    {
      args: ["fetch", "simfaas", "--folder", "to", "--address", address],
      code: 2,
      says: /the server sends more/,
    },
  ],
  profile: () => [
    { args: ["show", "rtx-4090", "--coverage", "coverage.svg"] },
    { args: ["derive", "h100-sxm"], code: 2 },
  ],
  coldstart: () => [{ args: ["llama-3.1-8b", "--figure", "start.png"] }],
  experiment: () => [{ args: ["reproduce", "--pin", "--workers", "2", "--quiet", ...FOLDERS] }],
  pipeline: () => [{
    args: ["--again", "--notebooks", "data", ...FOLDERS],
    before: ["experiment", "reproduce", "--pin", "--quiet", ...FOLDERS],
  }],
  list: () => [{ args: ["scaling"] }],
  targets: () => [{ args: ["medusa-asplos25"] }],
};

/** Calls `use` with a folder that holds what the lines above name, and a server of nonsense. */
async function withFolder(use: (folder: string, address: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => new Response("x".repeat(10_000)),
  );
  try {
    Deno.writeTextFileSync(`${folder}/a.yaml`, CONFIG);
    Deno.writeTextFileSync(`${folder}/deployment.yaml`, DEPLOYMENT);
    Deno.mkdirSync(`${folder}/data/tiny`, { recursive: true });
    Deno.mkdirSync(`${folder}/data/aiconfigurator`);
    Deno.writeTextFileSync(`${folder}/data/tiny/a.csv`, "a\n1\n");
    Deno.mkdirSync(`${folder}/experiments/00_test`, { recursive: true });
    Deno.writeTextFileSync(
      `${folder}/experiments/00_test/experiment.ts`,
      experimentText(`
        factors: { a: [1, 2] },
        inputs: { rows: { dataset: "tiny", path: "a.csv" } },
        run: ({ cell }) => ({ y: cell.a }),
        headlines: (rows) => ({ rows: rows.length }),`),
    );
    await use(folder, `http://127.0.0.1:${server.addr.port}`);
  } finally {
    await server.shutdown();
    await Deno.remove(folder, { recursive: true });
  }
}

/** What a program asks leave for when it needs a permission, as the audit writes it. */
function askedFor({ kind, value }: Permission): string {
  return `${kind.replace("allow-", "")} ${value}`;
}

/** Whether a git repository and git itself are there: what the permission to run git is for. */
async function hasGit(): Promise<boolean> {
  try {
    const { success } = await new Deno.Command("git", {
      args: ["rev-parse", "HEAD"],
      cwd: ROOT,
      stdout: "null",
      stderr: "null",
    }).output();
    return success;
  } catch {
    return false;
  }
}

/** Revisions of the code in the manifests below a folder. */
function revisions(folder: string): unknown[] {
  return ["out", "runs/00_test"].flatMap((name) => {
    try {
      return [JSON.parse(Deno.readTextFileSync(`${folder}/${name}/manifest.json`)).code.revision];
    } catch {
      return [];
    }
  });
}

/** Permissions for Jupyter, which the notebooks' own test is about. */
const OF_JUPYTER = new Set<string>(["JUPYTER_PATH", ...PYTHONS]);

/** Permissions for Slurm, which the tests of its own are about. */
const OF_SLURM = new Set<string>(SLURM_PROGRAMS);

for (const [name, lines] of Object.entries(TYPICAL)) {
  Deno.test(`deno task ${name} needs the permissions that it names, and no others`, async () => {
    await withFolder(async (folder, address) => {
      const task = taskOf(name);
      const asked = new Set<string>();
      for (const { args, code = 0, says, before } of lines(address)) {
        if (before !== undefined) {
          const [other, ...theirs] = before;
          await run(taskOf(other), taskOf(other).permissions, theirs, folder);
        }
        const outcome = await run(task, task.permissions, args, folder);
        equal(outcome.code, code, outcome.stderr + outcome.stdout);
        if (says !== undefined) match(outcome.stderr, says);
        for (const one of outcome.asked) asked.add(one);
      }
      const named = new Set(task.permissions.map(askedFor));
      for (const one of asked) ok(named.has(one), `${one} is not named`);
      const git = await hasGit();
      ok(revisions(folder).every((revision) => (revision !== null) === git));
      for (const permission of task.permissions) {
        if (OF_JUPYTER.has(permission.value) || OF_SLURM.has(permission.value)) continue;
        const others = task.permissions.filter((one) => one !== permission);
        if (/-(env|sys|net)$/.test(permission.kind)) {
          const missed = asked.has(askedFor(permission)) ||
            [...asked].some((one) => one.startsWith(`${askedFor(permission)}:`));
          ok(missed || SERVERS.has(permission.value), `${permission.value} is not asked for`);
          continue;
        }
        const outcomes: boolean[] = [];
        for (const { args, missing = args, code = 0, says = /^/ } of lines(address)) {
          const outcome = await run(task, others, missing, folder);
          outcomes.push(outcome.code === code && says.test(outcome.stderr));
        }
        if (permission.value === "git") {
          ok(outcomes.every((same) => same), "results without their revision are written");
          if (git) deepEqual([...new Set(revisions(folder))], [null]);
        } else ok(outcomes.includes(false), `${permission.kind} is not missed`);
      }
    });
  });
}

/** Servers of the task "data" that its line above does not ask. */
const SERVERS = new Set(["raw.githubusercontent.com", "localhost", "[::1]"]);

Deno.test("deno task data connects to the public address and to this machine alone", async () => {
  const servers = taskOf("data").permissions.filter(({ kind }) => kind === "allow-net")
    .map(({ value }) => value);
  for (const server of servers) {
    equal(isTrustedAddress(new URL(`http://${server}`)), !PUBLIC_ADDRESS.endsWith(server), server);
  }
  await withFolder(async (folder) => {
    const task = taskOf("data");
    const args = ["fetch", "simfaas", "--folder", "to", "--address", "https://example.org"];
    const outcome = await run(task, task.permissions, args, folder);
    equal(outcome.code, 2);
    match(
      outcome.stderr,
      /^Cannot connect to example\.org with the permissions of this task: .*\n$/,
    );
  });
});

Deno.test("deno task notebooks needs the permissions that it names, and tasks that are not run here are like others", async () => {
  await withFolder(async (folder) => {
    const task = taskOf("notebooks");
    const args = ["--notebooks", "data"];
    // Python would import this from the folder that it is started in.
    Deno.writeTextFileSync(
      `${folder}/nbclient.py`,
      `open(${JSON.stringify(`${folder}/ran`)}, "w")`,
    );
    const { code, stdout, stderr } = await run(task, task.permissions, args, folder);
    throws(() => Deno.statSync(`${folder}/ran`), Deno.errors.NotFound);
    // Without Jupyter the answer is 1, and says what to install.
    ok(code === 0 || stdout.startsWith("Jupyter is not installed"), stderr);
    for (const kind of ["allow-read", "allow-write", "allow-run", "allow-env"]) {
      const others = task.permissions.filter((one) => one.kind !== kind);
      notEqual(others.length, task.permissions.length);
      const without = await run(task, others, args, folder);
      match(without.stderr, /Requires|not found/, kind);
    }
  });
  const programs = (name: string) =>
    taskOf(name).permissions.filter(({ kind }) => kind === "allow-run").map(({ value }) => value);
  deepEqual(programs("notebooks"), [...PYTHONS]);
  deepEqual(programs("experiment"), ["git", ...SLURM_PROGRAMS]);
  deepEqual(programs("pipeline"), ["git", ...SLURM_PROGRAMS, ...PYTHONS]);
  // "demo" is a simulation of more requests. "jupyter" starts a server, and "calibrate" takes minutes: they need what their neighbours need.
  deepEqual(taskOf("demo").permissions, taskOf("simulate").permissions);
  deepEqual(taskOf("jupyter").permissions, taskOf("notebooks").permissions);
  deepEqual(taskOf("sensitivity").permissions, taskOf("plot").permissions);
  deepEqual(taskOf("calibrate").permissions, taskOf("validate").permissions);
});

Deno.test("deno task validate needs the permissions that it names", async () => {
  const task = taskOf("validate");
  await withFolder(async (folder) => {
    const args = ["--quick", "--figures", "figures"];
    const outcome = await run(task, task.permissions, args, folder);
    deepEqual([...outcome.asked].sort(), ["env INIT_CWD", "env SIMFAAS_DATA"]);
    // Without the measurements nothing is replayed, and nothing written.
    if (outcome.code === 2) return match(outcome.stderr, /deno task data fetch/);
    equal(outcome.code, 0, outcome.stderr);
    const others = task.permissions.filter(({ kind }) => kind !== "allow-write");
    const without = await run(task, others, args, folder);
    equal(without.code, 2);
    match(without.stderr, /Requires write access/);
  });
});

Deno.test("deno task reference writes the folders of its files alone", async () => {
  const task = taskOf("reference");
  const files = task.permissions.map(({ value }) => value);
  const folders = ["docs", "lib/config", "lib/metrics"];
  deepEqual(files, [...folders, ...folders]);
  // It is not run with them: other tests read these files.
  const { code, stderr } = await run(task, [], [], ROOT);
  notEqual(code, 0);
  match(stderr, /Requires read access to ".*docs\/configuration\.md"/);
});

Deno.test("no task but those that measure and test may do everything, and none runs native code", () => {
  const everything = Object.entries(tasks).filter(([, { command }]) =>
    / (-A|--allow-all|--allow-ffi\S*)( |$)/.test(command)
  ).map(([name]) => name);
  deepEqual(
    everything.filter((name) => !/^(bench|test|test:soak|check|mutate|package)$/.test(name)),
    [],
  );
  for (const [name, { command }] of Object.entries(tasks)) {
    if (everything.includes(name) || !command.startsWith("deno run ")) continue;
    ok(command.includes(" --no-prompt "), `${name} asks nobody`);
  }
});

Deno.test("SECURITY.md lists the permissions of every task as deno.json does", () => {
  const page = Deno.readTextFileSync(`${ROOT}SECURITY.md`);
  const rows = [...page.matchAll(/^\| ((?:`[a-z:]+`(?:, )?)+) +\| (.*?) +\| .*? +\|$/gm)];
  const listed = Object.fromEntries(
    rows.flatMap(([, names, flags]) =>
      names.match(/[a-z:]+/g)!.map((name) => [name, flags.match(/[^`\s]+(?=`)/g) ?? []])
    ),
  );
  const declared = Object.fromEntries(
    Object.entries(tasks).filter(([, { command }]) => command.startsWith("deno run -")).map(
      ([name, { command }]) => [name, command.match(/-A|--allow-\S+/g) ?? []],
    ),
  );
  deepEqual(listed, declared);
});
