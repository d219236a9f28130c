import { relative, resolve } from "node:path";
import { UsageError } from "../usage_error.ts";

/** The folder of this repository's own notebooks, whose deno.json and lock new folders take over. */
const NOTEBOOKS = new URL("../../../notebooks/", import.meta.url);

/** Name of the notebook that a new folder begins with. */
const FIRST = "first.ipynb";

/** The parts of a deno.json that a folder of notebooks has. */
interface NotebookConfig {
  readonly tasks: Readonly<Record<string, string>>;
  readonly imports: Readonly<Record<string, string>>;
}

/**
 * Writes a folder in which notebooks work, wherever it is: a deno.json whose names lead to this copy
 * of SimFaaSInfer, the lock of its packages, and a first notebook. Nothing that is there is replaced.
 *
 * @throws {UsageError} If one of the files is there.
 */
export function writeNotebookFolder(folder: string, print: (line: string) => void): void {
  const there = ["deno.json", "deno.lock", FIRST].find((name) => exists(`${folder}/${name}`));
  if (there !== undefined) {
    throw new UsageError(
      `Cannot write a folder of notebooks to ${folder}: there is a ${there} already; name another ` +
        "folder, or copy what you need of a new one",
    );
  }
  Deno.mkdirSync(folder, { recursive: true });
  const config = JSON.parse(Deno.readTextFileSync(new URL("deno.json", NOTEBOOKS)));
  const texts = {
    "deno.json": json(movedConfig(config)),
    "deno.lock": Deno.readTextFileSync(new URL("deno.lock", NOTEBOOKS)),
    [FIRST]: json(firstNotebook()),
  };
  for (const [name, text] of Object.entries(texts)) {
    Deno.writeTextFileSync(`${folder}/${name}`, text, { createNew: true });
  }
  const inside = relative(Deno.cwd(), folder) || ".";
  const shown = inside.startsWith("..") ? folder : inside;
  print(`${shown}: deno.json, deno.lock, ${FIRST}`);
  print(`Open it with: cd ${shellWord(shown)} && deno task jupyter`);
}

/** The deno.json of the repository's notebooks, for a folder elsewhere. */
function movedConfig(config: NotebookConfig): NotebookConfig {
  const at = (path: string) => decodeURIComponent(new URL(path, NOTEBOOKS).pathname);
  const imports = Object.entries(config.imports)
    // Names of the repository's own tests.
    .filter(([name]) => name !== "#assert" && name !== "fast-check")
    .map(([name, path]) => [name, new URL(path, NOTEBOOKS).href]);
  const root = shellWord(at("../deno.json"));
  const task = (name: string) => `deno task --quiet --config=${root} ${name}`;
  return {
    ...config,
    tasks: { jupyter: task("jupyter"), notebooks: `${task("notebooks")} --notebooks .` },
    imports: Object.fromEntries(imports),
  };
}

/** A word as a shell reads it. */
function shellWord(text: string): string {
  return /^[\w./@%+=:,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'"'"'`)}'`;
}

function exists(path: string): boolean {
  try {
    Deno.lstatSync(resolve(path));
    return true;
  } catch {
    return false;
  }
}

const json = (value: unknown) => `${JSON.stringify(value, null, 1)}\n`;

function firstNotebook(): unknown {
  const cells = [
    markdown(
      "# A first notebook",
      "",
      "A configuration is YAML over defaults. `simulate` returns every request, the time series and",
      "a summary. The stop button stops a run and keeps the variables.",
    ),
    code(
      `import { loadConfig, simulate } from "simfaasinfer";`,
      `import { show } from "simfaasinfer/notebook";`,
      `import { latencyCdf, thinCdf } from "simfaasinfer/plot";`,
      ``,
      "const run = await simulate(loadConfig(`",
      "workload: { type: poisson, arrival_rate: 5, num_requests: 2000 }",
      "slo: { ttft_s: 1 }",
      "`));",
      "run.summary",
    ),
    markdown("The distribution of the gaps between tokens."),
    code(
      "const { seconds, share } = run.tbtCdf;",
      "await show(latencyCdf(",
      "  thinCdf(seconds, (i) => share[i])",
      `    .map((point) => ({ series: "TBT", seconds: point.value, share: point.share })),`,
      "))",
    ),
  ];
  return {
    cells: cells.map((cell, i) => ({ ...cell, id: `cell-${i}` })),
    metadata: {
      kernelspec: { display_name: "Deno", language: "typescript", name: "deno" },
      language_info: {
        file_extension: ".ts",
        mimetype: "text/x.typescript",
        name: "typescript",
      },
    },
    nbformat: 4,
    nbformat_minor: 5,
  };
}

const source = (lines: readonly string[]) =>
  lines.map((line, i) => i + 1 < lines.length ? `${line}\n` : line);

function markdown(...lines: string[]): Record<string, unknown> {
  return { cell_type: "markdown", metadata: {}, source: source(lines) };
}

function code(...lines: string[]): Record<string, unknown> {
  return {
    cell_type: "code",
    execution_count: null,
    metadata: {},
    outputs: [],
    source: source(lines),
  };
}
