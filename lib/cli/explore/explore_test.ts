import { deepEqual, equal, match } from "#assert";
import { exists } from "../../results/exists.ts";
import { main } from "../main.ts";
import { withFiles } from "../testing_command_line.ts";
import { writeSite } from "./write_site.ts";

async function run(args: readonly string[]) {
  const out: string[] = [], err: string[] = [];
  const code = await main(args, (line) => out.push(line), (line) => err.push(line));
  return { code, out, err };
}

Deno.test("explore refuses what it cannot show before it bundles anything", async () => {
  await withFiles({ "two.yaml": "functions: [{ name: a }, { name: b }]" }, async (folder) => {
    const mistakes: [string[], RegExp][] = [
      [["explore", `${folder}/two.yaml`], /several functions/],
      [["explore", `${folder}/no.yaml`], /no\.yaml/],
      [["explore", "--port", "99999"], /--port is 99999/],
      [["explore", "--set", "workload.arival_rate=3"], /arrival_rate/],
    ];
    for (const [args, message] of mistakes) {
      const { code, out, err } = await run(args);
      deepEqual([code, out.length, err.length], [2, 0, 1], args.join(" "));
      match(err[0], message);
    }
  });
});

Deno.test("a page replaces an earlier page, and nothing else", async () => {
  await withFiles({ "mine/notes.txt": "notes" }, (folder) => {
    const site = (...names: string[]) => new Map(names.map((name) => [name, name]));
    const message = (action: () => void) => {
      try {
        action();
      } catch (error) {
        return (error as Error).message;
      }
      return "";
    };
    match(message(() => writeSite(`${folder}/mine`, site("a.js"))), /something else in it/);
    writeSite(`${folder}/new`, site("index.html", "chunk-1.js"));
    Deno.writeTextFileSync(`${folder}/new/notes.txt`, "notes");
    writeSite(`${folder}/new`, site("index.html", "chunk-2.js"));
    deepEqual(
      ["index.html", "chunk-1.js", "chunk-2.js", "notes.txt"].map((name) =>
        exists(`${folder}/new/${name}`)
      ),
      [true, false, true, true],
    );
    match(message(() => writeSite(`${folder}/new`, site("notes.txt"))), /notes.txt of your own/);
    equal(Deno.readTextFileSync(`${folder}/new/notes.txt`), "notes");
    return Promise.resolve();
  });
});
