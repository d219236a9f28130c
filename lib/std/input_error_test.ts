import { equal, ok, throws } from "#assert";
import { contentKind } from "./content_kind.ts";
import { InputError, namingFile, parseInput } from "./input_error.ts";
import { parseJson } from "./json.ts";
import { parse } from "./yaml.ts";

const source = { file: "mine.x", what: "a thing" };

function messageOf(content: string, read: (text: string) => unknown): string {
  let message = "";
  throws(() => parseInput(source, content, read), (error: unknown) => {
    message = (error as Error).message;
    return error instanceof InputError && error instanceof RangeError && error.file === "mine.x";
  });
  return message;
}

const fails = (message: string, kind = Error) => () => {
  throw new kind(message);
};

Deno.test("parseInput() gives file, place and reason for whatever a parser throws", () => {
  equal(
    messageOf('{"a" 1}', parseJson),
    "mine.x:1:6: Cannot read a thing as JSON (expected :): " +
      "current value is text that begins as JSON does",
  );
  equal(messageOf("a: [1", parse).slice(0, 37), "mine.x:1:6: Cannot read a thing as YA");
  equal(
    messageOf("x", fails("Cannot read y as z: current value is 3", TypeError)),
    "mine.x: Cannot read y as z: current value is 3",
  );
  equal(
    messageOf("x", fails("mine.x:3:7: Cannot read y as z: current value is 3", SyntaxError)),
    "mine.x:3:7: Cannot read y as z: current value is 3",
  );
  for (const foreseen of ["Cannot read properties of null (reading 'a')", "x is not iterable"]) {
    equal(
      messageOf("PK\x03\x04secret", fails(foreseen, TypeError)),
      "mine.x: Cannot read the file as a thing: current value is a ZIP archive (unpack it first) " +
        "that is damaged or not one",
    );
  }
});

Deno.test("a message about a file is one line of less than 2 KB that no terminal obeys", () => {
  const message = messageOf("x", fails(`Cannot read ${"\x1b[2J\n".repeat(1e6)}`));
  ok(message.length < 2048 && !/\p{Cc}/u.test(message));
  throws(
    () => parseInput({ file: "f".repeat(1e6), what: "x" }, "", parseJson),
    (error: unknown) => (error as Error).message.length < 2048,
  );
});

Deno.test("namingFile() names the file in our messages and lets the program's mistakes pass", () => {
  throws(() => namingFile("p.json", fails("Cannot compose x as y: current value is z")), {
    name: "InputError",
    message: "p.json: Cannot compose x as y: current value is z",
  });
  throws(() => namingFile("p.json", fails("Cannot read properties of undefined", TypeError)), {
    name: "TypeError",
  });
  equal(namingFile("p.json", () => 3), 3);
});

Deno.test("contentKind() says what a file looks like and quotes nothing", () => {
  const cases: [string | Uint8Array, string][] = [
    ["", "an empty file"],
    ["PAR1...", "a Parquet file"],
    [new Uint8Array([0x1f, 0x8b, 8]), "a gzip file (unpack it first)"],
    ["\n <!DOCTYPE html><p>", "an HTML page"],
    ["version https://git-lfs.github.com/spec/v1", "a Git LFS pointer (fetch the file itself)"],
    ["-----BEGIN OPENSSH PRIVATE KEY-----", "a key or a certificate"],
    [new Uint8Array(100), "binary data"],
    ["root:x:0:0", "text"],
    ['{"a": 1}', "text that begins as JSON does"],
  ];
  for (const [content, kind] of cases) equal(contentKind(content), kind);
});
