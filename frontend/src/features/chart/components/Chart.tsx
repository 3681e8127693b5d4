import { useEffect, useRef, useState } from 'react';
import type { Fill, Segment } from '@/api/types';
import { moveByKey } from '@/lib/chart/keys';
import type { Theme } from '@/lib/chart/palette';
import { type Frame, tradedWindow } from '@/lib/frame';
import { type Range, rangeIndices } from '../calculate/range';
import { type ChartContent, ChartModel } from '../model/ChartModel';
import classes from './Chart.module.css';
import { Legend } from './Legend';
import { Overview } from './Overview';
import { PaneTitles } from './PaneTitles';

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
}

/** Three panes on one time axis; the drawing itself lives in `ChartModel`. */
export default function Chart(props: ChartProps) {
  const { symbol, agent, simulated, intraday, frame, fills, segments } = props;
  const { theme, outdated, logScale, range, asked, focus, cursor } = props;
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
  useEffect(() => {
    if (focus !== null) model?.reveal(focus.time);
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
          />
          <Overview model={model} frame={frame} segments={segments} />
        </>
      )}
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for form fields, this is a canvas */}
      <div
        className={classes.frame}
        role="group"
        aria-label="Candles, net worth and drawdown. Left and right arrows move the crosshair, plus and minus zoom."
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the crosshair is moved by arrow keys
        tabIndex={0}
        onKeyDown={(event) => moveByKey(event, model)}
      >
        <div ref={container} className={classes.canvas} />
        {model !== null && <PaneTitles model={model} hasRun={agent !== null} />}
      </div>
    </figure>
  );
}
