import { type FigureSpec, renderSvg } from "../../plot/mod.ts";

/** A file by its name. */
export type NamedFile = readonly [name: string, bytes: Uint8Array];

/** Files of figures, and what they leave out. */
export interface DrawnFigures {
  readonly files: readonly NamedFile[];
  readonly notices: readonly string[];
}

/** What results of one kind differ in. */
export interface Comparison {
  /** For other tools: a list of comparisons with the first directory. */
  readonly json: readonly unknown[];
  readonly lines: readonly string[];
  /** Draws all results over one another. */
  figures(): Promise<DrawnFigures>;
}

/** Figures as SVG files. */
export async function svgFiles(
  figures: Readonly<Record<string, FigureSpec>>,
): Promise<NamedFile[]> {
  const files: NamedFile[] = [];
  for (const [name, spec] of Object.entries(figures)) {
    files.push([`${name}.svg`, new TextEncoder().encode(await renderSvg(spec))]);
  }
  return files;
}

/** The last parts of paths by which they differ, for keys of figures. */
export function shortFolders(folders: readonly string[]): readonly string[] {
  const parts = folders.map((folder) =>
    folder.replaceAll("\\", "/").split("/").filter((part) => part !== "" && part !== ".")
  );
  const most = Math.max(...parts.map((own) => own.length));
  for (let count = 1; count <= most; count++) {
    const names = parts.map((own) => own.slice(-count).join("/"));
    if (new Set(names).size === names.length) return names;
  }
  return folders.map((folder, i) => `${i + 1}: ${folder}`);
}
