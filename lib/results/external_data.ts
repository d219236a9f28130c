import { suggest } from "../std/suggest.ts";
import { dataSources } from "./data_sources.ts";

/** Folders that may hold external data sets, in the order they are looked up. */
export function externalDataFolders(): string[] {
  const root = new URL("../../", import.meta.url);
  const named = Deno.env.get("SIMFAAS_DATA");
  return [
    ...(named === undefined || named === "" ? [] : [named]),
    decodeURIComponent(new URL("data/external", root).pathname),
    decodeURIComponent(new URL("../shared/reference", root).pathname),
  ];
}

/**
 * Path of a file (or folder) of an external data set, or undefined where no copy is present.
 * Looked for in the folder that SIMFAAS_DATA names, in data/external, in ../shared/reference.
 */
export function findExternalData(id: string, path = ""): string | undefined {
  for (const folder of externalDataFolders()) {
    const candidate = path === "" ? `${folder}/${id}` : `${folder}/${id}/${path}`;
    try {
      Deno.statSync(candidate);
      return candidate;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return undefined;
}

/**
 * Path of a file (or folder) of an external data set.
 *
 * @throws RangeError that names the data set and the command that fetches it.
 */
export function externalData(id: string, path = ""): string {
  const found = findExternalData(id, path);
  if (found !== undefined) return found;
  const what = `${path === "" ? "" : `${path} of `}the external data set ${id}`;
  const sources = dataSources();
  const source = sources.find((one) => one.id === id);
  if (source === undefined) {
    const near = suggest(id, sources.map((one) => one.id));
    throw new RangeError(
      `Cannot find ${what}, which data/sources.yaml does not list` +
        `${near === undefined ? "" : ` (did you mean ${near}?)`}: ` +
        "set SIMFAAS_DATA to a folder that holds it",
    );
  }
  throw new RangeError(
    `Cannot find ${what}: run "deno task data fetch ${id}" or set SIMFAAS_DATA to a folder that ` +
      "holds it",
  );
}
