/** A task of an array as squeue shows it. */
export interface ArrayTask {
  /** Name of the job. */
  readonly job: string;
  /** Number of the job: of two of the same name the later one has the higher, mostly. */
  readonly number: number;
  /** Its number in the array. */
  readonly index: number;
  /** Slurm's word for its state, such as "RUNNING". */
  readonly state: string;
}

/** Slurm's programs that are called; deno.json gives leave for them. */
export const SLURM_PROGRAMS = ["sbatch", "squeue", "scancel"] as const;
type Program = (typeof SLURM_PROGRAMS)[number];

/** States from which a task may still come to run: it waits, runs, or is about to begin or to end. */
const ACTIVE = new Set(
  ("PENDING CONFIGURING RUNNING COMPLETING SUSPENDED STOPPED STAGE_OUT SIGNALING RESIZING " +
    "REQUEUED REQUEUE_FED REQUEUE_HOLD RESV_DEL_HOLD SPECIAL_EXIT").split(" "),
);

/** Whether a task may still write something. */
export function isActive({ state }: ArrayTask): boolean {
  return ACTIVE.has(state);
}

/**
 * Checks that arrays can be submitted from here.
 *
 * @throws {RangeError} If one of Slurm's programs is not on the PATH, or may not be started.
 */
export async function checkSlurm(): Promise<void> {
  for (const program of ["sbatch", "squeue"] as const) await call(program, ["--version"]);
}

/**
 * Submits a script, and gives the number of its job.
 *
 * @param identity Options of the script by which its tasks are found again. They are given once more,
 * since variables such as `SBATCH_JOB_NAME` come before the options in a script.
 * @throws {RangeError} If Slurm refuses it, with Slurm's reason.
 */
export async function submitScript(path: string, identity: readonly string[]): Promise<string> {
  const { error, stdout } = await call("sbatch", ["--parsable", ...identity, path]);
  if (error !== undefined) {
    const hint = /array/i.test(error) ? `; "tasks" in the site file bounds the array` : "";
    throw new RangeError(
      `Cannot submit an array as Slurm takes it: current value is ${error}${hint}`,
    );
  }
  return stdout.trim().split(";")[0];
}

/**
 * The tasks of these jobs that Slurm still knows: all that have not ended, and for a few minutes
 * those that have.
 *
 * @returns What went wrong, where Slurm does not answer.
 * @throws {RangeError} If there is no squeue to ask.
 */
export async function arrayTasks(jobs: readonly string[]): Promise<ArrayTask[] | string> {
  if (jobs.length === 0) return [];
  const format = ["--noheader", "--array", "--states=all", "--format=%j|%K|%T|%A"];
  const { error, stdout } = await call("squeue", [...format, `--name=${jobs.join(",")}`]);
  if (error !== undefined) return error;
  return stdout.split("\n").flatMap((line) => {
    const [job, index, state, number] = line.trim().split("|");
    if (!jobs.includes(job) || !/^\d+$/.test(index)) return [];
    return [{ job, number: Number(number), index: Number(index), state }];
  });
}

/**
 * Takes jobs out of the queue and, unless only those that wait are meant, ends their tasks.
 *
 * @throws {RangeError} If Slurm does not.
 */
export async function cancelJobs(
  jobs: readonly string[],
  { onlyWaiting = false }: { readonly onlyWaiting?: boolean } = {},
): Promise<void> {
  const which = onlyWaiting ? ["--state=PENDING"] : [];
  const { error } = await call("scancel", [...which, `--name=${jobs.join(",")}`]);
  if (error !== undefined) {
    throw new RangeError(`Cannot cancel an array as Slurm does it: current value is ${error}`);
  }
}

/**
 * Calls a program of Slurm's; an error is one line.
 *
 * @throws {RangeError} If it does not start.
 */
async function call(
  program: Program,
  args: readonly string[],
): Promise<{ readonly error?: string; readonly stdout: string }> {
  let output: Deno.CommandOutput;
  try {
    output = await new Deno.Command(program, { args: [...args], stdin: "null" }).output();
  } catch (error) {
    const isAbsent = error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.NotCapable;
    throw new RangeError(
      `Cannot use Slurm as the executor without ${program} on the PATH: current value is ` +
        (isAbsent
          ? "a PATH where it is not"
          : `"${error instanceof Error ? error.message : error}"`),
    );
  }
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  if (output.success) return { stdout: text(output.stdout) };
  const lines = text(output.stderr).split("\n").map((line) =>
    line.replace(/^\w+: (error|fatal): /, "").trim()
  ).filter((line) => line !== "");
  const said = lines.length === 0 ? `exit code ${output.code}` : lines.join("; ");
  return { error: `"${said}" (${program})`, stdout: "" };
}
