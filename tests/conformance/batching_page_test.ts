import { strictEqual } from "#assert";
import { FIGURE, makeBatchingPage, PAGE } from "../support/batching_page.ts";

Deno.test("docs/batching.md shows what its configuration gives", async () => {
  const page = Deno.readTextFileSync(PAGE);
  const made = await makeBatchingPage(page);
  strictEqual(made.page, page);
  strictEqual(made.figure, Deno.readTextFileSync(FIGURE));
});
