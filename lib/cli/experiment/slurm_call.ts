import { relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import {
  arrayScript,
  type ExperimentPlan,
  shellWord,
  type SlurmOptions,
  slurmSettings,
} from "../../experiment/mod.ts";
import type { SlurmCall } from "./executor_options.ts";
import type { ExperimentSettings } from "./experiment_settings.ts";

/** Folder of the arrays of an experiment. */
export function arrayFolder(settings: ExperimentSettings, id: string): string {
  return `${settings.results}/.slurm/${id}`;
}

/**
 * The word by which a command line from here names the experiment of a plan: its id where it stands
 * in the folder of experiments, else the path of its module, whatever command line made the plan.
 */
export function nameFromHere(
  { experiment: { id }, module }: ExperimentPlan,
  { experiments }: ExperimentSettings,
): string {
  if (module === pathToFileURL(`${experiments}/${id}/experiment.ts`).href) return id;
  const path = fromHere(fileURLToPath(module));
  // A bare name would be taken for an id, and one with a dash in front for an option.
  return shellWord(path.startsWith("../") ? path : `./${path}`);
}

/** What arrays of an experiment are made of, as the command line and the site file say it. */
export function slurmOptions(
  plan: ExperimentPlan,
  settings: ExperimentSettings,
  { site, detach }: SlurmCall,
  again: boolean,
): SlurmOptions {
  const { id, slurm } = plan.experiment;
  const own = slurmSettings(id, slurm, site);
  const folder = arrayFolder(settings, id);
  return {
    experiment: id,
    settings: own,
    folder,
    again,
    script: (work) =>
      arrayScript({
        job: work.job,
        shards: work.shards,
        logs: fromHere(`${folder}/${work.id}`),
        settings: own,
        requeue: detach,
        deno: own.deno ?? shellWord(Deno.execPath()),
        args: [
          ...denoArguments(),
          ...["experiment", "shard", nameFromHere(plan, settings)],
          ...["--work", work.id],
          ...["--index", `"$SLURM_ARRAY_TASK_ID"`, "--workers", String(own.cpus)],
          ...["--out", shellWord(fromHere(settings.results))],
          ...["--experiments", shellWord(fromHere(settings.experiments)), "--quiet"],
        ].join(" "),
      }),
    notice: (line) => {
      if (!settings.quiet) console.error(`Note: ${line}`);
    },
  };
}

/** What starts a task's command line: with the leave that this process has, which may be all. */
function denoArguments(): string[] {
  const root = new URL("../../../", import.meta.url);
  const word = (path: string) =>
    shellWord(fromHere(decodeURIComponent(new URL(path, root).pathname)));
  const mayAll = (["run", "ffi", "net", "env"] as const).every((name) =>
    Deno.permissions.querySync({ name }).state === "granted"
  );
  const config = ["--quiet", "--config", word("deno.json")];
  return mayAll ? ["run", "-A", ...config, word("lib/cli/main.ts")] : ["task", ...config];
}

/** A path as it is from the folder of the submission, in which tasks begin. */
function fromHere(path: string): string {
  return relative(Deno.cwd(), path) || ".";
}
