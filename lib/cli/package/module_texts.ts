import { DRAWING, OLDER_NODE } from "./package_manifest.ts";
import { runDeno } from "./run_deno.ts";

/** What Node 20 lacks. */
const GROUP_BY = `Map.groupBy ??= (items, keyOf) => {
  const groups = new Map();
  let index = 0;
  for (const item of items) {
    const key = keyOf(item, index++);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
};
`;

/**
 * The modules of the package by path: entries, and what they share in chunks. The catalogues are in
 * them as texts, and so are the packages that a simulation needs; those that draw stay outside.
 *
 * @param folder A temporary folder.
 */
export async function moduleTexts(
  entries: readonly string[],
  folder: string,
): Promise<[path: string, text: string][]> {
  const outside = Object.keys(DRAWING).flatMap((name) => [`npm:${name}@*`, `npm:/${name}@*`]);
  await runDeno([
    ...["bundle", "--quiet", "--lock=deno.lock", "--platform", "browser"],
    // An option after the names: they would take the entries for more of their kind.
    ...["node:*", ...outside].flatMap((name) => ["--external", name]),
    ...["--code-splitting", "--minify", "--keep-names", "--outdir", `${folder}/dist`],
    ...entries,
  ]);
  const isEntry = new Set(entries.map((entry) => `dist/${entry.replace(/\.ts$/, ".js")}`));
  return [
    [OLDER_NODE, GROUP_BY],
    ...texts(folder, "dist").map(([path, text]): [string, string] => {
      const up = "../".repeat(path.split("/").length - 2) || "./";
      const older = isEntry.has(path) ? `import "${up}older_node.js";\n` : "";
      return [path, older + withPlainNames(text)];
    }),
  ];
}

/** The text with the names of packages as Node knows them: "vega" for "npm:vega@6.4.0". */
function withPlainNames(text: string): string {
  return text.replace(
    /(["'`])npm:\/?((?:@[\w.-]+\/)?[\w.-]+)@\d[\w.-]*((?:\/[^"'`]*)?)\1/g,
    (_, quote, name, rest) => `${quote}${name}${rest}${quote}`,
  );
}

/** Texts of all files below a folder by their paths in `folder`. */
export function texts(folder: string, below: string): [path: string, text: string][] {
  return Array.from(Deno.readDirSync(`${folder}/${below}`))
    .sort((a, b) => a.name < b.name ? -1 : 1)
    .flatMap(({ name, isDirectory }): [string, string][] => {
      const path = `${below}/${name}`;
      return isDirectory
        ? texts(folder, path)
        : [[path, Deno.readTextFileSync(`${folder}/${path}`)]];
    });
}
