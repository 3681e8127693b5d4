import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { moveByKey } from '@/lib/chart/keys';
import type { Theme } from '@/lib/chart/palette';
import { formatTenths } from '@/lib/format';
import { formatTime } from '@/lib/time';
import { strokeOfHolding, strokeOfRun } from '../model/colours';
import { type OverlayLine, OverlayModel } from '../model/OverlayModel';
import classes from './Charts.module.css';

export interface OverlayChartProps {
  /** What is drawn, for whoever does not see it. */
  label: string;
  lines: readonly OverlayLine[];
  theme: Theme;
  intraday: boolean;
  tall?: boolean;
}

const nothing = () => () => {};
const nowhere = () => null;

/** Net worth of runs over each other; the drawing itself lives in `OverlayModel`. */
export default function OverlayChart(props: OverlayChartProps) {
  const { label, lines, theme, intraday, tall = false } = props;
  const container = useRef<HTMLDivElement>(null);
  const [model, setModel] = useState<OverlayModel | null>(null);
  useEffect(() => {
    if (container.current === null) return;
    const created = new OverlayModel(container.current, intraday);
    setModel(created);
    return () => {
      setModel(null);
      created.remove();
    };
  }, [intraday]);
  useEffect(() => model?.show(lines, theme), [model, lines, theme]);
  const hovered = useSyncExternalStore(
    model?.hovered.subscribe ?? nothing,
    model?.hovered.get ?? nowhere,
  );
  const moment = hovered ?? lines[0]?.time.at(-1);
  return (
    <figure className={classes.figure} aria-label={label}>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for form fields, this is a key */}
      <div className={classes.key} role="group" aria-label={`Lines of ${label}`}>
        {moment !== undefined && (
          <span className={classes.moment}>{formatTime(moment, intraday)}</span>
        )}
        {lines.map((line) => {
          const stroke = line.run === null ? strokeOfHolding(theme) : strokeOfRun(line.run, theme);
          const index = moment === undefined ? -1 : line.time.indexOf(moment);
          return (
            <span key={line.name} className={classes.entry} title={line.name}>
              <span
                className={classes.swatch}
                style={{ borderTopColor: stroke.colour, borderTopStyle: stroke.dash }}
              />
              <span className={classes.name}>{line.name}</span>
              <span className={classes.value}>{formatTenths(line.value[index])}</span>
            </span>
          );
        })}
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for form fields, this is a canvas */}
      <div
        ref={container}
        className={classes.canvas}
        data-tall={tall}
        role="group"
        aria-label={`${label}. Left and right arrows move the crosshair, plus and minus zoom, a double click shows all.`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the crosshair is moved by arrow keys
        tabIndex={0}
        onKeyDown={(event) => moveByKey(event, model)}
      />
    </figure>
  );
}
