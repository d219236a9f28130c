/** A block of TypeScript in a page or in a documentation comment. */
export interface Example {
  /** Where it stands, such as "docs/extending.md:12". */
  readonly name: string;
  /** Path, relative to the repository, from which its relative imports count. */
  readonly path: string;
  /** The code. */
  readonly code: string;
}

/**
 * The blocks marked `ts` of a text. A page's block may begin with a comment that names a file, such
 * as `// lib/scheduling/routing/shortest.ts`: its imports then count from there, and later blocks of
 * the page may import it under that name.
 *
 * @param path Path of the text, relative to the repository; a source file's examples are taken from
 *   its documentation comments.
 */
export function examplesOf(path: string, text: string): Example[] {
  const isPage = path.endsWith(".md");
  const found: Example[] = [];
  let lines: string[] | undefined;
  let start = 0;
  text.split("\n").forEach((raw, index) => {
    const line = isPage ? raw : /^\s*\* ?(.*)$/.exec(raw)?.[1];
    if (line === undefined) return lines = undefined;
    if (lines === undefined) {
      if (/^```ts\s*$/.test(line)) {
        lines = [];
        start = index + 1;
      }
    } else if (/^```\s*$/.test(line)) {
      const file = isPage ? /^\/\/ (\S+\.ts)$/.exec(lines[0] ?? "")?.[1] : path;
      found.push({ name: `${path}:${start}`, path: file ?? "README.md", code: lines.join("\n") });
      lines = undefined;
    } else lines.push(line);
  });
  return found;
}

/** The test module that imports the examples, each under a name that errors are found by. */
function mainModule(files: readonly string[]): string {
  // An address that is a literal is type-checked with all that it imports.
  const imports = files.map((file) => `  () => import(${JSON.stringify(file)}),`);
  return `const failed: string[] = [];
for (const [i, run] of [
${imports.join("\n")}
].entries()) {
  try {
    await run();
  } catch (error) {
    console.error(error);
    failed.push(${JSON.stringify(files)}[i]);
  }
}
if (failed.length > 0) throw new Error("examples failed: " + failed.join(", "));
Deno.test("all examples have run", () => {});
`;
}

/**
 * Type-checks and runs examples in one process of Deno, as modules that one test module imports: what
 * many of them import is loaded once.
 *
 * @param root Folder of the repository, as a URL that ends with a slash.
 * @returns The exit code, and everything that was printed with the examples' own names in it.
 */
export async function runExamples(
  root: URL,
  examples: readonly Example[],
): Promise<{ code: number; output: string }> {
  const directory = await Deno.makeTempDir();
  try {
    const files = examples.map(({ name }, i) =>
      `${directory}/${i}_${name.replaceAll(/[^a-z0-9]+/gi, "_")}.ts`
    );
    await Deno.writeTextFile(`${directory}/deno.json`, configuration(root));
    for (const [i, { name, path, code }] of examples.entries()) {
      const page = name.split(":")[0];
      const resolved = code.replaceAll(/(from|import)(\s*\(?\s*)"(\.[^"]*)"/g, (...match) => {
        const target = new URL(match[3], new URL(path, root));
        const file = target.href.slice(root.href.length);
        const before = examples.findIndex((other) =>
          other.name.startsWith(`${page}:`) && other.path === file
        );
        // Not the file itself, which another page of the same path would be.
        const url = before >= 0 && page.endsWith(".md") ? files[before] : target.href;
        return `${match[1]}${match[2]}${JSON.stringify(url)}`;
      });
      // "export {}" makes a module of a block without imports, so that names do not collide.
      await Deno.writeTextFile(files[i], `${resolved}\nexport {};\n`);
    }
    const main = `${directory}/main_test.ts`;
    await Deno.writeTextFile(main, mainModule(files));
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["test", "-A", "--quiet", "--no-lock", `--config=${directory}/deno.json`, main],
      cwd: directory,
      env: { NO_COLOR: "1" },
    }).output();
    const text = new TextDecoder();
    let output = text.decode(stdout) + text.decode(stderr);
    files.forEach((file, i) => {
      const short = file.slice(directory.length + 1);
      output = output.replaceAll(file, examples[i].name).replaceAll(short, examples[i].name);
    });
    return { code, output };
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** The repository's deno.json for files elsewhere. An example may name what it does not use. */
export function configuration(root: URL): string {
  const { imports, compilerOptions, unstable } = JSON.parse(
    Deno.readTextFileSync(new URL("deno.json", root)),
  );
  for (const [name, target] of Object.entries<string>(imports)) {
    if (target.startsWith("./")) imports[name] = new URL(target, root).href;
  }
  return JSON.stringify({
    imports,
    unstable,
    nodeModulesDir: "none",
    compilerOptions: { ...compilerOptions, noUnusedLocals: false },
  });
}
