import { deepStrictEqual, ok } from "#assert";
import { INSTANT_ORDER } from "../lib/cluster/events.ts";
import { ROWS } from "./house.ts";

const ROOT = new URL("../", import.meta.url);
const PAGE = Deno.readTextFileSync(new URL("docs/architecture.md", ROOT));

function exists(path: string): boolean {
  try {
    Deno.statSync(new URL(path, ROOT));
    return true;
  } catch {
    return false;
  }
}

Deno.test("every path that the architecture page names is there", () => {
  const paths = [...PAGE.matchAll(/`((?:lib|tests|data|docs|experiments|notebooks)\/[\w./-]*)`/g)]
    .map(([, path]) => path);
  ok(paths.length > 30, "reads the paths");
  deepStrictEqual(paths.filter((path) => !exists(path)), []);
});

Deno.test("the rooms of the architecture page are those of the house, row by row", () => {
  const rows = [...PAGE.matchAll(/^\| (\d+) +\| (`[^|]*?) +\|/gm)];
  deepStrictEqual(rows.map(([, row]) => Number(row)), ROWS.map((_, i) => i + 1));
  deepStrictEqual(rows.map(([, , rooms]) => rooms.replaceAll("`", "").split(", ")), ROWS);
});

Deno.test("the order at one instant is that of the table of events", () => {
  const [, section] = PAGE.split("## Order at one instant");
  const rows = [...section.matchAll(/^\| (\d+) +\| (.*?) +\| (.*?) +\|$/gm)];
  deepStrictEqual(
    rows.map(([, order, what, why]) => ({ order: Number(order), what, why })),
    INSTANT_ORDER.map(({ what, why }, i) => ({ order: i + 1, what, why })),
  );
});
