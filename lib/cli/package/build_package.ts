import { openResultDirectory } from "../../results/result_directory.ts";
import { withTemporaryFolder } from "../on_stop.ts";
import { packageManifest } from "./package_manifest.ts";
import { moduleTexts } from "./module_texts.ts";
import { typeTexts } from "./type_texts.ts";

const ROOT = new URL("../../../", import.meta.url);

/**
 * Builds the npm package into a directory, whole or not at all.
 *
 * @throws {RangeError} If the directory holds something else than an earlier package.
 */
export async function buildPackage(
  out: string,
): Promise<{ readonly files: number; readonly bytes: number }> {
  const directory = openResultDirectory(out);
  try {
    const { manifest, entries } = packageManifest();
    const texts = await withTemporaryFolder("simfaas-package-", async (folder) => [
      ["package.json", JSON.stringify(manifest, null, 2) + "\n"] as const,
      ...["README.md", "LICENSE"].map((name) =>
        [name, Deno.readTextFileSync(new URL(name, ROOT))] as const
      ),
      ...await moduleTexts(entries, folder),
      ...await typeTexts(entries, folder),
    ]);
    let bytes = 0;
    for (const [path, text] of texts) {
      const encoded = new TextEncoder().encode(text);
      bytes += encoded.length;
      directory.write(path, (append) => append(encoded));
    }
    directory.commit({ format: "simfaasinfer-package/1" });
    return { files: texts.length, bytes };
  } finally {
    directory.discard();
  }
}
