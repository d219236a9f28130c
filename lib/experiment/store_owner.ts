import { fileURLToPath } from "node:url";
import { exists } from "../results/exists.ts";
import { experimentDigest } from "./source_digest.ts";
import { removeIfThere, replaceFile } from "../results/replace_file.ts";

const FORMAT = "simfaasinfer-owner/1";

const ownerFile = (cells: string, id: string) => `${cells}/${id}.owner.json`;

/**
 * Refuses to work on the cells and results of another experiment that has the same id: each would
 * replace the other's. One whose module is not there any more has moved, and owns nothing; a copy is
 * the same experiment.
 *
 * @param cells Folder that holds the finished cells of all experiments.
 * @param module Address of the experiment's module.
 * @throws {RangeError} If they are another's.
 */
export async function checkStoreOwner(cells: string, id: string, module: string): Promise<void> {
  const owner = readOwner(ownerFile(cells, id));
  if (owner === undefined || await areAlike(owner, module)) return;
  throw new RangeError(
    `Cannot use the cells and results of ${id} as those of ${
      fileURLToPath(module)
    }: current value ` +
      `is those of ${fileURLToPath(owner)}; give one another id, or --out another folder`,
  );
}

/** Remembers whose the cells and results of an id are. @throws {RangeError} If they are another's. */
export async function claimStore(cells: string, id: string, module: string): Promise<void> {
  await checkStoreOwner(cells, id, module);
  const path = ownerFile(cells, id);
  if (readOwner(path) === module) return;
  try {
    Deno.mkdirSync(cells, { recursive: true });
    replaceFile(path, JSON.stringify({ format: FORMAT, module }) + "\n", { sweep: false });
  } catch {
    // Where nobody may write, the first cell says so, and better.
  }
}

/** Forgets whose the cells and results of an id were. */
export function releaseStore(cells: string, id: string): void {
  removeIfThere(ownerFile(cells, id));
}

/** The module that owns; undefined where none does, or it is not there any more. */
function readOwner(path: string): string | undefined {
  if (!exists(path)) return undefined;
  let found: { readonly format?: unknown; readonly module?: unknown } | null = null;
  try {
    found = JSON.parse(Deno.readTextFileSync(path));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  const module = found?.format === FORMAT ? found.module : undefined;
  if (typeof module !== "string" || !module.startsWith("file:")) return undefined;
  return exists(new URL(module)) ? module : undefined;
}

/** Whether two modules are one, or copies: these have the same cells and results. */
async function areAlike(a: string, b: string): Promise<boolean> {
  if (a === b || Deno.realPathSync(new URL(a)) === Deno.realPathSync(new URL(b))) return true;
  const [ofA, ofB] = await Promise.all([a, b].map(experimentDigest));
  return ofA === ofB;
}
