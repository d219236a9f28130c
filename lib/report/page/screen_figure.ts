import { type FigureSpec, scaleSpec } from "../../plot/mod.ts";

/** Pixels of a screen for each point of a figure that is drawn for the page. */
export const PIXELS_PER_POINT = 1.6;
/** The same of a figure for paper, which is as wide as a printed page: its text is as large as the page's. */
const PAPER_PIXELS_PER_POINT = 2;

type View = Readonly<Record<string, unknown>>;

/**
 * A figure for a screen: larger, with what a mark stands for where the pointer is, with a key that
 * shows one series when it is clicked, and with axes that follow the mouse wheel and the pointer.
 */
export function screenFigure(spec: FigureSpec): FigureSpec {
  let count = 0;
  const scaled = scaleSpec(spec, PAPER_PIXELS_PER_POINT) as unknown as View;
  const interactive = views(scaled, (view) => withZoom(withKey(view, count), count++));
  return withTooltips(interactive) as unknown as FigureSpec;
}

/** Shows what a mark stands for where the pointer is. */
export function withTooltips(spec: View): View {
  const config = (spec.config ?? {}) as View;
  return { ...spec, config: { ...config, mark: { ...config.mark as View, tooltip: true } } };
}

/** Changes each view that stands for itself; those of a layer are one, those of a facet are none. */
function views(spec: View, change: (view: View) => View): View {
  for (const kind of ["vconcat", "hconcat", "concat"]) {
    if (Array.isArray(spec[kind])) {
      return { ...spec, [kind]: spec[kind].map((view: View) => views(view, change)) };
    }
  }
  return "facet" in spec || "repeat" in spec ? spec : change(spec);
}

/** Lets a click on the key show one series: the layers of one share what was clicked. */
function withKey(view: View, index: number): View {
  const own = "layer" in view ? view.layer as View[] : [view];
  const keyed = own.filter(hasKey);
  if (keyed.length === 0) return view;
  const { field } = (keyed[0].encoding as View).color as View;
  const name = `key_${index}`;
  const param = { name, select: { type: "point", fields: [field] }, bind: "legend" };
  const changed = own.map((one): View => {
    const encoding = one.encoding as View | undefined;
    if (!hasKey(one) || (encoding!.color as View).field !== field) return one;
    return {
      ...one,
      ...(one === keyed[0] && { params: [...(one.params as unknown[] ?? []), param] }),
      encoding: { ...encoding, opacity: { condition: { param: name, value: 1 }, value: 0.12 } },
    };
  });
  return "layer" in view ? { ...view, layer: changed } : changed[0];
}

/** Whether a view of marks has a key of colours. */
function hasKey({ encoding, mark, layer }: View): boolean {
  const color = (encoding as View | undefined)?.color as View | undefined;
  return layer === undefined && typeof color?.field === "string" && color.legend !== null &&
    color.type === "nominal" && !("opacity" in (encoding as View)) && !hasOpacity(mark);
}

/** Whether a mark lets through what is behind it, such as the band of a curve. */
function hasOpacity(mark: unknown): boolean {
  const { opacity = 1, fillOpacity = 1 } = (mark ?? {}) as Record<string, unknown>;
  return opacity !== 1 || fillOpacity !== 1;
}

/** Lets the wheel and the pointer move the axes, where both are of numbers. */
function withZoom(view: View, index: number): View {
  const own = "layer" in view ? (view.layer as View[])[0] : view;
  const encoding = { ...view.encoding as View, ...own.encoding as View };
  const isNumber = (channel: string) =>
    (encoding[channel] as View | undefined)?.type === "quantitative";
  const mark = own.mark as View | string | undefined;
  const kind = typeof mark === "string" ? mark : mark?.type;
  if (!isNumber("x") || !isNumber("y") || !["line", "point", "circle"].includes(String(kind))) {
    return view;
  }
  const zoom = { name: `zoom_${index}`, select: "interval", bind: "scales" };
  const changed = { ...own, params: [...(own.params as unknown[] ?? []), zoom] };
  return "layer" in view
    ? { ...view, layer: [changed, ...(view.layer as View[]).slice(1)] }
    : changed;
}
