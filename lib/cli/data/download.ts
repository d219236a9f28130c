import { createHash } from "node:crypto";
import {
  type DownloadPart,
  fromNetwork,
  Interruption,
  isTrustedAddress,
  requestFile,
  UnusablePart,
} from "./download_request.ts";
import { UsageError } from "../usage_error.ts";

/** A file to download: where it is, where it goes, and what it must be. */
export interface Download {
  readonly address: URL;
  /** Path of the file. PATH.part and PATH.part.tag stand beside it meanwhile. */
  readonly path: string;
  /** Size of the file. */
  readonly bytes: number;
  /** SHA-256 of the file, in lower-case hexadecimal digits. */
  readonly sha256: string;
}

/** Options of {@linkcode download}. */
export interface DownloadOptions {
  /** Called with the bytes of the file that are there. */
  readonly onProgress?: (bytes: number) => void;
  /** A connection on which nothing comes for so long is given up, milliseconds, > 0. */
  readonly stallMs?: number;
  /** Waits so many milliseconds before the next try; tests put their own clock here. */
  readonly wait?: (ms: number) => Promise<void>;
}

/** How often a file is asked for before the network counts as broken. */
const MOST_TRIES = 4;
/** Wait before the second try, milliseconds; each further wait is twice as long. */
const FIRST_WAIT_MS = 1000;
const STALL_MS = 30_000;

/**
 * Downloads a file: streamed to PATH.part, compared with its size and digest, then renamed. A part
 * that an interrupted download left is continued where the server can and has the same file; whatever
 * is put together of two answers is compared as a whole like every other file.
 *
 * @throws {UsageError} If the address is neither https nor of this machine; if the server refuses,
 * stays silent or sends something else. Nothing wrong is left, under the file's name or another.
 */
export async function download(file: Download, options: DownloadOptions = {}): Promise<void> {
  const { wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms)) } = options;
  if (!isTrustedAddress(file.address)) {
    throw new UsageError(
      `Cannot fetch from an address that is neither https nor of this machine: ` +
        `current value is "${file.address}"`,
    );
  }
  for (let tried = 1;; tried++) {
    try {
      const continued = await receive(file, options);
      const digest = await digestOf(`${file.path}.part`);
      if (digest === file.sha256) {
        Deno.renameSync(`${file.path}.part`, file.path);
        discard(file);
        return;
      }
      discard(file);
      if (!continued) throw wrongDigest(file, digest);
      // The part was of another file: once more, from the beginning.
    } catch (error) {
      if (!(error instanceof Interruption)) throw error;
      if (error instanceof UnusablePart) discard(file);
      if (tried === MOST_TRIES) throw givenUp(file, error.message);
      if (!(error instanceof UnusablePart)) await wait(FIRST_WAIT_MS * 2 ** (tried - 1));
    }
  }
}

/**
 * Receives what is missing of a file into PATH.part.
 *
 * @returns Whether a part of it was there before.
 * @throws {Interruption} If the connection fails or ends too soon.
 */
async function receive(file: Download, options: DownloadOptions): Promise<boolean> {
  const { address, bytes, path } = file;
  const part = partOf(file);
  if (part?.bytes === bytes) return true;
  if (part === undefined) discard(file);
  const stall = new Stall(options.stallMs ?? STALL_MS);
  try {
    const answer = await requestFile(address, part, stall.signal);
    const reader = answer.body.getReader();
    Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    using out = Deno.openSync(`${path}.part`, {
      ...{ write: true, create: true, truncate: answer.from === 0 },
    });
    Deno.writeTextFileSync(`${path}.part.tag`, answer.tag);
    let received = out.seekSync(answer.from, Deno.SeekMode.Start);
    try {
      for (;;) {
        stall.restart();
        const { done, value } = await fromNetwork(reader.read(), address);
        if (done) break;
        received += value.length;
        if (received > bytes) throw tooLong(file);
        for (let at = 0; at < value.length;) at += out.writeSync(value.subarray(at));
        options.onProgress?.(received);
      }
    } finally {
      await reader.cancel().catch(() => {});
    }
    out.syncSync();
    if (received < bytes) throw new Interruption("the connection ended");
    return answer.from > 0;
  } catch (error) {
    if (stall.signal.aborted) throw new Interruption(`nothing came for ${stall.ms / 1000} s`);
    throw error;
  } finally {
    stall.stop();
  }
}

/** Gives a connection up when nothing comes for a while. */
class Stall {
  readonly ms: number;
  readonly #controller = new AbortController();
  #timer: ReturnType<typeof setTimeout>;

  constructor(ms: number) {
    this.ms = ms;
    this.#timer = this.#start();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  restart(): void {
    this.stop();
    this.#timer = this.#start();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #start(): ReturnType<typeof setTimeout> {
    return setTimeout(() => this.#controller.abort(), this.ms);
  }
}

/** What an earlier download left, if it can be a part of this file. */
function partOf({ path, bytes }: Download): DownloadPart | undefined {
  try {
    const { size, isFile } = Deno.lstatSync(`${path}.part`);
    if (!isFile || size === 0 || size > bytes) return undefined;
    return { bytes: size, tag: Deno.readTextFileSync(`${path}.part.tag`) };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Removes what stands beside a file. */
function discard({ path }: Download): void {
  for (const name of [`${path}.part`, `${path}.part.tag`]) {
    try {
      Deno.removeSync(name);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}

function tooLong(file: Download): UsageError {
  discard(file);
  return new UsageError(
    `Cannot use ${file.address} as a file of ${file.bytes} bytes: the server sends more`,
  );
}

function wrongDigest({ address, path, sha256 }: Download, digest: string): UsageError {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return new UsageError(
    `Cannot use ${address} as ${name} with SHA-256 ${sha256}: current value is ${digest}`,
  );
}

function givenUp(file: Download, reason: string): UsageError {
  const kept = partOf(file)?.bytes ?? 0;
  return new UsageError(
    `Cannot fetch ${file.address} in ${MOST_TRIES} tries (${reason}): current value is ${kept} of ` +
      `${file.bytes} bytes` + (kept > 0 ? ", which the next try continues" : ""),
  );
}

/** SHA-256 of a file, read piece by piece, in lower-case hexadecimal digits. */
export async function digestOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  const file = await Deno.open(path);
  for await (const piece of file.readable) hash.update(piece);
  return hash.digest("hex");
}
