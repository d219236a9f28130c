/**
 * How objects are shown in notebooks. What a room returns is marked with its kind; a program that
 * lives in a notebook says how each kind is drawn. Elsewhere the mark is not there for anybody: it is
 * neither listed nor copied, and has no value.
 *
 * @module
 */

/** The name under which a notebook's kernel asks an object for its own picture. */
export const DISPLAY: unique symbol = Symbol.for("Jupyter.display") as never;

/** What a notebook shows of an object: content by MIME type. */
export type MediaBundle = Readonly<Record<string, unknown>>;

/** A kind of object that can be shown. */
export type DisplayKind = "run" | "summary" | "configuration";

/** Draws an object. */
export type DrawObject = (object: never) => MediaBundle | Promise<MediaBundle>;

/** How each kind is drawn; nothing until {@linkcode drawKind} says so. */
const drawers = new Map<DisplayKind, DrawObject>();

/** Says how objects of a kind are drawn from now on, those that are there already included. */
export function drawKind(kind: DisplayKind, draw: DrawObject): void {
  drawers.set(kind, draw);
}

/**
 * Marks an object as one of a kind.
 *
 * @returns The object itself.
 */
export function displayedAs<T extends object>(kind: DisplayKind, object: T): T {
  return Object.defineProperty(object, DISPLAY, {
    configurable: true,
    get() {
      const draw = drawers.get(kind);
      return draw && (() => draw(object as never));
    },
  });
}
