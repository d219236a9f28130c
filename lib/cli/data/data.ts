import cliProgress from "npm:cli-progress@3.12.0";
import { type DataSource, dataSource, dataSources } from "../../results/data_sources.ts";
import {
  externalData,
  externalDataFolders,
  findExternalData,
} from "../../results/external_data.ts";
import { describeOptions, readArguments } from "../arguments.ts";
import type { Command } from "../command.ts";
import { checkFile, fetchDataSource } from "./data_files.ts";
import { UsageError } from "../usage_error.ts";

const OPTIONS = [
  { name: "folder", value: "DIR", describe: "fetch: where to; default data/external" },
  {
    name: "address",
    value: "URL",
    describe: "fetch: another server with the same paths, by https",
  },
] as const;

const HELP = `Usage: deno task data <command> [ID...] [OPTION...]

  list [ID...]    the external data sets, and whether a copy is present
  fetch [ID...]   download them to data/external (all without an ID)
  verify [ID...]  check the digest of every file that is present

${describeOptions(OPTIONS)}

Files are compared with their size and SHA-256; what an interrupted fetch left is continued. The task
may connect to raw.githubusercontent.com and to this machine; for another server, allow it yourself:
  deno run --allow-read --allow-write --allow-env --allow-net=HOST lib/cli/main.ts data fetch \\
    --address https://HOST

A data set is looked for in the folder that SIMFAAS_DATA names, in data/external, in
../shared/reference. A derived set is a table made from a repository's files; nobody offers it, so
that it cannot be fetched: "list" says what it is made from.`;

const ACTIONS: Readonly<Record<string, typeof list>> = { list, fetch: fetchSets, verify };

/**
 * Runs "data". Returns the exit code: 1 where a digest differs.
 *
 * @throws {UsageError} For a wrong command line.
 */
export async function runData(
  args: readonly string[],
  print: (line: string) => void,
): Promise<number> {
  const options = readArguments("data", args, OPTIONS);
  const [name, ...ids] = options.positional;
  if (name === undefined || options.flag("help")) {
    print(HELP);
    return 0;
  }
  if (!Object.hasOwn(ACTIONS, name)) {
    throw new UsageError(
      `Cannot run "data ${name}" as one of ${Object.keys(ACTIONS).join(", ")}: ` +
        `"data --help" explains them`,
    );
  }
  const chosen = ids.length === 0 ? dataSources() : ids.map(dataSource);
  return await ACTIONS[name](chosen, print, {
    named: ids.length > 0,
    folder: options.value("folder") ?? externalDataFolders().at(-2)!,
    address: options.value("address"),
  });
}

interface Choice {
  /** Whether the data sets were named one by one. */
  readonly named: boolean;
  readonly folder: string;
  readonly address?: string;
}

// deno-lint-ignore require-await
async function list(
  chosen: readonly DataSource[],
  print: (line: string) => void,
  _choice: Choice,
): Promise<number> {
  for (const { id, what, repository, licence, derived, files } of chosen) {
    const megabytes = (bytesOf(files) / 1e6).toFixed(bytesOf(files) < 1e5 ? 2 : 1);
    print(`${id}  ${megabytes} MB  ${licence}  ${findExternalData(id) ?? "not present"}`);
    print(`  ${what} (${derived === undefined ? "" : "derived from "}${repository})`);
    if (derived !== undefined) print(`  ${derived}`);
  }
  return 0;
}

async function fetchSets(
  chosen: readonly DataSource[],
  print: (line: string) => void,
  { named, folder, address }: Choice,
): Promise<number> {
  for (const source of chosen) {
    if (source.derived !== undefined) {
      print(derivedLine(source, named));
      continue;
    }
    const total = bytesOf(source.files);
    const bar = new cliProgress.SingleBar({
      format: `${source.id} [{bar}] {percentage} %  {value}/{total} bytes`,
      noTTYOutput: false,
    });
    bar.start(total, 0);
    try {
      const onProgress = (bytes: number) => bar.update(bytes);
      await fetchDataSource(source, { folder, address, onProgress });
    } finally {
      bar.stop();
    }
    print(`${source.id}: ${source.files.length} files under ${folder}/${source.id}`);
  }
  return 0;
}

/** What is to say about a derived set; it is an error that one who asks for it by name has none. */
function derivedLine({ id, repository, commit, files }: DataSource, named: boolean): string {
  const missing = files.filter((file) => findExternalData(id, file.path) === undefined);
  if (missing.length === 0) return `${id}: derived, present at ${externalData(id)}`;
  const how = `made from github.com/${repository} at ${commit}, see "deno task data list ${id}"`;
  if (named) {
    throw new UsageError(
      `Cannot fetch ${id} as files of a repository: it is ${how}; put ` +
        `${missing.map((file) => file.path).join(", ")} into SIMFAAS_DATA/${id}`,
    );
  }
  return `${id}: not fetched, ${how}`;
}

async function verify(
  chosen: readonly DataSource[],
  print: (line: string) => void,
  _choice: Choice,
): Promise<number> {
  let wrong = 0;
  for (const source of chosen) {
    const states = { right: 0, wrong: 0, missing: 0 };
    for (const file of source.files) {
      const path = findExternalData(source.id, file.path);
      const state = path === undefined ? "missing" : await checkFile(path, file);
      states[state]++;
      if (state === "wrong") print(`${source.id}: ${file.path} differs from its digest`);
    }
    wrong += states.wrong;
    print(`${source.id}: ${states.right} right, ${states.wrong} wrong, ${states.missing} missing`);
  }
  return wrong === 0 ? 0 : 1;
}

function bytesOf(files: DataSource["files"]): number {
  return files.reduce((sum, file) => sum + file.bytes, 0);
}

/** The command "data". */
export const dataCommand: Command = {
  name: "data",
  summary: "List, fetch and verify external data sets",
  help: HELP,
  run: runData,
};
