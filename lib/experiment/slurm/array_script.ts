import type { SlurmSettings } from "./settings.ts";

/** What the script of an array is made of. */
export interface ArrayScript {
  /** Name of the job. */
  readonly job: string;
  /** Tasks of the array. */
  readonly shards: number;
  /** Folder of its logs, from the folder of the submission. */
  readonly logs: string;
  readonly settings: SlurmSettings;
  /**
   * Whether Slurm begins a task anew whose node is lost: it waits before (two minutes, mostly), so that
   * somebody who waits for the array had better submit what is missing.
   */
  readonly requeue: boolean;
  /** Words of the shell that start Deno. */
  readonly deno: string;
  /** Words of the shell after them; the number of the task is in `SLURM_ARRAY_TASK_ID`. */
  readonly args: string;
}

/**
 * The batch script of an array of shards. It holds no absolute path but the one of Deno where no
 * command for it is given: Slurm starts it in the folder of the submission.
 */
export function arrayScript(
  { job, shards, logs, settings, requeue, deno, args }: ArrayScript,
): string {
  const { partition, account, qos, timeSeconds, memoryBytes, cpus } = settings;
  const options = [
    ...identityOptions({ job, shards, settings }),
    // In a name of a log "%%" stands for one sign of these.
    `--output=${optionText(`${logs.replaceAll("%", "%%")}/task-%a.log`)}`,
    requeue ? "--requeue" : "--no-requeue",
    "--open-mode=append",
    "--nodes=1",
    "--ntasks=1",
    `--cpus-per-task=${cpus}`,
    ...partition === undefined ? [] : [`--partition=${partition}`],
    ...account === undefined ? [] : [`--account=${account}`],
    ...qos === undefined ? [] : [`--qos=${qos}`],
    ...timeSeconds === undefined ? [] : [`--time=${timeText(timeSeconds)}`],
    ...memoryBytes === undefined ? [] : [`--mem=${Math.ceil(memoryBytes / 2 ** 20)}M`],
    ...settings.sbatch,
  ];
  return [
    // Not sh: "module" is a function of bash.
    "#!/bin/bash",
    ...options.map((option) => `#SBATCH ${option}`),
    "set -e",
    ...settings.setup,
    // Paths count from here, also when Deno is called as a task.
    'export INIT_CWD="$PWD"',
    `exec ${deno} ${args}`,
    "",
  ].join("\n");
}

/** The options that say which tasks an array has, and how it is called. */
export function identityOptions(
  { job, shards, settings: { atOnce } }: Pick<ArrayScript, "job" | "shards" | "settings">,
): string[] {
  const limit = atOnce === undefined ? "" : `%${atOnce}`;
  return [`--job-name=${job}`, `--array=0-${shards - 1}${limit}`];
}

/** A word that the shell reads as it stands. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A value in a line of options, which sbatch splits at blanks. */
function optionText(text: string): string {
  return /[\s'"\\#]/.test(text) ? `"${text.replaceAll(/["\\]/g, "\\$&")}"` : text;
}

/** Seconds as Slurm writes them, "1-12:00:00"; rounded up. */
function timeText(seconds: number): string {
  const whole = Math.ceil(seconds);
  const two = (amount: number) => String(Math.floor(amount)).padStart(2, "0");
  const days = Math.floor(whole / 86400);
  const clock = `${two(whole % 86400 / 3600)}:${two(whole % 3600 / 60)}:${two(whole % 60)}`;
  return days === 0 ? clock : `${days}-${clock}`;
}
