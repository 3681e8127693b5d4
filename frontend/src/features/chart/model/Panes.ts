import { createTextWatermark, type IChartApi, type IPaneApi, type Time } from 'lightweight-charts';
import type { Segment } from '@/api/types';
import type { Palette } from '@/lib/chart/palette';
import { type DrawnShade, SegmentShade } from '@/lib/chart/SegmentShade';
import { layOutShades, type Shade } from '@/lib/chart/shades';
import { Observable } from '@/lib/observable';
import { MomentLine } from './MomentLine';

interface Background {
  shade: SegmentShade;
  line: MomentLine;
  observed: boolean;
}

/** The panes' backgrounds, and where each begins, for the titles that the page lays over them. */
export class Panes {
  /** Pixels from the chart's top to that of each pane. */
  readonly tops = new Observable<readonly number[]>([]);

  private readonly chart: IChartApi;
  private readonly container: HTMLElement;
  private readonly backgrounds = new Map<IPaneApi<Time>, Background>();
  private readonly watermark: ReturnType<typeof createTextWatermark<Time>>;
  private readonly observer: ResizeObserver;
  private shades: readonly Shade[] = [];
  private marked: { index: number; colour: string } | null = null;

  constructor(container: HTMLElement, chart: IChartApi) {
    this.chart = chart;
    this.container = container;
    this.watermark = createTextWatermark(chart.panes()[0] as IPaneApi<Time>, { lines: [] });
    // Panes change height with the page and when the reader drags what separates them.
    this.observer = new ResizeObserver(() => this.measure());
    this.observer.observe(container);
    this.sync();
  }

  /** Take in panes that were added, forget those that were removed, and measure all again. */
  sync(): void {
    const panes = this.chart.panes();
    for (const pane of this.backgrounds.keys()) {
      if (!panes.includes(pane)) this.backgrounds.delete(pane);
    }
    for (const [index, pane] of panes.entries()) {
      const background = this.backgrounds.get(pane) ?? this.attach(pane, index);
      const element = pane.getHTMLElement();
      if (background.observed || element === null) continue;
      background.observed = true;
      this.observer.observe(element);
    }
    this.measure();
  }

  decorate(
    time: readonly number[],
    segments: readonly Segment[],
    watermark: string | null,
    palette: Palette,
  ): void {
    this.shades = layOutShades(time, segments, palette, false);
    for (const { shade } of this.backgrounds.values()) shade.show(this.shades);
    this.watermark.applyOptions({
      horzAlign: 'center',
      vertAlign: 'center',
      lines:
        watermark === null ? [] : [{ text: watermark, color: palette.watermark, fontSize: 40 }],
    });
  }

  /** Draw a line down all panes at a candle; null takes it away. */
  mark(index: number | null, colour: string): void {
    this.marked = index === null ? null : { index, colour };
    for (const [position, pane] of this.chart.panes().entries()) {
      this.backgrounds.get(pane)?.line.show(this.lineOf(position));
    }
  }

  /** Candle that is marked, read back from the first pane. */
  readMark(): number | null {
    const [first] = this.chart.panes();
    return (first && this.backgrounds.get(first)?.line.read()) ?? null;
  }

  /** What is shaded in each pane, read back from what was painted. */
  readShades(): readonly (readonly DrawnShade[])[] {
    return this.chart.panes().map((pane) => this.backgrounds.get(pane)?.shade.read() ?? []);
  }

  remove(): void {
    this.observer.disconnect();
  }

  private attach(pane: IPaneApi<Time>, position: number): Background {
    const background = { shade: new SegmentShade(), line: new MomentLine(), observed: false };
    pane.attachPrimitive(background.shade);
    pane.attachPrimitive(background.line);
    background.shade.show(this.shades);
    background.line.show(this.lineOf(position));
    this.backgrounds.set(pane, background);
    return background;
  }

  private lineOf(position: number) {
    if (this.marked === null) return null;
    return { ...this.marked, label: position === 0 ? 'NEWS' : null };
  }

  private measure(): void {
    const top = this.container.getBoundingClientRect().top;
    const tops = this.chart
      .panes()
      .map((pane) => (pane.getHTMLElement()?.getBoundingClientRect().top ?? top) - top);
    if (tops.join() !== this.tops.get().join()) this.tops.set(tops);
  }
}
