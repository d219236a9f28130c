import { withTemporaryFolder } from "../on_stop.ts";

/** What to do where Jupyter is missing. */
export const INSTALL_JUPYTER =
  "Jupyter is not installed: apt-get install --no-install-recommends " +
  "jupyter-notebook jupyter-nbconvert python3-nbclient jupyter-client (or pip install notebook)";

/** Where a Python with Jupyter may be; the system's own first. Tasks name them as --allow-run. */
export const PYTHONS = ["/usr/bin/python3", "python3", "python"];

/** The kernel that Jupyter starts: it stands between Jupyter and Deno's own one. */
const LAUNCHER = new URL("./kernel/kernel.py", import.meta.url);

/**
 * Calls `use` with a Python that has Jupyter (undefined if there is none) and the environment in
 * which that finds the kernel of this Deno. Nothing is installed: the kernel is described in a
 * folder of its own, which is removed afterwards.
 *
 * @param modules What the Python has to have.
 */
export async function withKernel<T>(
  use: (python: string | undefined, env: Record<string, string>) => Promise<T>,
  modules: readonly string[] = ["nbclient", "notebook"],
): Promise<T> {
  const python = await pythonWith(modules);
  if (python === undefined) return await use(undefined, {});
  return await withTemporaryFolder("simfaas-kernel-", async (folder) => {
    await Deno.mkdir(`${folder}/kernels/deno`, { recursive: true });
    await Deno.writeTextFile(`${folder}/kernels/deno/kernel.json`, kernelSpec(python, "Deno"));
    const others = Deno.env.get("JUPYTER_PATH");
    const path = others === undefined ? folder : `${folder}:${others}`;
    return await use(python, { JUPYTER_PATH: path, NO_COLOR: "1" });
  });
}

/** What Jupyter reads of a kernel: how it is started. */
export function kernelSpec(python: string, name: string): string {
  const own = [Deno.execPath(), "jupyter", "--kernel", "--conn", "{connection_file}"];
  // The launcher listens to signals, which Windows does not have.
  const argv = Deno.build.os === "windows"
    ? own
    : [python, decodeURIComponent(LAUNCHER.pathname), Deno.execPath(), "{connection_file}"];
  const kernel = { argv, display_name: name, language: "typescript", interrupt_mode: "signal" };
  return JSON.stringify(kernel, null, 2) + "\n";
}

/**
 * Folder in which Python is started: it imports modules from where it is started first, and a user's
 * folder may hold anything.
 */
export const PYTHON_FOLDER = new URL("../../../notebooks/", import.meta.url);

/** The first Python on this machine that has these modules. */
export async function pythonWith(modules: readonly string[]): Promise<string | undefined> {
  for (const python of PYTHONS) {
    try {
      const { success } = await new Deno.Command(python, {
        args: ["-c", `import ${modules.join(", ")}`],
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
