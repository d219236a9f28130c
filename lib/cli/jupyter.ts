import { relative } from "node:path";
import type { Command } from "./command.ts";
import { INSTALL_JUPYTER, withKernel } from "./notebooks/jupyter_kernel.ts";
import { runChild } from "./run_child.ts";
import { UsageError } from "./usage_error.ts";

/** Pages that Jupyter can show notebooks in: what is started, and how one gets it. */
const PAGES = {
  notebook: { module: "notebook", install: INSTALL_JUPYTER },
  lab: { module: "jupyterlab", install: "JupyterLab is not installed: pip install jupyterlab" },
} as const;
type Page = keyof typeof PAGES;

/** Options of Jupyter by which its user says where it is to be. */
const ROOT_OPTION = /^--(notebook-dir|(\w+App)\.(notebook_dir|root_dir|default_url))(=|$)/;

/**
 * Starts a module as "python -m" does, but imports nothing from the folder that it is started in: a
 * user's folder may hold anything.
 */
const START = "import sys, runpy; sys.path[:] = [path for path in sys.path if path]; " +
  'sys.argv[0:2] = sys.argv[1:2]; runpy.run_module(sys.argv[0], run_name="__main__")';

/** The command "jupyter". */
export const jupyterCommand: Command = {
  name: "jupyter",
  summary: "Start Jupyter with the Deno kernel",
  help:
    `Starts Jupyter where you are, with the kernel of this Deno. Ctrl-C ends it with its kernels.

Usage: deno task jupyter [lab] [-- ARGUMENT...]

Starts Jupyter Notebook, or JupyterLab with "lab". Arguments are those of Jupyter: a folder or a
notebook, --port 8890, --no-browser, --ip 0.0.0.0; --allow-root for the superuser, as in a container.
"deno task jupyter -- --help" lists them.

Below the folder of SimFaaSInfer the links of its notebooks reach all of that folder.
Says in one line what to install where Jupyter is missing.`,
  async run(args, print) {
    const { page, words } = readWords(args);
    const { module, install } = PAGES[page];
    return await withKernel(async (python, env) => {
      if (python === undefined) {
        print(install);
        return 1;
      }
      const command = new Deno.Command(python, {
        args: ["-c", START, module, ...placeOptions(page, words, Deno.cwd()), "-y", ...words],
        env,
        stdin: "inherit",
        stdout: "inherit",
        stderr: "inherit",
      });
      return await runChild(command, async (child) => (await child.status).code);
    }, [module]);
  },
};

/** The page that is asked for, and the arguments that are Jupyter's. */
function readWords(args: readonly string[]): { page: Page; words: readonly string[] } {
  const [first, ...others] = args;
  const isPage = first !== undefined && Object.hasOwn(PAGES, first);
  const rest = isPage ? others : args;
  if (rest.length > 0 && rest[0] !== "--" && !rest[0].startsWith("-") && !exists(rest[0])) {
    throw new UsageError(
      `Cannot start Jupyter with "${rest[0]}" as a folder or a notebook: there is none of that ` +
        `name; "deno task jupyter --help" says what there is`,
    );
  }
  const end = rest.indexOf("--");
  const words = end === -1 ? rest : [...rest.slice(0, end), ...rest.slice(end + 1)];
  return { page: isPage ? first as Page : "notebook", words };
}

/**
 * Options that let Jupyter serve the whole repository to somebody within it, and open where they are:
 * notebooks link to pages beside their folder. None where the user says where to start.
 */
function placeOptions(page: Page, words: readonly string[], folder: string): string[] {
  const root = decodeURIComponent(new URL("../../", import.meta.url).pathname).replace(/\/$/, "");
  const isInside = folder.startsWith(`${root}/`);
  if (!isInside || words.some((word) => ROOT_OPTION.test(word) || exists(word))) return [];
  const inside = relative(root, folder).split("/").map(encodeURIComponent).join("/");
  const address = page === "lab" ? `/lab/tree/${inside}` : `/tree/${inside}`;
  // Notebook 6 is an app of its own, later ones and Lab are extensions of a server.
  const apps = page === "lab" ? ["LabApp"] : ["NotebookApp", "JupyterNotebookApp"];
  return [`--notebook-dir=${root}`, ...apps.map((app) => `--${app}.default_url=${address}`)];
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}
