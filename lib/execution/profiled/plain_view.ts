import type {
  Attention,
  DenseFeedForward,
  ExpertFeedForward,
  TransformerShape,
} from "../../models/transformer.ts";

/** A model as measured operators know it: attention per head in every layer, one feed-forward. */
export interface PlainView {
  readonly layers: number;
  readonly attention: Attention;
  /** Layers with experts; the others are dense. */
  readonly sparseLayers: number;
  readonly dense?: DenseFeedForward;
  readonly experts?: ExpertFeedForward;
  /** Window of the layers that have one; 0 for none. */
  readonly windowTokens: number;
  /** Share of the layers without the window, 0..1. */
  readonly fullShare: number;
}

/**
 * The one kind of attention and of feed-forward that a model's layers have.
 *
 * @throws {RangeError} If they have others than were measured: latent attention, a recurrent layer,
 * several shapes.
 */
export function plainView(shape: TransformerShape): PlainView {
  const { layers } = shape;
  const refuse = (what: string): never => {
    throw new RangeError(
      `Cannot compose ${shape.name} from measured operators as layers of plain attention and ` +
        `feed-forward: current value is ${what} (allowed: execution.source: analytical)`,
    );
  };
  const attention = layers.map(({ mixer }): Attention =>
    mixer?.kind === "attention"
      ? mixer
      : refuse(mixer === undefined ? "a layer without attention" : `${mixer.kind} layers`)
  );
  const sizes = attention.map(({ heads, kvHeads, headSize, valueSize = headSize, indexer }) =>
    [heads, kvHeads, headSize, valueSize, indexer !== undefined].join()
  );
  if (new Set(sizes).size > 1) refuse("attention of several shapes");
  const [first] = attention;
  if (first.valueSize !== undefined) refuse("keys and values of different widths");
  if (first.indexer !== undefined) refuse("sparse attention");
  if (first.hasOutputGate === true) refuse("attention with an output gate");
  const windows = new Set(attention.map(({ windowTokens }) => windowTokens).filter((w) => w > 0));
  if (windows.size > 1) refuse("attention windows of several sizes");
  const kinds = new Map(layers.map(({ feedForward, besideExperts }) => {
    const whole = [feedForward, besideExperts];
    return [JSON.stringify(whole), whole] as const;
  }));
  const of = [...kinds.values()].map(([one, beside]) =>
    beside !== undefined || one === undefined ? refuse("a feed-forward of another kind") : one
  );
  const dense = of.filter((one) => one.kind === "dense");
  const experts = of.filter((one) => one.kind === "experts");
  if (dense.length > 1 || experts.length > 1) refuse("feed-forwards of several widths");
  if (experts[0]?.latentSize !== undefined) refuse("latent experts");
  const [windowTokens = 0] = windows;
  return {
    layers: layers.length,
    attention: first,
    sparseLayers: layers.filter(({ feedForward }) => feedForward?.kind === "experts").length,
    ...(dense[0] && { dense: dense[0] }),
    ...(experts[0] && { experts: experts[0] }),
    windowTokens,
    fullShare: windowTokens === 0
      ? 1
      : attention.filter((one) => one.windowTokens === 0).length / layers.length,
  };
}

/** Whether a model has one kind of attention and of feed-forward, as {@link plainView} wants. */
export function isPlain(shape: TransformerShape): boolean {
  try {
    plainView(shape);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
