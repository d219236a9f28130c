import { deepEqual, ok } from "#assert";
import { declaredConditions } from "../ignored_settings.ts";
import { VARIABLES } from "./command/environment.ts";
import { SGLANG_FLAGS } from "./command/sglang_flags.ts";
import { VLLM_FLAGS } from "./command/vllm_flags.ts";
import { type KeyTable, tableRows } from "./keys.ts";
import { MANIFEST_KINDS } from "./kinds/kinds.ts";
import { renderImportPage } from "./page.ts";
import { CONTAINER, POD_SPEC } from "./pod.ts";

const PAGE = new URL("../../../docs/import.md", import.meta.url);

Deno.test("renderImportPage() is docs/import.md, with every kind, key and flag that is read", async () => {
  const page = await Deno.readTextFile(PAGE);
  ok(page === renderImportPage(), "docs/import.md is out of date: run `deno task reference`");
  for (const { name, keys } of MANIFEST_KINDS) {
    const section = page.split(`\n### ${name}\n`)[1]?.split("\n### ")[0];
    ok(section !== undefined, name);
    const pods = page.split("\n### Pods and containers\n")[1].split("\n### ")[0];
    for (const { key, rule } of tableRows(keys)) {
      if (rule.isQuiet) continue;
      const last = key.replace(/^.*\bspec\./, "");
      ok(section.includes(`\`${key}\``) || pods.includes(`\`${last}\``), `${name}: ${key}`);
    }
  }
  for (const flag of [...VLLM_FLAGS, ...SGLANG_FLAGS]) {
    for (const name of flag.names) ok(page.includes(`\`${name}\``), name);
  }
});

Deno.test("every setting that a key, a flag or a variable becomes is one", () => {
  const settings = new Set(declaredConditions().keys());
  const isSetting = (path: string) =>
    settings.has(path) ||
    [...settings].some((one) => one.startsWith(`${path}.`) || one.startsWith(`${path}[]`));
  const rules = [
    ...MANIFEST_KINDS.flatMap(({ keys }) => tableRows(keys).map(({ rule }) => rule)),
    ...[POD_SPEC, CONTAINER, VARIABLES as KeyTable].flatMap((table) =>
      tableRows(table).map(({ rule }) => rule)
    ),
    ...[...VLLM_FLAGS, ...SGLANG_FLAGS].map(({ rule }) => rule),
  ];
  ok(rules.length > 400);
  deepEqual(rules.flatMap(({ becomes = [] }) => becomes).filter((path) => !isSetting(path)), []);
});

Deno.test("no flag of an engine stands in its table twice", () => {
  for (const flags of [VLLM_FLAGS, SGLANG_FLAGS]) {
    const names = flags.flatMap((flag) => flag.names);
    deepEqual(names.filter((name, i) => names.indexOf(name) !== i), []);
  }
});
