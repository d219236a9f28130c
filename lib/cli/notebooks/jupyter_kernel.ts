import { withTemporaryFolder } from "../on_stop.ts";

/** What to do where Jupyter is missing. */
export const INSTALL_JUPYTER =
  "Jupyter is not installed: apt-get install --no-install-recommends " +
  "jupyter-notebook jupyter-nbconvert python3-nbclient jupyter-client (or pip install notebook)";

/** Where a Python with Jupyter may be; the system's own first. Tasks name them as --allow-run. */
export const PYTHONS = ["/usr/bin/python3", "python3", "python"];

/**
 * Calls `use` with a Python that has Jupyter (undefined if there is none) and the environment in
 * which that finds the kernel of this Deno. Nothing is installed: the kernel is described in a
 * folder of its own, which is removed afterwards.
 */
export async function withKernel<T>(
  use: (python: string | undefined, env: Record<string, string>) => Promise<T>,
): Promise<T> {
  return await withTemporaryFolder("simfaas-kernel-", async (folder) => {
    await Deno.mkdir(`${folder}/kernels/deno`, { recursive: true });
    const kernel = {
      argv: [Deno.execPath(), "jupyter", "--kernel", "--conn", "{connection_file}"],
      display_name: "Deno",
      language: "typescript",
    };
    await Deno.writeTextFile(`${folder}/kernels/deno/kernel.json`, JSON.stringify(kernel));
    const others = Deno.env.get("JUPYTER_PATH");
    const path = others === undefined ? folder : `${folder}:${others}`;
    return await use(await pythonWithJupyter(), { JUPYTER_PATH: path, NO_COLOR: "1" });
  });
}

/**
 * Folder in which Python is started: it imports modules from where it is started first, and a user's
 * folder may hold anything.
 */
export const PYTHON_FOLDER = new URL("../../../notebooks/", import.meta.url);

async function pythonWithJupyter(): Promise<string | undefined> {
  for (const python of PYTHONS) {
    try {
      const { success } = await new Deno.Command(python, {
        args: ["-c", "import nbclient, notebook"],
        cwd: PYTHON_FOLDER,
        stdout: "null",
        stderr: "null",
      }).output();
      if (success) return python;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return undefined;
}
