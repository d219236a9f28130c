import { deepEqual, equal, ok, throws } from "#assert";
import { InputError } from "../std/input_error.ts";
import { MOST_BYTES, readInput, readInputBytes } from "./read_input.ts";

function withFolder(use: (folder: string) => void): void {
  const folder = Deno.makeTempDirSync();
  try {
    use(folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

function messageOf(read: () => unknown): string {
  let message = "";
  throws(read, (error: unknown) => {
    message = (error as Error).message;
    return error instanceof InputError;
  });
  ok(message.length < 2048 && !message.includes("\n"));
  return message;
}

Deno.test("readInput() reads a regular file, links followed, a byte order mark and all", () => {
  withFolder((folder) => {
    Deno.writeTextFileSync(`${folder}/a`, "\ufeffGröße 🙂\r\n");
    Deno.symlinkSync(`${folder}/a`, `${folder}/b`);
    equal(readInput(`${folder}/a`, "a text"), "\ufeffGröße 🙂\r\n");
    equal(readInput(`${folder}/b`, "a text"), "\ufeffGröße 🙂\r\n");
    Deno.writeTextFileSync(`${folder}/a`, "");
    equal(readInput(`${folder}/a`, "a text"), "");
  });
});

Deno.test("readInput() refuses what is no regular file before it opens it", () => {
  withFolder((folder) => {
    // Nobody writes to this pipe: to open it would wait for ever.
    new Deno.Command("mkfifo", { args: [`${folder}/pipe`] }).outputSync();
    const cases: [string, RegExp][] = [
      [`${folder}/pipe`, /^Cannot read a trace from a file \(is a pipe, .*"-" reads .*pipe"$/],
      ["/dev/zero", /is a device, not a regular file.*"\/dev\/zero"$/],
      [folder, /is a directory/],
      [`${folder}/none`, /no such file or directory.*none"$/],
      [`${folder}/none\n\x1b[2J`, /none\\u000a\\u001b\[2J"$/],
      ["x".repeat(100_000), /name too long/],
    ];
    for (const [path, says] of cases) {
      const message = messageOf(() => readInput(path, "a trace"));
      ok(says.test(message), message);
    }
    throws(() => readInputBytes(`${folder}/pipe`, "a table", "table"), InputError);
  });
});

Deno.test("readInput() refuses a file that is too large, by its size or as it reads", () => {
  withFolder((folder) => {
    const file = Deno.openSync(`${folder}/large`, { create: true, write: true });
    file.truncateSync(MOST_BYTES.description + 1);
    file.close();
    const message = messageOf(() => readInput(`${folder}/large`, "a configuration"));
    ok(
      message.endsWith(
        `of at most ${MOST_BYTES.description} bytes: current value is ` +
          `${MOST_BYTES.description + 1} bytes`,
      ),
      message,
    );
    equal(
      readInputBytes(`${folder}/large`, "a profile", "measurements").length,
      MOST_BYTES.description + 1,
    );
  });
});

Deno.test("readInput() names the first byte that is not UTF-8, and what else a file is", () => {
  withFolder((folder) => {
    const path = `${folder}/a`;
    const cases: [number[], RegExp][] = [
      [[...new TextEncoder().encode("ab🙂"), 0xe9, 0x20], /not UTF-8 from byte 6 on$/],
      [[...new TextEncoder().encode("é".repeat(100_000)), 0xff], /from byte 200000 on$/],
      [[0x61, 0xf0, 0x9f], /not UTF-8 from byte 1 on$/],
      [[0xff, 0xfe, 0x61, 0], /current value is text in UTF-16/],
      [[0x1f, 0x8b, 8, 0xff], /current value is a gzip file/],
      [[0, 1, 2, 0xff], /current value is binary data$/],
    ];
    for (const [bytes, says] of cases) {
      Deno.writeFileSync(path, Uint8Array.from(bytes));
      const message = messageOf(() => readInput(path, "a text"));
      ok(says.test(message), message);
      deepEqual([...readInputBytes(path, "a text")], bytes);
    }
  });
});
