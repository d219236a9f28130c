import type { PageStore } from "../metrics/rows/page_store.ts";

/** A file that is read and written at offsets, bytes. */
export interface ScratchFile {
  /** Writes all bytes. @throws What the system says, such as that the disk is full. */
  writeAt(offset: number, bytes: Uint8Array): void;
  /** Fills `into`. @throws {RangeError} If the file ends before. */
  readAt(offset: number, into: Uint8Array): void;
  /** Gives the file up; may be called more than once. */
  close(): void;
}

/**
 * Opens a file that nobody else sees: its name goes at once, so that nothing of it is left when the
 * process ends, however that comes about. Where a file that is open keeps its name, it goes with
 * `close`.
 *
 * @param path A name that is free.
 */
export function openScratch(path: string): ScratchFile {
  const file = Deno.openSync(path, { createNew: true, read: true, write: true });
  let isNamed = !removed(path);
  let isOpen = true;
  return {
    writeAt(offset, bytes) {
      file.seekSync(offset, Deno.SeekMode.Start);
      for (let done = 0; done < bytes.length;) done += file.writeSync(bytes.subarray(done));
    },
    readAt(offset, into) {
      file.seekSync(offset, Deno.SeekMode.Start);
      for (let done = 0; done < into.length;) {
        const read = file.readSync(into.subarray(done));
        if (read === null) {
          throw new RangeError(
            `Cannot read ${into.length} bytes as there are: current value is ${done} at ${offset}`,
          );
        }
        done += read;
      }
    },
    close() {
      if (isOpen) file.close();
      isOpen = false;
      if (isNamed) isNamed = !removed(path);
    },
  };
}

function removed(path: string): boolean {
  try {
    Deno.removeSync(path);
    return true;
  } catch {
    return false;
  }
}

/** Keeps pages in a file, one behind the other. */
export function pageFile(file: ScratchFile): PageStore {
  let pageBytes = 0;
  return {
    write(page, bytes) {
      pageBytes = bytes.length;
      file.writeAt(page * pageBytes, bytes);
    },
    read: (page, offset, into) => file.readAt(page * pageBytes + offset, into),
  };
}
