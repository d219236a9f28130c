import { ok } from "#assert";
import { FORMATS } from "../workload/traces/trace_formats.ts";
import { renderTracesPage } from "./traces_page.ts";

const PAGE = new URL("../../docs/traces.md", import.meta.url);

Deno.test("renderTracesPage() is docs/traces.md, with an example of each format", async () => {
  const page = await Deno.readTextFile(PAGE);
  ok(page === renderTracesPage(), "docs/traces.md is out of date: run `deno task reference`");
  for (const { name, example } of FORMATS) {
    ok(page.includes(`### ${name}\n\n\`\`\`text\n${example.trimEnd()}\n`), name);
  }
});
