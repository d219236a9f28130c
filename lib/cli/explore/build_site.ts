import { indexText, type PageBase, START_PROGRAM } from "../../report/explore/mod.ts";
import style from "../../report/explore/page.css" with { type: "text" };
import theme from "../../report/page/theme.css" with { type: "text" };
import { onStop } from "../on_stop.ts";

const ROOT = new URL("../../../", import.meta.url);
/** The page's program and the simulator beside it. */
const ENTRIES = ["lib/report/explore/main.ts", "lib/report/explore/worker.ts"];

/** Files of a page by their names. */
export type SiteFiles = ReadonlyMap<string, string>;

/** How a page is built. */
export interface SiteOptions {
  /** Whether it is to open from a disk too, without a web server; default false. */
  readonly offline?: boolean;
}

/**
 * Builds the page that answers while a visitor moves knobs: index.html, page.css, and the programs as
 * Deno's bundler puts them together. What a first answer does not need is in files of its own.
 *
 * @throws {Error} If the bundler fails, with what it said.
 */
export async function buildSite(
  base: PageBase,
  title: string,
  { offline = false }: SiteOptions = {},
): Promise<SiteFiles> {
  const [programs, scripts] = await Promise.all([
    bundled(["--code-splitting"]),
    offline ? bundled(["--format", "iife"]) : [],
  ]);
  return new Map([
    ["index.html", indexText(base, title)],
    ["page.css", theme + style],
    ["start.js", START_PROGRAM],
    ...programs,
    ...(offline ? [["offline.js", offlineProgram(new Map(scripts))] as const] : []),
  ]);
}

/** Page and simulator as one script: browsers load neither modules nor Workers from a disk. */
function offlineProgram(scripts: ReadonlyMap<string, string>): string {
  return `globalThis.exploreWorker = ${JSON.stringify(scripts.get("worker.js"))};\n` +
    scripts.get("main.js");
}

/** The programs as Deno's bundler puts them together, by the names of their files. */
async function bundled(options: readonly string[]): Promise<[string, string][]> {
  const folder = await Deno.makeTempDir({ prefix: "simfaasinfer-explore-" });
  const remove = () => Deno.removeSync(folder, { recursive: true });
  const dispose = onStop(remove);
  try {
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["bundle", "--quiet", "--lock=deno.lock", "--platform", "browser", "--minify"],
        ...[...options, "--outdir", folder, ...ENTRIES],
      ],
      cwd: decodeURIComponent(ROOT.pathname),
      env: { NO_COLOR: "1" },
      stdin: "null",
    }).output();
    if (code !== 0) throw new Error(`Cannot bundle the page: ${new TextDecoder().decode(stderr)}`);
    return Array.from(Deno.readDirSync(folder), ({ name }) => name).sort()
      .map((name): [string, string] => [name, Deno.readTextFileSync(`${folder}/${name}`)]);
  } finally {
    dispose();
    remove();
  }
}
