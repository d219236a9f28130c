/**
 * Waits to be stopped, with what the first argument asks for; says "ready" when it does. Used by the
 * tests of on_stop.ts and run_child.ts.
 *
 * @module
 */
import { onStop, withTemporaryFolder } from "./on_stop.ts";
import { runChild } from "./run_child.ts";

const forever = () => new Promise<void>((resolve) => setTimeout(resolve, 600_000));

const KINDS: Readonly<Record<string, (file: string) => Promise<void>>> = {
  /** Cleans up by a line in a file, the last registered first. */
  async cleanup(file) {
    const add = (line: string) => Deno.writeTextFileSync(file, `${line}\n`, { append: true });
    onStop(() => add("first"));
    onStop(() => {
      throw new Error("no tidying here");
    });
    onStop(() => add("taken back"))();
    onStop(async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      add("last");
    });
    console.log("ready");
    await forever();
  },
  /** Has nothing to clean, any more, and does not look up. */
  // deno-lint-ignore require-await
  async nothing() {
    onStop(() => {})();
    console.log("ready");
    for (;;);
  },
  /** A folder that is to go. */
  async folder(file) {
    await withTemporaryFolder("simfaas-test-", async (folder) => {
      await Deno.writeTextFile(file, folder);
      console.log("ready");
      await forever();
    });
  },
  /** A child, deaf to SIGTERM, with a child of its own in another session. */
  async child(file) {
    const script = `trap '' TERM; setsid sleep 600 & echo $! > '${file}.part'; echo $$ >> ` +
      `'${file}.part'; mv '${file}.part' '${file}'; echo ready; while :; do sleep 600; done`;
    const command = new Deno.Command("sh", { args: ["-c", script], stdout: "inherit" });
    await runChild(command, (child) => child.status);
  },
};

if (import.meta.main) {
  const [kind, file] = Deno.args;
  await KINDS[kind](file);
  Deno.exit(1);
}
