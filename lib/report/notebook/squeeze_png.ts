import { crc32, deflateSync, inflateSync } from "node:zlib";

/** Bytes before the first chunk, and around the data of each. */
const SIGNATURE = 8;
const AROUND = 12;

/**
 * The same PNG with its data compressed as far as they go: a fifth less, in a notebook that holds them
 * as text.
 */
export function squeezePng(png: Uint8Array): Uint8Array {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  const before: Uint8Array[] = [];
  const data: Uint8Array[] = [];
  const after: Uint8Array[] = [];
  for (let at = SIGNATURE; at < png.length;) {
    const length = view.getUint32(at);
    const name = new TextDecoder().decode(png.subarray(at + 4, at + 8));
    if (name === "IDAT") data.push(png.subarray(at + 8, at + 8 + length));
    else (data.length === 0 ? before : after).push(png.subarray(at, at + AROUND + length));
    at += AROUND + length;
  }
  const packed = deflateSync(inflateSync(joined(data)), { level: 9 });
  const image = chunk("IDAT", packed);
  const squeezed = joined([png.subarray(0, SIGNATURE), ...before, image, ...after]);
  return squeezed.length < png.length ? squeezed : png;
}

function chunk(name: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(AROUND + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set(new TextEncoder().encode(name), 4);
  bytes.set(data, 8);
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)));
  return bytes;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
