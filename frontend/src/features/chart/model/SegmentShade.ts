import type {
  IChartApi,
  IPanePrimitive,
  IPanePrimitivePaneView,
  IPrimitivePaneRenderer,
  Logical,
  PaneAttachedParameter,
  Time,
} from 'lightweight-charts';

export interface Shade {
  from: number;
  to: number;
  colour: string;
}

type DrawTarget = Parameters<IPrimitivePaneRenderer['draw']>[0];

/**
 * Background of a pane, shaded where the agent trained or was validated: what happens there is
 * memory, not proof.
 */
export class SegmentShade implements IPanePrimitive<Time> {
  private chart: IChartApi | undefined;
  private requestUpdate: (() => void) | undefined;
  private shades: readonly Shade[] = [];
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

  private draw(target: DrawTarget): void {
    const scale = this.chart?.timeScale();
    if (scale === undefined) return;
    const half = scale.options().barSpacing / 2;
    // biome-ignore lint/correctness/useHookAtTopLevel: the canvas library's name, no hook of React
    target.useBitmapCoordinateSpace(({ context, bitmapSize, horizontalPixelRatio }) => {
      for (const { from, to, colour } of this.shades) {
        const left = scale.logicalToCoordinate(from as Logical);
        const right = scale.logicalToCoordinate(to as Logical);
        if (left === null || right === null) continue;
        const x = Math.max((left - half) * horizontalPixelRatio, 0);
        const end = Math.min((right + half) * horizontalPixelRatio, bitmapSize.width);
        if (end <= x) continue;
        context.fillStyle = colour;
        context.fillRect(x, 0, end - x, bitmapSize.height);
      }
    });
  }
}
