import { readArguments } from "./arguments.ts";
import type { Command } from "./command.ts";
import { INSTALL_JUPYTER, PYTHON_FOLDER, withKernel } from "./notebooks/jupyter_kernel.ts";
import { runChild } from "./run_child.ts";

/** The command "jupyter". */
export const jupyterCommand: Command = {
  name: "jupyter",
  summary: "Start Jupyter with the Deno kernel",
  help: `Starts Jupyter in the folder of the notebooks, with the kernel of this Deno.

Usage: deno task jupyter

Says in one line what to install where Jupyter is missing.`,
  async run(args, print) {
    readArguments("jupyter", args, [], 0);
    const folder = decodeURIComponent(new URL("../../notebooks", import.meta.url).pathname);
    return await withKernel(async (python, env) => {
      if (python === undefined) {
        print(INSTALL_JUPYTER);
        return 1;
      }
      const command = new Deno.Command(python, {
        args: ["-m", "notebook", "--notebook-dir", folder],
        cwd: PYTHON_FOLDER,
        env,
        stdin: "inherit",
        stdout: "inherit",
        stderr: "inherit",
      });
      return await runChild(command, async (child) => (await child.status).code);
    });
  },
};
