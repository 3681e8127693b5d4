import { createTextWatermark, type IChartApi, type Time } from 'lightweight-charts';
import type { Segment } from '@/api/types';
import type { Palette } from '@/lib/chart/palette';
import { type DrawnShade, SegmentShade } from '@/lib/chart/SegmentShade';
import { layOutShades } from '@/lib/chart/shades';
import { Observable } from '@/lib/observable';

/** The panes' backgrounds, and where each begins, for the titles that the page lays over them. */
export class Panes {
  /** Pixels from the chart's top to that of each pane. */
  readonly tops = new Observable<readonly number[]>([]);

  private readonly shades: readonly SegmentShade[];
  private readonly watermark: ReturnType<typeof createTextWatermark<Time>>;
  private readonly observer: ResizeObserver;

  constructor(container: HTMLElement, chart: IChartApi) {
    const panes = chart.panes();
    this.shades = panes.map((pane) => {
      const shade = new SegmentShade();
      pane.attachPrimitive(shade);
      return shade;
    });
    this.watermark = createTextWatermark(panes[0] as (typeof panes)[number], { lines: [] });
    const measure = () => {
      const top = container.getBoundingClientRect().top;
      const tops = chart
        .panes()
        .map((pane) => (pane.getHTMLElement()?.getBoundingClientRect().top ?? top) - top);
      if (tops.join() !== this.tops.get().join()) this.tops.set(tops);
    };
    // Panes change height with the page and when the reader drags what separates them.
    this.observer = new ResizeObserver(measure);
    this.observer.observe(container);
    for (const pane of panes) {
      const element = pane.getHTMLElement();
      if (element !== null) this.observer.observe(element);
    }
  }

  decorate(
    time: readonly number[],
    segments: readonly Segment[],
    watermark: string | null,
    palette: Palette,
  ): void {
    const shades = layOutShades(time, segments, palette, false);
    for (const shade of this.shades) shade.show(shades);
    this.watermark.applyOptions({
      horzAlign: 'center',
      vertAlign: 'center',
      lines:
        watermark === null ? [] : [{ text: watermark, color: palette.watermark, fontSize: 40 }],
    });
  }

  /** What is shaded in each pane, read back from what was painted. */
  readShades(): readonly (readonly DrawnShade[])[] {
    return this.shades.map((shade) => shade.read());
  }

  remove(): void {
    this.observer.disconnect();
  }
}
