import { ConfigError } from "../config_error.ts";
import { loadConfig } from "../load.ts";
import type { Settled } from "./settle.ts";

/**
 * Checks a configuration that was made of documents.
 *
 * @throws {ConfigError} With file and document of what is wrong.
 */
export function checkResult(yaml: string, settled: readonly Settled[]): void {
  try {
    loadConfig(yaml, { fileNames: ["what was imported"] });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new ConfigError(error.problems.map((line) => `${placeOf(line, settled)}: ${line}`));
  }
}

/** The document that a mistake is of: that of the setting, or that of the function. */
function placeOf(line: string, settled: readonly Settled[]): string {
  const path = /"([a-z][\w.[\]]*)"/.exec(line)?.[1] ?? "";
  const index = /functions\[(\d+)\]/.exec(line)?.[1];
  const own = path.replace(/^functions\[\d+\]\.?/, "");
  const of = index !== undefined
    ? settled[Number(index)]
    : settled.find(({ settings }) =>
      [...settings.keys()].some((path) => path === own || path.startsWith(`${own}.`))
    );
  if (of !== undefined || settled.length === 1) return (of ?? settled[0]).placeOf(own);
  return settled.map(({ deployment }) => deployment.main.place).join(", ");
}

/**
 * Takes back what was said of settings that another document overrides: all of it, or for some of the
 * functions that go by the document.
 */
export function withdrawSettings(settled: readonly Settled[]): void {
  const readings = new Set(settled.flatMap(({ withdrawn }) => [...withdrawn.keys()]));
  for (const reading of readings) {
    const users = settled.filter(({ deployment }) => deployment.readings.includes(reading));
    const paths = new Set(
      users.flatMap(({ withdrawn }) => [...withdrawn.get(reading)?.keys() ?? []]),
    );
    for (const path of paths) {
      const whys = users.map(({ deployment, withdrawn }) => ({
        name: deployment.name ?? deployment.main.place,
        why: withdrawn.get(reading)?.get(path),
      }));
      const lost = whys.filter(({ why }) => why !== undefined);
      if (lost.length === users.length) {
        reading.withdraw(path, [...new Set(lost.map(({ why }) => why!))].join("; "));
      } else {
        for (const { name, why } of lost) reading.qualify(path, `not for ${name}: ${why}`);
      }
    }
  }
}
