/** Whether there is a file or folder at a path, links followed; false too where it may not be asked. */
export function exists(path: string | URL): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}
