/**
 * Writes results and is killed after a step of putting them into place, as the test beside it asks:
 * `testing_commit.ts DIRECTORY STEP FILES`, FILES as JSON of texts by path. Prints the steps it takes.
 *
 * @module
 */
import { openResultDirectory } from "./result_directory.ts";

if (import.meta.main) {
  const [path, last, files] = Deno.args;
  let step = 0;
  const die = () => Deno.kill(Deno.pid, "SIGKILL");
  const directory = openResultDirectory(path, {
    onStep(name) {
      console.log(name);
      if (step++ === Number(last)) die();
    },
  });
  for (const [name, text] of Object.entries(JSON.parse(files) as Record<string, string>)) {
    directory.write(name, (append) => append(text));
  }
  directory.commit({ format: "simfaasinfer-results/1" });
  directory.discard();
}
