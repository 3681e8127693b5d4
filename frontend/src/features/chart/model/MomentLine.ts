import type {
  IChartApi,
  IPanePrimitive,
  IPanePrimitivePaneView,
  IPrimitivePaneRenderer,
  Logical,
  PaneAttachedParameter,
  Time,
} from 'lightweight-charts';

type DrawTarget = Parameters<IPrimitivePaneRenderer['draw']>[0];

const FONT_PIXELS = 10;
const AIR_PIXELS = 4;

interface Moment {
  /** Candle that is marked. */
  index: number;
  colour: string;
  /** Word beside the line; null for none. */
  label: string | null;
}

/** A line down a pane at one candle, which stays there while the crosshair moves on. */
export class MomentLine implements IPanePrimitive<Time> {
  private chart: IChartApi | undefined;
  private requestUpdate: (() => void) | undefined;
  private moment: Moment | null = null;
  private readonly view: IPanePrimitivePaneView = {
    zOrder: () => 'top',
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

  show(moment: Moment | null): void {
    this.moment = moment;
    this.requestUpdate?.();
  }

  read(): number | null {
    return this.moment?.index ?? null;
  }

  private draw(target: DrawTarget): void {
    const { moment } = this;
    const x =
      moment === null ? null : this.chart?.timeScale().logicalToCoordinate(moment.index as Logical);
    if (moment === null || x === null || x === undefined) return;
    // biome-ignore lint/correctness/useHookAtTopLevel: the canvas library's name, no hook of React
    target.useMediaCoordinateSpace(({ context, mediaSize }) => {
      const at = Math.round(x) + 0.5;
      context.strokeStyle = moment.colour;
      context.lineWidth = 1;
      context.setLineDash([4, 3]);
      context.beginPath();
      context.moveTo(at, 0);
      context.lineTo(at, mediaSize.height);
      context.stroke();
      context.setLineDash([]);
      if (moment.label === null) return;
      context.font = `600 ${FONT_PIXELS}px system-ui, sans-serif`;
      const width = context.measureText(moment.label).width;
      const right = at + AIR_PIXELS + width < mediaSize.width;
      context.fillStyle = moment.colour;
      context.fillText(
        moment.label,
        right ? at + AIR_PIXELS : at - AIR_PIXELS - width,
        FONT_PIXELS + AIR_PIXELS,
      );
    });
  }
}
