/** What deno test takes for a test file when it searches a folder. */
const TEST_FILE = /(?:^|[._/])test\.[cm]?[jt]sx?$/;

/**
 * Test files among files and below folders, as paths from `root`, sorted; a file that is named is
 * taken whatever it is called.
 *
 * @throws {Deno.errors.NotFound} If a path is not there.
 */
export function testFiles(root: URL, paths: readonly string[]): string[] {
  const found = new Set<string>();
  const search = (folder: string) => {
    for (const { name, isDirectory } of Deno.readDirSync(new URL(folder, root))) {
      if (isDirectory) search(`${folder}${name}/`);
      else if (TEST_FILE.test(`${folder}${name}`)) found.add(`${folder}${name}`);
    }
  };
  for (const path of paths) {
    const plain = path.replace(/^(?:\.\/)+/, "").replace(/\/+$/, "");
    if (Deno.statSync(new URL(plain, root)).isDirectory) search(`${plain}/`);
    else found.add(plain);
  }
  return [...found].sort();
}
