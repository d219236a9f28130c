import { deepEqual, equal, match, ok, rejects } from "#assert";
import { sha256 } from "../../results/sha256.ts";
import { download, type DownloadOptions } from "./download.ts";
import { isTrustedAddress } from "./download_request.ts";
import { filesBelow } from "../testing_command_line.ts";

/** 100,000 bytes that differ, so that a piece in the wrong place is seen. */
const CONTENT = Uint8Array.from({ length: 100_000 }, (_, i) => (i * 7919) >> 3);
const DIGEST = await sha256(CONTENT);

interface Case {
  /** Answers the nth request, n from 1. */
  readonly serve: (request: Request, n: number, address: string) => Response;
  /** What an earlier download left, and the tag it had. */
  readonly part?: { readonly content: Uint8Array; readonly tag?: string };
  readonly bytes?: number;
  readonly stallMs?: number;
}

interface Outcome {
  /** The message of the error, or undefined. */
  readonly error: string | undefined;
  /** Files afterwards. */
  readonly files: readonly string[];
  readonly content: Uint8Array | undefined;
  /** Ranges asked for, "" for the whole, and the condition of each. */
  readonly asked: readonly string[];
  /** Waits between tries, milliseconds. */
  readonly waits: readonly number[];
  readonly progress: readonly number[];
}

/** Downloads CONTENT as folder/a.bin from a local server. */
async function run({ serve, part, bytes = CONTENT.length, stallMs }: Case): Promise<Outcome> {
  const asked: string[] = [], waits: number[] = [], progress: number[] = [];
  const folder = Deno.makeTempDirSync();
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const { headers, url } = request;
    asked.push(`${headers.get("range") ?? ""} ${headers.get("if-range") ?? ""}`.trim());
    return serve(request, asked.length, new URL(url).origin);
  });
  try {
    const path = `${folder}/below/a.bin`;
    if (part !== undefined) {
      Deno.mkdirSync(`${folder}/below`);
      Deno.writeFileSync(`${path}.part`, part.content);
      Deno.writeTextFileSync(`${path}.part.tag`, part.tag ?? "");
    }
    const address = new URL(`http://127.0.0.1:${server.addr.port}/a.bin`);
    const options: DownloadOptions = {
      stallMs,
      onProgress: (received) => progress.push(received),
      wait: (ms) => Promise.resolve(void waits.push(ms)),
    };
    const error = await download({ address, path, bytes, sha256: DIGEST }, options)
      .then(() => undefined, (error) => `${error.name}: ${error.message}`);
    const files = filesBelow(folder).filter((name) => !name.endsWith("/"));
    const content = files.includes("below/a.bin") ? Deno.readFileSync(path) : undefined;
    return { error, files, content, asked, waits, progress };
  } finally {
    await server.shutdown();
    Deno.removeSync(folder, { recursive: true });
  }
}

/** The whole is there and nothing else. */
function isWhole({ error, files, content }: Outcome): void {
  equal(error, undefined);
  deepEqual(files, ["below/a.bin"]);
  // Not deepEqual: what it says about 100,000 bytes that differ takes minutes.
  ok(content?.length === CONTENT.length && content.every((byte, i) => byte === CONTENT[i]));
}

/** A server that knows ranges, of a file with this tag. */
function withRanges(request: Request, tag = '"one"'): Response {
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.get("range") ?? "")?.[1] ?? NaN);
  const condition = request.headers.get("if-range");
  if (Number.isNaN(from) || (condition !== null && condition !== tag)) {
    return new Response(CONTENT, { headers: { etag: tag } });
  }
  return new Response(CONTENT.subarray(from), {
    status: 206,
    headers: {
      etag: tag,
      "content-range": `bytes ${from}-${CONTENT.length - 1}/${CONTENT.length}`,
    },
  });
}

/** The first bytes, then a broken connection. */
function broken(count: number, tag = '"one"'): Response {
  let sent = false;
  const body = new ReadableStream({
    async pull(controller) {
      if (sent) {
        // What was sent must be on its way before the connection breaks.
        await new Promise((resolve) => setTimeout(resolve, 20));
        return controller.error(new Error("the cable was pulled"));
      }
      sent = true;
      controller.enqueue(CONTENT.subarray(0, count));
    },
  });
  return new Response(body, { headers: { etag: tag } });
}

