import type { EvaluationReport, Looks } from '@/api/types';
import { formatInteger, formatPercent, formatRatio } from '@/lib/format';
import { LOOKS_MEANING } from '@/lib/looks';

export interface Statement {
  word: string;
  meaning: string;
  text: string;
}

/** Candles beyond which the exact number that is needed says no more than that it is out of reach. */
const HOPELESS = 1_000_000;

const plural = (count: number, word: string) =>
  `${formatInteger(count)} ${word}${count === 1 ? '' : 's'}`;

/** In words, what else bears on whether the result is luck. */
export function statements(report: EvaluationReport, looks: Looks | null): Statement[] {
  const { significance, configurations } = report;
  const list: Statement[] = [];
  if (looks !== null) {
    list.push({
      word: 'Looks',
      meaning: LOOKS_MEANING,
      text: `${plural(looks.this_window, 'look')} at these dates, ${formatInteger(looks.total)} in all`,
    });
  }
  const { count, sharpe_variance } = configurations;
  list.push({
    word: 'Configurations',
    meaning:
      'How many ways to build the agent were compared on validation candles before this one was chosen.',
    text:
      count === 0
        ? 'None was compared to come to this one'
        : `${plural(count, 'configuration')} compared on validation${
            sharpe_variance === null
              ? ''
              : `, their Sharpe ratios ${formatRatio(Math.sqrt(sharpe_variance))} apart (standard deviation)`
          }`,
  });
  if (significance === null) return list;
  const { sharpe, probabilistic_sharpe, deflated_sharpe, expected_best_sharpe } = significance;
  list.push(
    {
      word: 'Sharpe of the mean portfolio',
      meaning:
        'Annualised Sharpe ratio of one portfolio that holds all symbols and seeds in equal parts. What is said below is about it; spreading makes it differ from the mean of the single Sharpe ratios.',
      text: formatRatio(sharpe),
    },
    {
      word: 'True Sharpe above 0',
      meaning:
        'Probabilistic Sharpe ratio of the mean portfolio: skew, fat tails and length of the record taken into account.',
      text:
        probabilistic_sharpe === null
          ? 'Too little to tell'
          : `Probability ${formatPercent(probabilistic_sharpe)}`,
    },
    {
      word: 'Deflated',
      meaning:
        'Deflated Sharpe ratio: the probability that the true one is above what the best of that many useless configurations would show by luck.',
      text:
        deflated_sharpe === null
          ? 'Too little to tell'
          : `Probability ${formatPercent(deflated_sharpe)} of more than luck among so many configurations${
              expected_best_sharpe === null
                ? ''
                : `, whose best would show ${formatRatio(expected_best_sharpe)}`
            }`,
    },
    {
      word: 'Track record',
      meaning: 'Candles of such a record until a Sharpe ratio above 0 is 95 % certain.',
      text: describeRecord(
        significance.track_record_candles,
        significance.minimum_track_record_candles,
      ),
    },
  );
  return list;
}

function describeRecord(candles: number, needed: number | null): string {
  const have = plural(candles, 'candle');
  if (needed === null) return `${have}; at a Sharpe ratio of 0 or less no length is enough`;
  if (needed > HOPELESS) return `${have}; more than a million would be needed`;
  const enough = candles >= needed ? 'long enough' : 'too short';
  return `${have} of ${formatInteger(Math.ceil(needed))} needed: ${enough}`;
}
