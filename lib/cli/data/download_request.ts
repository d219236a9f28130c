import { UsageError } from "../usage_error.ts";

/** The network failed, or a server that may do better later: the same may work the next time. */
export class Interruption extends Error {}

/** A part of a file that is there already. */
export interface DownloadPart {
  readonly bytes: number;
  /** The strong entity tag of the file that the part is of; "" where the server gave none. */
  readonly tag: string;
}

/** A server's answer: what of the file it sends. */
export interface DownloadAnswer {
  /** Offset of the first byte: 0 where the whole file comes. */
  readonly from: number;
  /** Strong entity tag of the file, or "". */
  readonly tag: string;
  readonly body: ReadableStream<Uint8Array>;
}

const MOST_REDIRECTS = 5;
/** Answers after which the same question may be answered otherwise. */
const PASSING = [408, 425, 429, 500, 502, 503, 504];

/**
 * Whether files may come from an address: by https, or by http from this machine, where nobody is in
 * between.
 */
export function isTrustedAddress({ protocol, hostname }: URL): boolean {
  if (protocol === "https:") return true;
  return protocol === "http:" &&
    (hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname));
}

/**
 * Asks a server for a file, or for what is missing of it. Redirections are followed to addresses that
 * {@linkcode isTrustedAddress} accepts.
 *
 * @throws {Interruption} If the network fails, or the server may answer otherwise later.
 * @throws {UsageError} If the server refuses or redirects to elsewhere.
 */
export async function requestFile(
  address: URL,
  part: DownloadPart | undefined,
  signal: AbortSignal,
): Promise<DownloadAnswer> {
  let at = address;
  for (let redirects = 0;; redirects++) {
    const response = await fromNetwork(
      fetch(at, { headers: headersFor(part), redirect: "manual", signal }),
      at,
    );
    const location = response.headers.get("location");
    if (response.status >= 300 && response.status < 400 && location !== null) {
      await response.body?.cancel();
      at = redirected(address, at, location, redirects);
      continue;
    }
    return await answerOf(response, address, part);
  }
}

/** The result of a call to the network; every failure of it becomes one of the two errors above. */
export async function fromNetwork<T>(call: Promise<T>, address: URL): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) {
      throw new UsageError(
        `Cannot connect to ${address.host} with the permissions of this task: ` +
          `current value is "${address}"`,
        { cause: error },
      );
    }
    throw new Interruption(networkFault(error), { cause: error });
  }
}

/** What failed below HTTP. Deno's own messages name the address again and list every layer. */
function networkFault(error: unknown): string {
  const { message, cause } = error instanceof Error ? error : new Error(String(error));
  const text = `${message} ${cause instanceof Error ? cause.message : ""}`;
  if (/certificate/i.test(text)) return "the server's certificate is not trusted";
  if (/refused/i.test(text)) return "connection refused";
  if (/dns|lookup/i.test(text)) return "the server's name is not known";
  return "connection broken";
}

function headersFor(part: DownloadPart | undefined): Headers {
  // A compressed answer would have other offsets.
  const headers = new Headers({ "accept-encoding": "identity" });
  if (part !== undefined) {
    headers.set("range", `bytes=${part.bytes}-`);
    if (part.tag !== "") headers.set("if-range", part.tag);
  }
  return headers;
}

function redirected(address: URL, at: URL, location: string, redirects: number): URL {
  const next = URL.parse(location, at);
  if (next === null || !isTrustedAddress(next)) {
    throw new UsageError(
      `Cannot follow ${address} to an address that is neither https nor of this machine: ` +
        `current value is "${next ?? location}"`,
    );
  }
  if (redirects === MOST_REDIRECTS) {
    throw new UsageError(
      `Cannot follow ${address} over more than ${MOST_REDIRECTS} redirections: ` +
        `current value is "${next}"`,
    );
  }
  return next;
}

async function answerOf(
  response: Response,
  address: URL,
  part: DownloadPart | undefined,
): Promise<DownloadAnswer> {
  const { status, headers, body } = response;
  const tag = /^"[^"]*"$/.exec(headers.get("etag") ?? "")?.[0] ?? "";
  if (status === 200) return { from: 0, tag, body: body ?? new Blob().stream() };
  const range = /^bytes (\d+)-/.exec(headers.get("content-range") ?? "");
  if (status === 206 && part !== undefined && Number(range?.[1] ?? NaN) === part.bytes) {
    return { from: part.bytes, tag: tag || part.tag, body: body ?? new Blob().stream() };
  }
  await body?.cancel();
  // The server does not have what the part would need, or sends another piece: ask for the whole.
  if (part !== undefined && (status === 206 || status === 416)) throw new UnusablePart();
  if (PASSING.includes(status)) throw new Interruption(`the server answers ${status}`);
  throw new UsageError(`Cannot fetch ${address}: the server answers ${status}`);
}

/** The server cannot go on with the part that is there. */
export class UnusablePart extends Interruption {}
