import { Tooltip } from '@mantine/core';
import { useSyncExternalStore } from 'react';
import type { Segment } from '@/api/types';
import { SEGMENT_WORDS } from '@/lib/chart/shades';
import type { Frame } from '@/lib/frame';
import { formatSpan } from '@/lib/time';
import { layOutBands, layOutView } from '../calculate/overview';
import type { ChartModel } from '../model/ChartModel';
import classes from './Overview.module.css';

interface OverviewProps {
  model: ChartModel;
  frame: Frame;
  segments: readonly Segment[];
}

/** The whole series as a strip: what the agent has seen, and which part is in view. */
export function Overview({ model, frame, segments }: OverviewProps) {
  if (segments.length === 0) return null;
  const bands = layOutBands(segments, frame.time);
  return (
    <ul className={classes.strip} aria-label="What the agent has seen of this series">
      {bands.map((band) => {
        const { name, meaning } = SEGMENT_WORDS[band.kind];
        const span = formatSpan(band.start, band.end);
        return (
          <Tooltip
            key={`${band.kind} ${band.start}`}
            label={`${name}, ${span}. ${meaning}`}
            multiline
            maw={280}
          >
            <li
              className={classes.band}
              data-kind={band.kind}
              style={{ left: `${band.left}%`, width: `${band.width}%` }}
            >
              <span>
                {name}
                <span className={classes.span}> {span}</span>
              </span>
            </li>
          </Tooltip>
        );
      })}
      <ViewMark model={model} length={frame.length} />
    </ul>
  );
}

/** On its own, because it follows every pixel of a drag. */
function ViewMark({ model, length }: { model: ChartModel; length: number }) {
  const view = useSyncExternalStore(model.view.subscribe, model.view.get);
  if (view === null) return null;
  const { left, width } = layOutView(view, length);
  return (
    <li aria-hidden className={classes.view} style={{ left: `${left}%`, width: `${width}%` }} />
  );
}