Deno.test("download() writes the whole file, tells how far it is, and leaves nothing beside it", async () => {
  const outcome = await run({ serve: (request) => withRanges(request) });
  isWhole(outcome);
  equal(outcome.progress.at(-1), CONTENT.length);
  deepEqual(outcome.asked, [""]);
});

Deno.test("download() goes on with what an interrupted one left", async () => {
  const outcome = await run({
    serve: (request) => withRanges(request),
    part: { content: CONTENT.subarray(0, 40_000), tag: '"one"' },
  });
  isWhole(outcome);
  deepEqual(outcome.asked, ['bytes=40000- "one"']);
  // Interrupted between the last byte and the new name: nothing is asked.
  const late = await run({ serve: () => new Response("no"), part: { content: CONTENT } });
  isWhole(late);
  deepEqual(late.asked, []);
});

Deno.test("download() goes on after a connection broke, and waits longer each time", async () => {
  const outcome = await run({
    serve: (request, n) =>
      n === 1
        ? broken(30_000)
        : n < 4
        ? new Response("busy", { status: 503 })
        : withRanges(request),
  });
  isWhole(outcome);
  deepEqual(outcome.waits, [1000, 2000, 4000]);
  match(outcome.asked[3], /^bytes=\d+- "one"$/);
});

Deno.test("download() starts anew where a server knows no ranges or the file has changed", async () => {
  const wrong = new Uint8Array(40_000).fill(1);
  const noRanges = await run({
    serve: () => new Response(CONTENT),
    part: { content: wrong, tag: '"one"' },
  });
  isWhole(noRanges);
  const changed = await run({
    serve: (request) => withRanges(request, '"two"'),
    part: { content: wrong, tag: '"one"' },
  });
  isWhole(changed);
  deepEqual(changed.asked, ['bytes=40000- "one"']);
  // Without a tag only the digest of the whole shows it.
  const untagged = await run({ serve: (request) => withRanges(request), part: { content: wrong } });
  isWhole(untagged);
  deepEqual(untagged.asked, ["bytes=40000-", ""]);
  const wrongPiece = await run({
    serve: (request, n) =>
      n > 1 ? withRanges(request) : new Response(CONTENT.subarray(10), {
        status: 206,
        headers: { "content-range": `bytes 10-99999/100000` },
      }),
    part: { content: CONTENT.subarray(0, 40_000) },
  });
  isWhole(wrongPiece);
  const tooMuch = await run({
    serve: (request) => withRanges(request),
    part: { content: new Uint8Array(CONTENT.length + 1) },
  });
  isWhole(tooMuch);
  deepEqual(tooMuch.asked, [""]);
  // What is left of the other file behind the new beginning is no part of the new one.
  const brokenAgain = await run({
    serve: (request, n) => n === 1 ? broken(10_000, '"two"') : withRanges(request, '"two"'),
    part: { content: wrong, tag: '"one"' },
  });
  isWhole(brokenAgain);
  ok(Number(/^bytes=(\d+)- "two"$/.exec(brokenAgain.asked[1])?.[1] ?? 0) <= 10_000);
});

Deno.test("download() goes on where a server ended early without a word", async () => {
  const short = new Response(CONTENT.subarray(0, 50_000), { headers: { etag: '"one"' } });
  const outcome = await run({ serve: (request, n) => n === 1 ? short : withRanges(request) });
  isWhole(outcome);
  deepEqual(outcome.asked, ["", 'bytes=50000- "one"']);
});

Deno.test("download() waits for a server that is slow but not silent", async () => {
  const slow = () => {
    let sent = 0;
    return new ReadableStream({
      async pull(controller) {
        await new Promise((resolve) => setTimeout(resolve, 60));
        controller.enqueue(CONTENT.subarray(sent, sent += 12_500));
        if (sent === CONTENT.length) controller.close();
      },
    });
  };
  isWhole(await run({ serve: () => new Response(slow()), stallMs: 300 }));
});

