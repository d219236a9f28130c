import { strictEqual } from "#assert";

const ROOT = new URL("../../", import.meta.url);

/** An entry file (relative to the repository) and all that it imports, as one text for a browser. */
export async function browserBundle(entry: string): Promise<string> {
  const directory = await Deno.makeTempDir();
  try {
    const file = `${directory}/bundle.js`;
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["bundle", "--platform", "browser", "--output", file, entry],
      cwd: ROOT,
      env: { NO_COLOR: "1" },
    }).output();
    strictEqual(code, 0, new TextDecoder().decode(stderr));
    return await Deno.readTextFile(file);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}
