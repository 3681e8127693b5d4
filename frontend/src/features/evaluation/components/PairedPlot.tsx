import type { PairedDifferences } from '@/api/types';
import { BASELINE_WORDS, BASELINES } from '../calculate/baselines';
import { ForestFoot, ForestTable } from './ForestTable';

interface PairedPlotProps {
  paired: PairedDifferences;
  /** Whether the differences are of several symbols. */
  several: boolean;
}

/** The agent against each baseline. */
export function PairedPlot({ paired, several }: PairedPlotProps) {
  return (
    <>
      <ForestTable
        label="Differences in Sharpe ratio"
        head="Agent less"
        differences={BASELINES.map((baseline) => ({
          ...BASELINE_WORDS[baseline],
          difference: paired[baseline],
        }))}
      />
      <ForestFoot {...paired.buy_and_hold} several={several} />
    </>
  );
}
