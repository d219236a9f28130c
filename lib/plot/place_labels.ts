import { FONT_SIZE } from "./theme.ts";

/** A point that may get a label, points from the upper left corner of the frame. */
export interface LabelledPoint {
  readonly x: number;
  readonly y: number;
  /** The label; "" for none: then the point only keeps others away. */
  readonly label: string;
}

/** Where a label stands: its left or right end, and the middle of its letters. */
export interface PlacedLabel<Point extends LabelledPoint> {
  readonly point: Point;
  readonly label: string;
  readonly x: number;
  readonly y: number;
  readonly align: "left" | "right" | "center";
  /** What it covers. */
  readonly box: Box;
}

/** A part of the frame, points from its upper left corner. */
export interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Options of {@linkcode placeLabels}. */
export interface PlaceLabelsOptions {
  /** The frame that labels stay within, points. */
  readonly width: number;
  readonly height: number;
  /** Half the size of a point, points; default 3. */
  readonly pointSize?: number;
  /** Size of the letters, points; default 7. */
  readonly fontSize?: number;
  /** What is there already. */
  readonly taken?: readonly Box[];
}

/** Width of a letter of the figures' font at most but for a few, in sizes of it. */
const LETTER = 0.68;
/** Places of a label around its point: sides, in the order in which they are tried. */
const SIDES = [
  ["left", 1, -0.6],
  ["right", -1, -0.6],
  ["left", 1, 0.6],
  ["right", -1, 0.6],
  ["center", 0, -1.2],
  ["center", 0, 1.2],
] as const;

/**
 * Labels beside their points so that none lies on another or on a point, or stands out of the frame:
 * each at the first of six places that is free, none where all are taken.
 */
export function placeLabels<Point extends LabelledPoint>(
  points: readonly Point[],
  options: PlaceLabelsOptions,
): PlacedLabel<Point>[] {
  const { width, height, pointSize = 3, fontSize = FONT_SIZE - 1 } = options;
  const taken: Box[] = points.map(({ x, y }) => around(x, y, pointSize - 1, pointSize - 1));
  taken.push(...options.taken ?? []);
  const placed: PlacedLabel<Point>[] = [];
  for (const point of points) {
    if (point.label === "") continue;
    const half = LETTER * fontSize * point.label.length / 2;
    for (const [align, across, down] of SIDES) {
      const x = point.x + across * (pointSize + 2);
      const y = point.y + down * fontSize;
      const box = around(x + across * half, y, half, fontSize / 2);
      const isInside = box.left >= 0 && box.right <= width && box.top >= 0 && box.bottom <= height;
      if (!isInside || taken.some((other) => overlaps(box, other))) continue;
      taken.push(box);
      placed.push({ point, label: point.label, x, y, align, box });
      break;
    }
  }
  return placed;
}

function around(x: number, y: number, halfWidth: number, halfHeight: number): Box {
  return { left: x - halfWidth, right: x + halfWidth, top: y - halfHeight, bottom: y + halfHeight };
}

function overlaps(one: Box, other: Box): boolean {
  return one.left < other.right && other.left < one.right && one.top < other.bottom &&
    other.top < one.bottom;
}

/** Layers that draw placed labels at their places. */
export function labelLayers<Point extends LabelledPoint>(
  placed: readonly PlacedLabel<Point>[],
  colourOf?: (point: Point) => string,
): object[] {
  return placed.map(({ point, label, x, y, align }) => ({
    data: { values: [{ label }] },
    mark: {
      type: "text",
      align,
      baseline: "middle",
      fontSize: FONT_SIZE - 1,
      x,
      y,
      ...(colourOf && { color: colourOf(point) }),
    },
    encoding: { text: { field: "label" } },
  }));
}
