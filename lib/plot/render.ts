import { readFile } from "node:fs/promises";
import { crc32 } from "node:zlib";
import type { FigureSpec } from "./spec.ts";
import { FONT } from "./theme.ts";

/** A format of figures. */
export type FigureFormat = "svg" | "png" | "pdf";

/** Dots per inch of PNG files. One unit of a figure is a point, 1/72 inch. */
const DOTS_PER_INCH = 300;

/**
 * Renders a figure. Equal specifications give equal bytes: the font travels along, the fonts of the
 * system are not asked, and files carry no date.
 *
 * PNG is rendered by WebAssembly, so that drawing needs no native code; PDF needs node's streams;
 * SVG is pure.
 */
export async function renderFigure(
  spec: FigureSpec,
  format: FigureFormat,
): Promise<Uint8Array<ArrayBuffer>> {
  return await convertSvg(await renderSvg(spec), format);
}

/**
 * Converts an SVG of {@linkcode renderSvg} to the bytes of a file of a format.
 *
 * @param dotsPerInch Resolution of a PNG.
 */
export async function convertSvg(
  svg: string,
  format: FigureFormat,
  dotsPerInch = DOTS_PER_INCH,
): Promise<Uint8Array<ArrayBuffer>> {
  switch (format) {
    case "svg":
      return new TextEncoder().encode(svg);
    case "png":
      return await svgToPng(svg, dotsPerInch);
    case "pdf":
      return await svgToPdf(svg);
  }
}

/** Renders a figure as SVG whose size is in points. */
export async function renderSvg(spec: FigureSpec): Promise<string> {
  const [vega, { compile }] = await Promise.all([
    import("npm:vega@6.4.0"),
    import("npm:vega-lite@6.5.0"),
  ]);
  const view = new vega.View(vega.parse(compile(spec).spec), { renderer: "none" });
  try {
    const svg = await view.toSVG();
    return renumbered(svg)
      .replace(/ width="([\d.]+)" height="([\d.]+)"/, ' width="$1pt" height="$2pt"')
      // A solid line among dashed ones: PDF has no dash without a gap.
      .replaceAll(' stroke-dasharray="1,0"', "") + "\n";
  } finally {
    view.finalize();
  }
}

/** The SVG with its gradients and clips numbered from 0: Vega counts them over all figures drawn. */
function renumbered(svg: string): string {
  const names = new Map<string, string>();
  return svg.replace(/\b(id="|url\(#)(gradient_|clip)(\d+)/g, (_, before, kind, number) => {
    const name = `${kind}${number}`;
    if (!names.has(name)) names.set(name, `${kind}${names.size}`);
    return `${before}${names.get(name)}`;
  });
}

/** The font, which a package brings along. The import makes the runtime fetch that package. */
export async function fontBytes(): Promise<Uint8Array> {
  await import("npm:/dejavu-fonts-ttf@2.37.3/package.json", { with: { type: "json" } });
  return await packageFile(
    import.meta.resolve("npm:/dejavu-fonts-ttf@2.37.3/ttf/DejaVuSans.ttf"),
  );
}

/** Bytes of a file of a package that is there. */
async function packageFile(address: string): Promise<Uint8Array> {
  return new Uint8Array(await readFile(new URL(address)));
}

/** Width and height of an SVG in points. */
function sizeOf(svg: string): { width: number; height: number } {
  const size = svg.match(/ width="([\d.]+)pt" height="([\d.]+)pt"/);
  if (size === null) {
    throw new RangeError(`Cannot render text as an SVG: current value is ${svg.slice(0, 60)}`);
  }
  return { width: Number(size[1]), height: Number(size[2]) };
}

/** The SVG with its size in the units of its own drawing. */
function withoutUnits(svg: string): string {
  return svg.replace(/ width="([\d.]+)pt" height="([\d.]+)pt"/, ' width="$1" height="$2"');
}

/** The renderer of PNG, compiled when the first one is drawn. */
let renderer: Promise<typeof import("npm:@resvg/resvg-wasm@2.6.2").Resvg> | undefined;

async function startRenderer() {
  const { initWasm, Resvg } = await import("npm:@resvg/resvg-wasm@2.6.2");
  await initWasm(
    await packageFile(import.meta.resolve("npm:/@resvg/resvg-wasm@2.6.2/index_bg.wasm")),
  );
  return Resvg;
}

async function svgToPng(svg: string, dotsPerInch: number): Promise<Uint8Array<ArrayBuffer>> {
  const [Resvg, font] = await Promise.all([renderer ??= startRenderer(), fontBytes()]);
  const { width } = sizeOf(svg);
  const image = new Resvg(withoutUnits(svg), {
    fitTo: { mode: "width", value: Math.round(width * dotsPerInch / 72) },
    font: { fontBuffers: [font], loadSystemFonts: false, defaultFontFamily: FONT },
  });
  const rendered = image.render();
  try {
    return withResolution(new Uint8Array(rendered.asPng()), dotsPerInch);
  } finally {
    // WebAssembly's memory is not collected.
    rendered.free();
    image.free();
  }
}

async function svgToPdf(svg: string): Promise<Uint8Array<ArrayBuffer>> {
  const [{ default: PdfDocument }, { default: drawSvg }, font] = await Promise.all([
    import("npm:pdfkit@0.20.2"),
    import("npm:svg-to-pdfkit@0.1.8"),
    fontBytes(),
  ]);
  const { width, height } = sizeOf(svg);
  const epoch = new Date(0);
  const document = new PdfDocument({
    size: [width, height],
    margin: 0,
    info: { CreationDate: epoch, ModDate: epoch },
  });
  const parts: Uint8Array[] = [];
  const ended = new Promise<void>((resolve, reject) => {
    document.on("data", (part: Uint8Array) => parts.push(part));
    document.on("end", resolve);
    document.on("error", reject);
  });
  document.registerFont(FONT, font);
  drawSvg(document, withoutUnits(svg), 0, 0, {
    assumePt: true,
    fontCallback: () => FONT,
  });
  document.end();
  await ended;
  return new Uint8Array(await new Blob(parts as Uint8Array<ArrayBuffer>[]).arrayBuffer());
}

/** Tells readers of a PNG its resolution: a chunk "pHYs" after the first one. */
function withResolution(png: Uint8Array, dotsPerInch: number): Uint8Array<ArrayBuffer> {
  const perMetre = Math.round(dotsPerInch / 0.0254);
  const chunk = new Uint8Array(21);
  const view = new DataView(chunk.buffer);
  view.setUint32(0, 9);
  chunk.set(new TextEncoder().encode("pHYs"), 4);
  view.setUint32(8, perMetre);
  view.setUint32(12, perMetre);
  chunk[16] = 1;
  view.setUint32(17, crc32(chunk.subarray(4, 17)));
  // Signature (8 bytes), then the chunk IHDR (25 bytes).
  const result = new Uint8Array(png.length + chunk.length);
  result.set(png.subarray(0, 33));
  result.set(chunk, 33);
  result.set(png.subarray(33), 33 + chunk.length);
  return result;
}
