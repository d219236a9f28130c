import { deepStrictEqual, ok, strictEqual } from "#assert";

const ROOT = new URL("../", import.meta.url);
/** Most lines of a file, and of a function without the functions inside it. */
const FILE_LINES = 400;
const FUNCTION_LINES = 70;
/** Written by `deno task reference`. */
const GENERATED = [
  "lib/config/configuration.ts",
  "lib/metrics/run_columns.ts",
  "lib/metrics/run_summary.ts",
];

function sources(folder: string): string[] {
  const found: string[] = [];
  for (const entry of Deno.readDirSync(new URL(folder, ROOT))) {
    const path = `${folder}${entry.name}`;
    if (entry.isDirectory) found.push(...sources(`${path}/`));
    else if (path.endsWith(".ts")) found.push(path);
  }
  return found.sort();
}

type FunctionNode =
  | Deno.lint.FunctionDeclaration
  | Deno.lint.FunctionExpression
  | Deno.lint.ArrowFunctionExpression;

/** Functions of a text that are too long: their first lines and lengths. */
function longFunctions(path: string, text: string): { line: number; lines: number }[] {
  const starts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
  const lineOf = (place: number) => starts.findLastIndex((start) => start <= place);
  const all: { from: number; to: number; inside: number }[] = [];
  const enter = ({ range }: FunctionNode) => {
    all.push({ from: lineOf(range[0]), to: lineOf(range[1]), inside: 0 });
  };
  const plugin: Deno.lint.Plugin = {
    name: "sizes",
    rules: {
      functions: {
        create: () => ({
          FunctionDeclaration: enter,
          FunctionExpression: enter,
          ArrowFunctionExpression: enter,
        }),
      },
    },
  };
  strictEqual(Deno.lint.runPlugin(plugin, path, text).length, 0);
  const long = [];
  for (const [i, one] of all.entries()) {
    // Functions are found from the outside in: those inside follow. Each line is left out once.
    let [inside, after] = [0, one.from];
    for (const other of all.slice(i + 1).filter(({ to }) => to <= one.to)) {
      const first = Math.max(after + 1, other.from);
      inside += Math.max(0, other.to - first + 1);
      after = Math.max(after, other.to);
    }
    const lines = one.to - one.from + 1 - inside;
    if (lines > FUNCTION_LINES) long.push({ line: one.from + 1, lines });
  }
  return long;
}

Deno.test(`files of the library have at most ${FILE_LINES} lines`, () => {
  const files = sources("lib/").filter((path) => !GENERATED.includes(path));
  ok(files.length > 300, "reads the files");
  const long = files.map((path) => ({
    path,
    lines: Deno.readTextFileSync(new URL(path, ROOT)).split("\n").length - 1,
  })).filter(({ lines }) => lines > FILE_LINES);
  deepStrictEqual(long, []);
});

Deno.test(`functions of the library have at most ${FUNCTION_LINES} lines, those inside apart`, () => {
  const long = sources("lib/").flatMap((path) =>
    longFunctions(path, Deno.readTextFileSync(new URL(path, ROOT)))
      .map(({ line, lines }) => `${path}:${line} has ${lines} lines`)
  );
  deepStrictEqual(long, []);
});

Deno.test("a long function is found, whether it is a method, a closure or around others", () => {
  const body = (lines: number) => "  void 0;\n".repeat(lines);
  const inner = `  function inner() {\n${body(40)}  }\n`;
  const found = (text: string) => longFunctions("lib/a.ts", text).map(({ lines }) => lines);
  deepStrictEqual(found(`function one() {\n${body(68)}}\n`), []);
  deepStrictEqual(found(`function one() {\n${body(69)}}\n`), [71]);
  deepStrictEqual(found(`const one = () => {\n${body(70)}};\n`), [72]);
  deepStrictEqual(found(`class A {\n  one() {\n${body(70)}  }\n}\n`), [72]);
  deepStrictEqual(found(`function one() {\n${body(40)}${inner}${body(28)}}\n`), []);
  deepStrictEqual(found(`function one() {\n${body(40)}${inner}${body(29)}}\n`), [71]);
});
