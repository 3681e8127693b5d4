import type {
  IChartApi,
  IPanePrimitive,
  IPanePrimitivePaneView,
  IPrimitivePaneRenderer,
  Logical,
  PaneAttachedParameter,
  Time,
} from 'lightweight-charts';
import type { Shade } from './shades';

/** A shade as it was painted last, in pixels from the pane's left edge. */
export interface DrawnShade {
  readonly kind: Shade['kind'];
  readonly left: number;
  readonly right: number;
}

type DrawTarget = Parameters<IPrimitivePaneRenderer['draw']>[0];

const LABEL_FONT_PIXELS = 10;
const LABEL_MARGIN_PIXELS = 5;

/**
 * Background of a pane, shaded by what the agent knows of the candles: what happens where it
 * trained is memory, not proof.
 */
export class SegmentShade implements IPanePrimitive<Time> {
  private chart: IChartApi | undefined;
  private requestUpdate: (() => void) | undefined;
  private shades: readonly Shade[] = [];
  private drawn: readonly DrawnShade[] = [];
  private readonly view: IPanePrimitivePaneView = {
    zOrder: () => 'bottom',
    renderer: () => ({ draw: (target) => this.draw(target) }),
  };

  attached({ chart, requestUpdate }: PaneAttachedParameter<Time>): void {
    this.chart = chart as IChartApi;
    this.requestUpdate = requestUpdate;
  }

  detached(): void {
    this.chart = undefined;
    this.requestUpdate = undefined;
  }

  paneViews(): readonly IPanePrimitivePaneView[] {
    return [this.view];
  }

  show(shades: readonly Shade[]): void {
    this.shades = shades;
    this.requestUpdate?.();
  }

  /** What is on the canvas, for those who cannot look at it. */
  read(): readonly DrawnShade[] {
    return this.drawn;
  }

  private draw(target: DrawTarget): void {
    const scale = this.chart?.timeScale();
    if (scale === undefined) return;
    const half = scale.options().barSpacing / 2;
    const drawn: DrawnShade[] = [];
    // biome-ignore lint/correctness/useHookAtTopLevel: the canvas library's name, no hook of React
    target.useMediaCoordinateSpace(({ context, mediaSize }) => {
      for (const { kind, from, to, colour, label } of this.shades) {
        const first = scale.logicalToCoordinate(from as Logical);
        const last = scale.logicalToCoordinate(to as Logical);
        if (first === null || last === null) continue;
        const left = Math.max(first - half, 0);
        const right = Math.min(last + half, mediaSize.width);
        if (right <= left) continue;
        context.fillStyle = colour;
        context.fillRect(left, 0, right - left, mediaSize.height);
        drawn.push({ kind, left, right });
        if (label === null) continue;
        context.font = `600 ${LABEL_FONT_PIXELS}px system-ui, sans-serif`;
        if (context.measureText(label.text).width + 2 * LABEL_MARGIN_PIXELS > right - left)
          continue;
        context.fillStyle = label.colour;
        context.fillText(
          label.text,
          left + LABEL_MARGIN_PIXELS,
          LABEL_FONT_PIXELS + LABEL_MARGIN_PIXELS,
        );
      }
    });
    this.drawn = drawn;
  }
}
