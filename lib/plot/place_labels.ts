/** A point that has a label, in points from the upper left corner of the frame. */
export interface LabelledPoint {
  readonly label: string;
  readonly x: number;
  readonly y: number;
}

/** Where a label lies: the middle of its left edge. */
export interface PlacedLabel extends LabelledPoint {
  readonly left: number;
  readonly middle: number;
  /** End of a line from the point, where the label is not beside it; absent: none is needed. */
  readonly lead?: { readonly x: number; readonly y: number };
}

/** What labels keep clear of. */
export interface LabelFrame {
  readonly width: number;
  readonly height: number;
  /** All points of the figure, those without a label too. */
  readonly points: readonly { readonly x: number; readonly y: number }[];
  /** Size of the text, points. */
  readonly fontSize: number;
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Half the size of a point, and the room around it. */
const POINT = 3.5;
/** Distances of a label from its point, the nearest first; from the second on a line leads to it. */
const RINGS = [0, 10, 18, 26, 36, 48, 62, 78];
/** Directions of a label from its point, the preferred ones first: right or left, and up or down. */
const DIRECTIONS: readonly (readonly [number, number])[] = [
  ...[[1, -1], [1, 0], [1, 1], [-1, -1], [-1, 0], [-1, 1], [0, -1], [0, 1]] as const,
];

/**
 * Places labels beside their points: inside the frame, on no other label and on no point. One that finds
 * no room beside its point lies further away, at the end of a line; one that finds none at all is left
 * out. Earlier labels have the first choice.
 */
export function placeLabels(
  labelled: readonly LabelledPoint[],
  { width, height, points, fontSize }: LabelFrame,
): PlacedLabel[] {
  const taken: Box[] = points.map(({ x, y }) => ({
    ...{ left: x - POINT, right: x + POINT, top: y - POINT, bottom: y + POINT },
  }));
  const isFree = (box: Box) =>
    box.left >= 0 && box.right <= width && box.top >= 0 && box.bottom <= height &&
    taken.every((other) => !overlap(box, other));
  const placed: PlacedLabel[] = [];
  for (const point of labelled.filter(({ label }) => label !== "")) {
    const found = firstFree(point, fontSize, isFree);
    if (found === undefined) continue;
    const { box, isFar } = found;
    taken.push(box);
    const middle = (box.top + box.bottom) / 2;
    placed.push({
      ...point,
      left: box.left,
      middle,
      ...(isFar && { lead: { x: nearest(point.x, box.left, box.right), y: middle } }),
    });
  }
  return placed;
}

function firstFree(
  { label, x, y }: LabelledPoint,
  fontSize: number,
  isFree: (box: Box) => boolean,
): { readonly box: Box; readonly isFar: boolean } | undefined {
  const wide = textWidth(label, fontSize);
  const high = fontSize + 1;
  for (const ring of RINGS) {
    for (const [right, down] of DIRECTIONS) {
      const away = ring + POINT + 0.5;
      const centre = y + down * (right === 0 ? away + high / 2 : ring + high / 2);
      const left = right > 0 ? x + away : right < 0 ? x - away - wide : x - wide / 2;
      const box = { left, right: left + wide, top: centre - high / 2, bottom: centre + high / 2 };
      if (isFree(box)) return { box, isFar: ring > 0 };
    }
  }
  return undefined;
}

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

/** The point of a span that is nearest to another one. */
function nearest(to: number, from: number, until: number): number {
  return Math.min(Math.max(to, from), until);
}

/** About how wide a text is in the figures' font, points; rather more than less. */
export function textWidth(text: string, fontSize: number): number {
  let ems = 0;
  for (const letter of text) {
    ems += /[ .,:;'|il]/.test(letter) ? 0.36 : /[0-9a-z]/.test(letter) ? 0.64 : 0.76;
  }
  return ems * fontSize;
}
