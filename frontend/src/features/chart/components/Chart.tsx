import { type ReactNode, useEffect, useRef, useState } from 'react';
import type { Fill, Segment } from '@/api/types';
import { moveByKey } from '@/lib/chart/keys';
import type { Theme } from '@/lib/chart/palette';
import { type Frame, tradedWindow } from '@/lib/frame';
import type { SentimentColumns } from '@/lib/sentiment';
import { type Range, rangeIndices } from '../calculate/range';
import { type ChartContent, ChartModel } from '../model/ChartModel';
import classes from './Chart.module.css';
import { Legend } from './Legend';
import { Overview } from './Overview';
import { PaneTitles } from './PaneTitles';
import { SentimentTip } from './SentimentTip';

/** The news, as far as the chart draws it. */
export interface ChartNews {
  /** Whether it has a pane. */
  shown: boolean;
  /** One row a candle; null while there is no answer. */
  columns: SentimentColumns | null;
  /** How a candle's signal stands to its news, in words; null where that is no question. */
  agreement: readonly (string | null)[];
  /** Why the pane is empty; no text where it is not. */
  state: string;
  /** What to say about the headlines of a candle. */
  describe: (index: number) => ReactNode;
  /** Time of the candle that a chosen headline counts from. */
  marked: number | null;
}

export interface ChartProps {
  symbol: string;
  agent: string | null;
  simulated: boolean;
  intraday: boolean;
  frame: Frame;
  fills: readonly Fill[];
  segments: readonly Segment[];
  theme: Theme;
  /** The run is not (yet) the one asked for; what is drawn of it stands back. */
  outdated: boolean;
  logScale: boolean;
  range: Range;
  /** Counts the clicks on a range, so that the same one asks for its view again. */
  asked: number;
  /** Asks for a move to this time; a new object asks again. */
  focus: { time: number } | null;
  /** Candle of the replay; null outside one. */
  cursor: number | null;
  news: ChartNews;
}

/** Panes on one time axis; the drawing itself lives in `ChartModel`. */
export default function Chart(props: ChartProps) {
  const { symbol, agent, simulated, intraday, frame, fills, segments } = props;
  const { theme, outdated, logScale, range, asked, focus, cursor, news } = props;
  const container = useRef<HTMLDivElement>(null);
  const [model, setModel] = useState<ChartModel | null>(null);

  useEffect(() => {
    if (container.current === null) return;
    const created = new ChartModel(container.current);
    setModel(created);
    return () => {
      setModel(null);
      created.remove();
    };
  }, []);

  useEffect(() => model?.setTheme(theme, outdated), [model, theme, outdated]);
  useEffect(() => model?.setLogScale(logScale), [model, logScale]);
  useEffect(() => {
    const content: ChartContent = {
      symbol,
      agent,
      intraday,
      frame,
      fills,
      segments,
      watermark: simulated ? 'SIMULATED' : null,
    };
    model?.setContent(content);
  }, [model, symbol, agent, intraday, simulated, frame, fills, segments]);

  // A range follows the candles and the end of the traded window, not every price of the run.
  const { time } = frame;
  const { to: last } = tradedWindow(frame);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a repeated click asks again
  useEffect(() => {
    model?.showIndices(rangeIndices(time, range, last));
  }, [model, time, range, last, asked]);
  useEffect(() => model?.setCursor(cursor), [model, cursor]);
  const { shown: newsShown, columns, marked } = news;
  useEffect(() => model?.setSentiment(newsShown, columns), [model, newsShown, columns]);
  useEffect(() => model?.setMark(marked), [model, marked]);
  useEffect(() => {
    if (focus === null || model === null) return;
    model.reveal(focus.time);
    // Where chart and list stand one above the other, the candle would be shown out of sight.
    const frame = container.current?.getBoundingClientRect();
    if (frame === undefined) return;
    const seen = Math.min(frame.bottom, window.innerHeight) - Math.max(frame.top, 0);
    if (seen < frame.height / 2) container.current?.scrollIntoView({ block: 'nearest' });
  }, [model, focus]);

  return (
    <figure className={classes.figure} aria-label={`Chart of ${symbol}`}>
      {model !== null && (
        <>
          <Legend
            model={model}
            frame={frame}
            fills={fills}
            cursor={cursor}
            intraday={intraday}
            outdated={outdated}
            news={news}
          />
          <Overview model={model} frame={frame} segments={segments} />
        </>
      )}
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for form fields, this is a canvas */}
      <div
        className={classes.frame}
        role="group"
        aria-label="Candles, net worth and drawdown, and the sentiment of the news. Left and right arrows move the crosshair, plus and minus zoom."
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the crosshair is moved by arrow keys
        tabIndex={0}
        onKeyDown={(event) => moveByKey(event, model)}
        onBlur={() => model?.pointedBar.set(null)}
      >
        <div ref={container} className={classes.canvas} />
        {model !== null && (
          <>
            <PaneTitles
              model={model}
              hasRun={agent !== null}
              sentiment={newsShown ? news.state : null}
            />
            <SentimentTip model={model} describe={news.describe} />
          </>
        )}
      </div>
    </figure>
  );
}
