import type {
  IPrimitivePaneRenderer,
  IPrimitivePaneView,
  ISeriesApi,
  ISeriesPrimitive,
  Logical,
  SeriesAttachedParameter,
  Time,
} from 'lightweight-charts';

type DrawTarget = Parameters<IPrimitivePaneRenderer['draw']>[0];

/** The area between the low and the high curve of the seeds, on the scale of the series under it. */
export class FanBand implements ISeriesPrimitive<Time> {
  private attachment: SeriesAttachedParameter<Time> | undefined;
  private colour = 'transparent';
  private readonly low: readonly number[];
  private readonly high: readonly number[];
  private readonly first: number;
  private readonly view: IPrimitivePaneView = {
    zOrder: () => 'bottom',
    renderer: () => ({ draw: (target) => this.draw(target) }),
  };

  /** @param first Index on the time axis that the curves begin at. */
  constructor(low: readonly number[], high: readonly number[], first: number) {
    this.low = low;
    this.high = high;
    this.first = first;
  }

  attached(attachment: SeriesAttachedParameter<Time>): void {
    this.attachment = attachment;
  }

  detached(): void {
    this.attachment = undefined;
  }

  paneViews(): readonly IPrimitivePaneView[] {
    return [this.view];
  }

  paint(colour: string): void {
    this.colour = colour;
    this.attachment?.requestUpdate();
  }

  private draw(target: DrawTarget): void {
    const { attachment } = this;
    if (attachment === undefined) return;
    const scale = attachment.chart.timeScale();
    const series = attachment.series as ISeriesApi<'Line'>;
    // biome-ignore lint/correctness/useHookAtTopLevel: the canvas library's name, no hook of React
    target.useMediaCoordinateSpace(({ context }) => {
      const path = new Path2D();
      const follow = (values: readonly number[], index: number) => {
        const x = scale.logicalToCoordinate((this.first + index) as Logical);
        const y = series.priceToCoordinate(values[index] as number);
        if (x !== null && y !== null) path.lineTo(x, y);
      };
      for (let index = 0; index < this.high.length; index += 1) follow(this.high, index);
      for (let index = this.low.length - 1; index >= 0; index -= 1) follow(this.low, index);
      path.closePath();
      context.fillStyle = this.colour;
      context.fill(path);
    });
  }
}
