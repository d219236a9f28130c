/** Where pages of rows are kept that are not in memory. Pages are of one size. */
export interface PageStore {
  /** Keeps a page, in place of an earlier one of its number. */
  write(page: number, bytes: Uint8Array): void;
  /** Fills `into` with the bytes of a page from an offset on. */
  read(page: number, offset: number, into: Uint8Array): void;
}

/** Keeps pages in memory: for programs that want no files, and for tests. */
export function memoryPages(): PageStore & {
  /** Pages that are kept. */
  readonly size: number;
} {
  const pages = new Map<number, Uint8Array>();
  return {
    get size() {
      return pages.size;
    },
    write: (page, bytes) => void pages.set(page, bytes.slice()),
    read(page, offset, into) {
      into.set(pages.get(page)!.subarray(offset, offset + into.length));
    },
  };
}
