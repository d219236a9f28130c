import deno from "../../../deno.json" with { type: "json" };

/** Entries that need Deno: Workers, files, notebooks. */
const OF_DENO: readonly string[] = [
  ...["./experiment", "./replicate", "./results", "./targets", "./notebook"],
  ...["./validation", "./measurements", "./calibration"],
];

/** Path of the module that gives Node 20 what the others take for granted. */
export const OLDER_NODE = "dist/older_node.js";

/** What figures are drawn with: whoever draws some installs these beside the package. */
export const DRAWING: Readonly<Record<string, string>> = {
  "vega": "6.4.0",
  "vega-lite": "6.5.0",
  "@resvg/resvg-wasm": "2.6.2",
  "pdfkit": "0.20.2",
  "svg-to-pdfkit": "0.1.8",
  "dejavu-fonts-ttf": "2.37.3",
};

/** The package.json of the npm package, and the entries that it has: paths below the repository. */
export function packageManifest(): {
  readonly manifest: Readonly<Record<string, unknown>>;
  readonly entries: readonly string[];
} {
  const exported = Object.entries(deno.exports).filter(([name]) => !OF_DENO.includes(name));
  const entries = exported.map(([, path]) => path.slice("./".length));
  const inPackage = (path: string) => {
    const stem = path.replace(/^\.\//, "").replace(/\.ts$/, "");
    return { types: `./types/${stem}.d.ts`, default: `./dist/${stem}.js` };
  };
  const manifest = {
    name: "simfaasinfer",
    version: deno.version,
    description: "A discrete-event simulator of serverless LLM inference",
    license: deno.license,
    type: "module",
    engines: { node: ">=20" },
    files: ["dist", "types"],
    sideEffects: [`./${OLDER_NODE}`],
    exports: Object.fromEntries(exported.map(([name, path]) => [name, inPackage(path)])),
    types: "./types/mod.d.ts",
    peerDependencies: DRAWING,
    peerDependenciesMeta: Object.fromEntries(
      Object.keys(DRAWING).map((name) => [name, { optional: true }]),
    ),
  };
  return { manifest, entries };
}
