/**
 * Writes results and ends after a step of putting them into place, as the test beside it asks:
 * `testing_commit.ts DIRECTORY STEP FILES kill|throw`, FILES as JSON of texts by path. Prints the steps
 * it takes.
 *
 * @module
 */
import { openResultDirectory } from "./result_directory.ts";

if (import.meta.main) {
  const [path, last, files, end] = Deno.args;
  let step = 0;
  const directory = openResultDirectory(path, {
    onStep(name) {
      console.log(name);
      if (step++ !== Number(last)) return;
      if (end === "throw") throw new Error("Input/output error (os error 5)");
      Deno.kill(Deno.pid, "SIGKILL");
    },
  });
  try {
    for (const [name, text] of Object.entries(JSON.parse(files) as Record<string, string>)) {
      directory.write(name, (append) => append(text));
    }
    directory.commit({ format: "simfaasinfer-results/1" });
  } finally {
    directory.discard();
  }
}
