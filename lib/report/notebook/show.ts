import {
  convertSvg,
  type FigureSpec,
  FONT_SIZE,
  renderSvg,
  scaleSpec,
  THEME,
} from "../../plot/mod.ts";
import { checkSpec, isOfVega } from "./check_spec.ts";
import { squeezePng } from "./squeeze_png.ts";
import { DISPLAY, type MediaBundle } from "../../std/display.ts";
import type { Display } from "./table.ts";

/** Pixels of a screen for each point of a page: text of 8 points is 12 pixels high, as in notebooks. */
const PIXELS_PER_POINT = 1.5;
/** Resolution at which a unit of a drawing is a pixel. */
const PIXEL = 72;

/** Options of {@linkcode show}. */
export interface ShowOptions {
  /** What the figure shows, for who cannot see it; default "figure". */
  readonly description?: string;
  /**
   * Whether the theme of all figures is laid below the figure's own `config`, and lengths are points of
   * a page, drawn as large as text; false shows the specification as it is, in pixels. Default true.
   */
  readonly theme?: boolean;
}

/**
 * A figure for the last line of a notebook's cell: as PNG, which every viewer shows, as Vega-Lite for
 * those who draw it anew, with what is at the pointer, and as text. Equal figures give equal bytes.
 *
 * @param options What the figure shows, or options.
 * @throws {RangeError} If the specification is wrong: a channel, mark or type that is none, a field that
 * is no column of its data.
 */
export async function show(spec: FigureSpec, options: string | ShowOptions = {}): Promise<Display> {
  const bundle = await figureBundle(
    spec,
    typeof options === "string" ? { description: options } : options,
  );
  return { [DISPLAY]: () => bundle };
}

/** A figure by MIME type. */
export async function figureBundle(
  spec: FigureSpec,
  { description = "figure", theme = true }: ShowOptions = {},
): Promise<MediaBundle> {
  checkSpec(spec);
  const drawn = theme ? onScreen(spec) : spec;
  const png = await convertSvg(await renderChecked(drawn), "png", PIXEL);
  return {
    "image/png": squeezePng(png).toBase64(),
    ...vegaLite(drawn, theme),
    "text/plain": `[${description}]`,
  };
}

async function renderChecked(spec: FigureSpec): Promise<string> {
  try {
    return await renderSvg(spec);
  } catch (error) {
    throw new RangeError(`Cannot draw the figure: ${(error as Error).message}`, { cause: error });
  }
}

/**
 * What Vega-Lite takes where a specification says nothing, in points: so that it grows with the rest.
 */
const USUAL: Part = {
  view: { continuousWidth: 240, continuousHeight: 150, step: 16 },
  axis: { labelLimit: 160, titleLimit: 240 },
  legend: { labelLimit: 140, titleLimit: 140, rowPadding: 2 },
  header: { labelFontSize: FONT_SIZE, titleFontSize: FONT_SIZE, labelPadding: 4, titlePadding: 4 },
  facet: { spacing: 12 },
  concat: { spacing: 12 },
  point: { size: 24 },
  tick: { thickness: 1 },
};

/** A figure in the theme, in pixels. */
function onScreen(spec: FigureSpec): FigureSpec {
  const house = merged(USUAL, THEME as Part);
  const config = merged(house, (spec.config ?? {}) as Part);
  return scaleSpec({ ...spec, config } as FigureSpec, PIXELS_PER_POINT);
}

type Part = Readonly<Record<string, unknown>>;

/** One mapping over another, key by key. */
function merged(below: Part, above: Part): Part {
  const isMapping = (value: unknown): value is Part =>
    typeof value === "object" && value !== null && !Array.isArray(value);
  const keys = [...new Set([...Object.keys(below), ...Object.keys(above)])];
  return Object.fromEntries(keys.map((key) => {
    const [low, high] = [below[key], above[key]];
    if (isMapping(low) && isMapping(high)) return [key, merged(low, high)];
    return [key, key in above ? high : low];
  }));
}

/**
 * The specification under the type of its version. What is of Vega-Lite 6, or says nothing, stands
 * under version 5 as well, which is what most notebooks draw: figures use nothing that is new in 6.
 */
function vegaLite(spec: FigureSpec, theme: boolean): MediaBundle {
  const { $schema, ...views } = spec as unknown as Part;
  const short = shortened(withTooltips(views, theme)) as Part;
  if (isOfVega(spec as unknown as Part)) return {};
  const version = /\/vega-lite\/v(\d+)/.exec(String($schema ?? ""))?.[1] ?? "6";
  return Object.fromEntries(
    (version === "6" ? ["6", "5"] : [version]).map((number) => [
      `application/vnd.vegalite.v${number}+json`,
      { $schema: `https://vega.github.io/schema/vega-lite/v${number}.json`, ...short },
    ]),
  );
}

/** What is at the pointer is told, where the figure does not say otherwise. */
function withTooltips(views: Part, theme: boolean): Part {
  if (!theme) return views;
  return { ...views, config: merged({ mark: { tooltip: true } }, (views.config ?? {}) as Part) };
}

/**
 * A copy whose numbers have four digits and whose rows are CSV texts: no eye sees more, and a notebook
 * stays small.
 */
function shortened(value: unknown): unknown {
  if (typeof value === "number") return Number(value.toPrecision(4));
  if (Array.isArray(value)) return value.map(shortened);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) =>
      key === "data" && Array.isArray(part?.values) && part.values.length > 0 &&
        part.values.every(isFlat)
        ? [key, { values: csv(part.values), format: csvFormat(part.values) }]
        : [key, shortened(part)]
    ),
  );
}

type Row = Readonly<Record<string, unknown>>;

/** Whether a row is one of numbers and texts, which CSV can hold. */
function isFlat(row: unknown): row is Row {
  return typeof row === "object" && row !== null &&
    Object.values(row).every((value) => value === null || typeof value !== "object");
}

/** How CSV is read: texts that look like numbers stay texts. */
function csvFormat(rows: readonly Row[]): object {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const parse = Object.fromEntries(
    names.filter((name) => rows.some((row) => typeof row[name] === "string"))
      .map((name) => [name, "string"]),
  );
  return { type: "csv", ...(Object.keys(parse).length > 0 && { parse }) };
}

function csv(rows: readonly Row[]): string {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const cell = (value: unknown) => {
    const text = value === undefined || value === null ? "" : String(shortened(value));
    return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [names.map(cell), ...rows.map((row) => names.map((name) => cell(row[name])))]
    .map((cells) => cells.join(",")).join("\n");
}
