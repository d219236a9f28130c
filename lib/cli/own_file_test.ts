import { equal, match } from "#assert";
import { main } from "./main.ts";
import { checkOwnFile, ownFigure, ownJson, writeOwnFile } from "./own_file.ts";
import { withFiles } from "./testing_command_line.ts";

Deno.test("a file of another kind is not written over, by whichever command", async () => {
  const files = { "notes.txt": "mine", "data.json": `{"cases": []}`, "drawing.svg": "mine" };
  await withFiles(files, async (directory) => {
    const path = (name: string) => `${directory}/${name}`;
    const cases: string[][] = [
      ["bench", "--json", path("data.json"), "--only", "standard"],
      ["bench", "--json", path("notes.txt"), "--only", "standard"],
      ["schema", "--out", path("notes.txt")],
      ["schema", "--out", path("data.json")],
      ["profile", "synthesize", "--gpu", "h100-sxm", "--out", path("data.json")],
      ["coldstart", "llama-3.1-8b", "--preset", "vllm-v1", "--figure", path("drawing.svg")],
      ["calibrate", "--out", path("notes.txt")],
    ];
    for (const args of cases) {
      const err: string[] = [];
      const code = await main(args, () => {}, (line) => err.push(line));
      equal(code, 2, `${args.join(" ")}: ${err}`);
      equal(err.length, 1);
      match(err[0], /^Cannot write .* over a file of another kind \(.*which holds something else$/);
    }
    for (const [name, text] of Object.entries(files)) {
      equal(await Deno.readTextFile(path(name)), text);
    }
  });
});

Deno.test("a file of its kind, an empty one and none are written", async () => {
  await withFiles({ "empty.json": "" }, async (directory) => {
    const kind = ownJson("--json", "figures", "simfaasinfer-bench", ["deno", "cases"]);
    for (const name of ["empty.json", "new.json"]) {
      for (let i = 0; i < 2; i++) {
        writeOwnFile(`${directory}/${name}`, `{"format": "simfaasinfer-bench/1"}`, kind);
      }
    }
    await Deno.writeTextFile(`${directory}/old.json`, `{"deno": "2", "cases": []}`);
    checkOwnFile(`${directory}/old.json`, kind);
    checkOwnFile("/dev/null", kind);
    const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0xff);
    for (let i = 0; i < 2; i++) {
      writeOwnFile(`${directory}/a.png`, png, ownFigure("--figure", "png"));
      writeOwnFile(`${directory}/a.svg`, "<svg></svg>", ownFigure("--figure", "svg"));
      writeOwnFile(`${directory}/a.pdf`, "%PDF-1.3", ownFigure("--figure", "pdf"));
    }
  });
});
