/**
 * The adapters under the names of the standard library's modules: their signatures, and what the
 * examples of its documentation give.
 *
 * @source https://jsr.io/@std/yaml, https://jsr.io/@std/csv, https://jsr.io/@std/cli,
 * https://jsr.io/@std/testing/doc/bdd
 */
import { deepEqual, equal } from "#assert";
import * as cli from "@std/cli";
import * as csv from "@std/csv";
import * as bdd from "@std/testing/bdd";
import * as yaml from "@std/yaml";

/** The part of the standard library that calls may rely on. Assigning to it is the test. */
interface Library {
  readonly yaml: {
    parse(content: string): unknown;
    parseAll(content: string): unknown;
    stringify(
      data: unknown,
      options?: {
        indent?: number;
        lineWidth?: number;
        flowLevel?: number;
        sortKeys?: boolean;
        skipInvalid?: boolean;
      },
    ): string;
  };
  readonly csv: {
    parse(input: string): string[][];
    stringify(
      data: readonly (Record<string, unknown> | unknown[])[],
      options?: {
        columns?: readonly string[];
        headers?: boolean;
        separator?: string;
        crlf?: boolean;
        bom?: boolean;
      },
    ): string;
  };
  readonly bdd: Record<
    "beforeAll" | "beforeEach" | "afterAll" | "afterEach",
    (fn: () => void | Promise<void>) => void
  >;
}

const library: Library = { yaml, csv, bdd };

Deno.test("@std/yaml reads and writes what the standard library's examples show", () => {
  deepEqual(library.yaml.parse("id: 1\nname: Alice\n"), { id: 1, name: "Alice" });
  deepEqual(library.yaml.parseAll("---\nid: 1\n---\nid: 2\n"), [{ id: 1 }, { id: 2 }]);
  equal(library.yaml.stringify({ id: 1, name: "Alice" }), "id: 1\nname: Alice\n");
  equal(library.yaml.stringify({ b: [1, 2], a: 0 }, { sortKeys: true, flowLevel: 1 }).at(0), "a");
});

Deno.test("@std/csv reads and writes what the standard library's examples show", () => {
  deepEqual(library.csv.parse("a,b,c\nd,e,f"), [["a", "b", "c"], ["d", "e", "f"]]);
  const records: Record<string, string>[] = csv.parse("name,age\nAlice,34\n", {
    skipFirstRow: true,
  });
  deepEqual(records, [{ name: "Alice", age: "34" }]);
  const renamed: Record<string, string>[] = csv.parse("Alice,34", { columns: ["who", "years"] });
  deepEqual(renamed, [{ who: "Alice", years: "34" }]);
  equal(library.csv.stringify([["a", "b"], ["c", "d"]]), "a,b\r\nc,d\r\n");
  const people = [{ age: 70, name: "Rick" }, { age: 14, name: "Morty" }];
  equal(
    library.csv.stringify(people, { columns: ["name", "age"] }),
    "name,age\r\nRick,70\r\nMorty,14\r\n",
  );
  equal(library.csv.stringify(people, { columns: ["name"], headers: false }), "Rick\r\nMorty\r\n");
});

Deno.test("@std/cli reads what the standard library's examples show", () => {
  const { _, ...plain } = cli.parseArgs(["--foo", "--bar=baz", "./quux.txt"]);
  deepEqual({ plain, _ }, { plain: { foo: true, bar: "baz" }, _: ["./quux.txt"] });
  const typed = cli.parseArgs(["--foo", "--bar", "7", "--no-color", "--", "--rest"], {
    boolean: ["foo", "color"],
    string: ["bar"],
    negatable: ["color"],
    default: { level: 3 },
  });
  const foo: boolean = typed.foo;
  const bar: string | undefined = typed.bar;
  deepEqual([foo, bar, typed.color, typed.level, typed._], [true, "7", false, 3, ["--rest"]]);
  const many: string[] =
    cli.parseArgs(["--tag=a", "--tag=b"], { string: ["tag"], collect: ["tag"] }).tag;
  deepEqual(many, ["a", "b"]);
});

bdd.describe("@std/testing/bdd", () => {
  let sum = 0;
  bdd.beforeEach(() => void (sum += 1));
  bdd.it("runs its tests in their order", () => equal(sum, 1));
  bdd.it("and what comes before each of them", () => equal(sum, 2));
});
