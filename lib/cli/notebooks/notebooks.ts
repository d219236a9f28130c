import { resolve } from "node:path";
import { suggest } from "../../std/suggest.ts";
import { exists } from "../../results/exists.ts";
import { parseInput } from "../../std/input_error.ts";
import { parseJson } from "../../std/json.ts";
import { RESULTS_VARIABLE } from "../../report/results_folder.ts";
import { type CommandOption, describeOptions, readArguments } from "../arguments.ts";
import type { Command } from "../command.ts";
import { INSTALL_JUPYTER, withKernel } from "./jupyter_kernel.ts";
import { readInput } from "../read_input.ts";
import { writeNotebookFolder } from "./new_folder.ts";
import { runChild } from "../run_child.ts";
import { UsageError } from "../usage_error.ts";

const OPTIONS: readonly CommandOption[] = [
  { name: "check", describe: "Fail where outputs differ from those in the files; write nothing" },
  { name: "notebooks", value: "DIR", describe: "Folder of the notebooks (notebooks)" },
];

/** The command "notebooks". */
export const notebooksCommand: Command = {
  name: "notebooks",
  summary: "Execute the notebooks with the real kernel and check their outputs",
  help: `Executes notebooks with the Deno kernel, as Jupyter does, and writes their outputs.

Usage: deno task notebooks [NAME...] [--check]
       deno task notebooks new DIR

"new" writes a folder in which notebooks work, wherever it is: a deno.json and a first notebook.
Execution fails on a cell that ends in an error, on a code cell without output, on a figure without PNG.

${describeOptions(OPTIONS)}`,
  async run(args, print) {
    const given = readArguments("notebooks", args, OPTIONS);
    if (given.positional[0] === "new") {
      const [, folder, ...others] = given.positional;
      if (folder === undefined || others.length > 0) {
        throw new UsageError('Cannot write a folder of notebooks: write "notebooks new DIR"');
      }
      writeNotebookFolder(resolve(folder), print);
      return 0;
    }
    const usual = decodeURIComponent(new URL("../../../notebooks", import.meta.url).pathname);
    const folder = resolve(given.value("notebooks") ?? usual);
    checkNotebookFolder(given.value("notebooks"));
    const names = notebookNames(folder);
    const chosen = given.positional.map((name) => {
      const found = names.find((known) => known === name || known.split("_")[0] === name);
      if (found !== undefined) return found;
      const near = suggest(name, names);
      throw new UsageError(
        `Cannot find a notebook as one of ${names.join(", ")}` +
          `${near === undefined ? "" : ` (did you mean ${near}?)`}: current value is "${name}"`,
      );
    });
    const wanted = chosen.length === 0 ? names : chosen;
    return await runNotebooks(folder, wanted, print, { check: given.flag("check") });
  },
};

/** Names of the notebooks in a folder, without ".ipynb", in their order. */
export function notebookNames(folder: string): string[] {
  try {
    return Array.from(Deno.readDirSync(folder), ({ name }) => name)
      .filter((name) => name.endsWith(".ipynb"))
      .map((name) => name.replace(/\.ipynb$/, "")).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** @throws {UsageError} If a folder of notebooks is named that is not there. */
export function checkNotebookFolder(given: string | undefined): void {
  if (given === undefined || exists(resolve(given))) return;
  throw new UsageError(`Cannot find notebooks in a folder: current value is "${given}"`);
}

/** @throws {RangeError} If a file is no notebook. */
function checkNotebook(path: string): void {
  const what = "a notebook";
  parseInput({ file: path, what }, readInput(path, what), (text) => {
    const { cells, nbformat } = Object(parseJson(text));
    if (Array.isArray(cells) && Number.isInteger(nbformat)) return;
    throw new SyntaxError("Cannot read the file as a notebook: current value is other JSON");
  });
}

/** Options of {@linkcode runNotebooks}. */
export interface NotebookOptions {
  /** Compare with the outputs in the files rather than write them. */
  readonly check?: boolean;
  /** Folder of the experiments' results that the notebooks read; default the usual one. */
  readonly results?: string;
}

/**
 * Executes notebooks one after the other.
 *
 * @returns 0, or 1 when one fails or Jupyter is not there.
 * @throws {RangeError} If a file is no notebook.
 */
export async function runNotebooks(
  folder: string,
  names: readonly string[],
  print: (line: string) => void,
  { check = false, results }: NotebookOptions = {},
): Promise<number> {
  const program = decodeURIComponent(
    new URL("../../../notebooks/execute.py", import.meta.url).pathname,
  );
  for (const name of names) checkNotebook(`${folder}/${name}.ipynb`);
  return await withKernel(async (python, env) => {
    if (python === undefined) {
      print(INSTALL_JUPYTER);
      return 1;
    }
    const command = new Deno.Command(python, {
      args: [
        program,
        ...(check ? ["--check"] : []),
        ...names.map((name) => `${folder}/${name}.ipynb`),
      ],
      env: { ...env, ...(results !== undefined && { [RESULTS_VARIABLE]: results }) },
      stdin: "null",
      stdout: "piped",
      stderr: "inherit",
    });
    return await runChild(command, async (child) => {
      const text = await new Response(child.stdout).text();
      for (const line of text.trimEnd().split("\n")) print(line);
      return (await child.status).success ? 0 : 1;
    });
  });
}