Deno.test("download() keeps nothing that has the wrong digest", async () => {
  const other = CONTENT.slice();
  other[99_999] ^= 1;
  const outcome = await run({ serve: () => new Response(other) });
  match(outcome.error!, /^UsageError: Cannot use http.* as a\.bin with SHA-256 \w+: current value/);
  deepEqual(outcome.files, []);
  equal(outcome.asked.length, 1);
});

Deno.test("download() cuts off a server that sends more than the file has", async () => {
  const endless = new ReadableStream({
    pull: (controller) => controller.enqueue(new Uint8Array(65_536)),
  });
  const outcome = await run({ serve: () => new Response(endless) });
  match(outcome.error!, /^UsageError: .* as a file of 100000 bytes: the server sends more$/);
  deepEqual(outcome.files, []);
});

Deno.test("download() gives a silent server up, and keeps what came", async () => {
  const outcome = await run({
    serve: (_, n) => {
      const body = new ReadableStream({
        start: (controller) => n === 1 && controller.enqueue(CONTENT.subarray(0, 1000)),
      });
      return new Response(body, { status: n === 1 ? 200 : 206, headers: RANGE_FROM_1000 });
    },
    stallMs: 60,
  });
  match(
    outcome.error!,
    /^UsageError: Cannot fetch .* in 4 tries \(nothing came for 0\.06 s\): current value is 1000 of 100000 bytes, which the next try continues$/,
  );
  deepEqual(outcome.files, ["below/a.bin.part", "below/a.bin.part.tag"]);
});

const RANGE_FROM_1000 = { "content-range": "bytes 1000-99999/100000" };

Deno.test("download() follows redirections to trusted addresses alone", async () => {
  const to = (location: string) => new Response(null, { status: 302, headers: { location } });
  isWhole(
    await run({
      serve: (request, n, address) => n === 1 ? to(`${address}/elsewhere`) : withRanges(request),
    }),
  );
  for (
    const location of ["http://example.org/a", "file:///etc/passwd", "http://127.0.0.1.example/"]
  ) {
    const outcome = await run({ serve: () => to(location) });
    match(outcome.error!, /^UsageError: Cannot follow .* neither https nor of this machine/);
    equal(outcome.asked.length, 1);
  }
  const circle = await run({ serve: (_request, _n, address) => to(`${address}/a.bin`) });
  match(circle.error!, /^UsageError: .* more than 5 redirections/);
});

Deno.test("download() says in one line what a server refuses, and asks once", async () => {
  for (const status of [401, 403, 404, 410]) {
    const outcome = await run({ serve: () => new Response("no", { status }) });
    match(
      outcome.error!,
      new RegExp(`^UsageError: Cannot fetch .*: the server answers ${status}$`),
    );
    deepEqual([outcome.files, outcome.asked, outcome.waits], [[], [""], []]);
  }
});

Deno.test("download() connects by https or to this machine alone", async () => {
  for (const address of ["http://example.org/a", "ftp://localhost/a", "file:///etc/passwd"]) {
    const file = { address: new URL(address), path: "a", bytes: 1, sha256: DIGEST };
    await rejects(download(file), {
      name: "UsageError",
      message: `Cannot fetch from an address that is neither https nor of this machine: ` +
        `current value is "${address}"`,
    });
  }
  const trusted = ["https://example.org", "http://localhost:1", "http://127.1:1", "http://[::1]:1"];
  deepEqual(trusted.map((text) => isTrustedAddress(new URL(text))), trusted.map(() => true));
  equal(isTrustedAddress(new URL("http://localhost.example.org")), false);
});

Deno.test("download() tells when nobody listens", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const address = new URL(`http://127.0.0.1:${listener.addr.port}/a`);
  listener.close();
  const waits: number[] = [];
  await rejects(
    download({ address, path: "/nowhere/a", bytes: 1, sha256: DIGEST }, {
      wait: (ms) => Promise.resolve(void waits.push(ms)),
    }),
    /^UsageError: Cannot fetch http.* in 4 tries \(connection refused\): current value is 0 of 1 bytes$/,
  );
  deepEqual(waits, [1000, 2000, 4000]);
});
