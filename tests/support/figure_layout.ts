import { parse, View } from "npm:vega@6.4.0";
import { compile } from "npm:vega-lite@6.5.0";
import PdfDocument from "npm:pdfkit@0.20.2";
import { fontBytes } from "../../lib/plot/render.ts";
import type { FigureSpec } from "../../lib/plot/spec.ts";

/** A text of a figure and the box around its letters, points from the upper left corner. */
export interface TextBox {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** What is wrong with where texts of a figure stand. */
export interface LayoutFaults {
  /** Texts of which a part is outside the figure. */
  readonly outside: readonly string[];
  /** Pairs of texts that lie on one another. */
  readonly overlapping: readonly string[];
  /** Width of the figure, points. */
  readonly width: number;
}

/** Points that boxes may share, or stand out: letters do not fill their boxes. */
const SLACK = 0.75;

interface Item {
  readonly x?: number;
  readonly y?: number;
  readonly dx?: number;
  readonly dy?: number;
  readonly angle?: number;
  readonly align?: "left" | "center" | "right";
  readonly baseline?: string;
  readonly text?: unknown;
  readonly limit?: number;
  readonly fontSize?: number;
  readonly lineHeight?: number;
  readonly opacity?: number;
  readonly fill?: string;
  readonly radius?: number;
  readonly theta?: number;
  readonly items?: readonly Node[];
}

interface Node {
  readonly marktype?: string;
  readonly items?: readonly Item[];
}

let measure: Promise<(text: string, size: number) => number> | undefined;

/** Measures texts in the figures' font. */
function measurer(): Promise<(text: string, size: number) => number> {
  return measure ??= (async () => {
    const document = new PdfDocument({ size: [10, 10] });
    document.font(await fontBytes() as unknown as string);
    return (text: string, size: number) => document.fontSize(size).widthOfString(text);
  })();
}

/** Shift of the first baseline by the place of a text that stands at a point, in sizes of the font. */
const BASELINES: Readonly<Record<string, number>> = { top: 0.79, middle: 0.3, bottom: -0.21 };
/** How far letters reach above and below their baseline, in sizes of the font. */
const ABOVE = 0.73, BELOW = 0.2;

/** A text as Vega cuts it where it has a limit: a letter is taken as 0.8 of its size wide. */
function cut(text: string, limit: number, fontSize: number): string {
  const most = Math.floor(limit / (0.8 * fontSize));
  return limit > 0 && text.length > most ? `${text.slice(0, Math.max(0, most - 1))}…` : text;
}

/** The texts of a figure that are seen, as its scene graph has them. */
export async function textBoxes(
  spec: FigureSpec,
): Promise<{ readonly boxes: TextBox[]; readonly width: number; readonly height: number }> {
  const widthOf = await measurer();
  const view = new View(parse(compile(spec).spec), { renderer: "none" });
  await view.runAsync();
  const { origin, padding } = view as unknown as {
    origin(): [number, number];
    padding(): { left: number; top: number };
  };
  const [x, y] = origin.call(view);
  const { left, top } = padding.call(view);
  const boxes: TextBox[] = [];
  const visit = (node: Node, atX: number, atY: number) => {
    for (const item of node.items ?? []) {
      if (node.marktype === "text") addText(item, atX, atY);
      else if (node.marktype === "group") {
        for (const child of item.items ?? []) {
          visit(child, atX + (item.x ?? 0), atY + (item.y ?? 0));
        }
      }
    }
  };
  const addText = (item: Item, atX: number, atY: number) => {
    const { fontSize = 11, angle = 0, align = "left", baseline = "alphabetic", limit = 0 } = item;
    if (item.opacity === 0 || item.fill === "transparent") return;
    const lines = (Array.isArray(item.text) ? item.text : [item.text])
      .map((line) => String(line ?? ""));
    if (lines.every((line) => line.trim() === "")) return;
    const width = Math.max(...lines.map((line) => widthOf(cut(line, limit, fontSize), fontSize)));
    const lineHeight = item.lineHeight ?? fontSize + 2;
    const more = lineHeight * (lines.length - 1);
    const shift = (BASELINES[baseline] ?? 0) * fontSize -
      (baseline === "bottom" ? more : baseline === "middle" ? more / 2 : 0);
    const from = align === "center" ? -width / 2 : align === "right" ? -width : 0;
    const box = [
      from + (item.dx ?? 0),
      from + width + (item.dx ?? 0),
      shift - ABOVE * fontSize + (item.dy ?? 0),
      shift + BELOW * fontSize + more + (item.dy ?? 0),
    ];
    const [cos, sin] = [Math.cos(angle * Math.PI / 180), Math.sin(angle * Math.PI / 180)];
    const corners = [[0, 2], [0, 3], [1, 2], [1, 3]].map(([i, j]) => [
      atX + (item.x ?? 0) + box[i] * cos - box[j] * sin,
      atY + (item.y ?? 0) + box[i] * sin + box[j] * cos,
    ]);
    const [xs, ys] = [0, 1].map((k) => corners.map((corner) => corner[k]));
    boxes.push({
      text: lines.join("\n"),
      left: Math.min(...xs),
      right: Math.max(...xs),
      top: Math.min(...ys),
      bottom: Math.max(...ys),
    });
  };
  visit((view.scenegraph() as unknown as { root: Node }).root, x + left, y + top);
  const svg = await view.toSVG();
  view.finalize();
  const [, width, height] = / width="([\d.]+)" height="([\d.]+)"/.exec(svg)!.map(Number);
  return { boxes, width, height };
}

/** Looks for texts on others, and for texts that stand out of the figure. */
export async function layoutFaults(spec: FigureSpec): Promise<LayoutFaults> {
  const { boxes, width, height } = await textBoxes(spec);
  const outside = boxes.filter((box) =>
    box.left < -SLACK || box.top < -SLACK || box.right > width + SLACK ||
    box.bottom > height + SLACK
  ).map(shown);
  const overlapping: string[] = [];
  boxes.forEach((one, i) => {
    for (const other of boxes.slice(0, i)) {
      const x = Math.min(one.right, other.right) - Math.max(one.left, other.left);
      const y = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
      // A halo is the same text at the same place.
      const isHalo = one.text === other.text && one.left === other.left && one.top === other.top;
      if (x > SLACK && y > SLACK && !isHalo) overlapping.push(`${shown(other)} / ${shown(one)}`);
    }
  });
  return { outside, overlapping, width };
}

function shown({ text, left, top }: TextBox): string {
  return `${JSON.stringify(text.slice(0, 24))} at ${left.toFixed(0)}, ${top.toFixed(0)}`;
}
