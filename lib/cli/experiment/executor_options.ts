import { resolve } from "node:path";
import { readSlurmSite, type SlurmSite } from "../../experiment/slurm/settings.ts";
import { exists } from "../../results/exists.ts";
import type { CommandArguments, CommandOption } from "../arguments.ts";
import { oneOf } from "../one_of.ts";
import { readInput } from "../read_input.ts";
import { UsageError } from "../usage_error.ts";

/** Slurm as the executor of a command. */
export interface SlurmCall {
  readonly site: SlurmSite;
  /** Whether to leave when the cells are submitted. */
  readonly detach: boolean;
  /** Whether to print the script in place of submitting it. */
  readonly dryRun: boolean;
}

const EXECUTORS = ["workers", "slurm"] as const;
/** Name of the site file where none is given: in the folder of the call, else in the repository. */
const SITE = "slurm.yaml";

/** Options that say where cells run. */
export const EXECUTOR_OPTIONS: readonly CommandOption[] = [
  {
    name: "executor",
    value: "NAME",
    describe: "Where cells run: workers (threads of this process, the default) or slurm",
  },
  {
    name: "site",
    value: "FILE",
    describe: "slurm: what the cluster wants (slurm.yaml here, else in the repository)",
  },
];

/** Options of a command that need not wait for its cells. */
export const DETACH_OPTIONS: readonly CommandOption[] = [
  { name: "detach", describe: "slurm: submit, and do not wait; the same call later collects" },
  { name: "dry-run", describe: "slurm: print the batch script, submit and write nothing" },
];

/**
 * What the options of a command say about Slurm; undefined for Workers.
 *
 * @throws {UsageError} If an option is given that has no meaning without Slurm.
 */
export function slurmCallOf(given: CommandArguments, mayDetach = true): SlurmCall | undefined {
  const detach = mayDetach && given.flag("detach");
  const dryRun = mayDetach && given.flag("dry-run");
  const site = given.value("site");
  const executor = oneOf("--executor", given.value("executor") ?? "workers", EXECUTORS);
  if (executor === "slurm") return { site: readSite(site), detach, dryRun };
  const alone = detach ? "--detach" : dryRun ? "--dry-run" : site === undefined ? "" : "--site";
  if (alone === "") return undefined;
  throw new UsageError(
    `Cannot use ${alone} without an array: current value is --executor ${executor}; ` +
      "write --executor slurm",
  );
}

function readSite(given: string | undefined): SlurmSite {
  const usual = [
    resolve(SITE),
    decodeURIComponent(new URL(`../../../${SITE}`, import.meta.url).pathname),
  ];
  const path = given ?? usual.find(exists);
  if (path === undefined) return {};
  const name = given ?? SITE;
  return readSlurmSite(readInput(path, "settings of Slurm"), name);
}
