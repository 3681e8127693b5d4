import { UnstyledButton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { problemOf } from '@/api/problem';
import { formatInteger } from '@/lib/format';
import { isoDate } from '@/lib/time';
import { evaluationsQuery } from '../api/evaluations';
import { seedWord, VERDICT_WORDS, verdictKind } from '../calculate/verdict';
import classes from './ReportPicker.module.css';

interface ReportPickerProps {
  /** Kept report that is shown; undefined for that of the symbol. */
  report: string | undefined;
  /** Symbol that is picked; undefined before one is. */
  symbol: string | undefined;
  onPick: (report: string | undefined) => void;
}

/** What is shown: the symbol's own evaluation, or a kept report of a protocol. */
export function ReportPicker({ report, symbol, onPick }: ReportPickerProps) {
  const { data: kept, error } = useQuery(evaluationsQuery());
  return (
    <nav className={classes.picker} aria-label="Reports">
      <UnstyledButton
        className={classes.choice}
        aria-current={report === undefined}
        onClick={() => onPick(undefined)}
      >
        <strong>This symbol</strong>
        <span>{symbol ?? 'none is picked yet'}</span>
      </UnstyledButton>
      {(kept ?? []).map((summary) => {
        const { sign, word } = VERDICT_WORDS[verdictKind(summary.verdict)];
        const { symbols, seeds, start, end, protocol } = summary;
        return (
          <UnstyledButton
            key={summary.id}
            className={classes.choice}
            aria-current={report === summary.id}
            title={`${word}. ${summary.sentence}`}
            onClick={() => onPick(summary.id)}
          >
            <strong>
              {summary.title} <span aria-hidden>{sign}</span>
            </strong>
            <span>
              {formatInteger(symbols.length)} {symbols.length === 1 ? 'symbol' : 'symbols'}
              {seeds > 0 && `, ${formatInteger(seeds)} ${seedWord(protocol, seeds)}`}
              {start !== null && end !== null && `, ${isoDate(start)} – ${isoDate(end)}`}
            </span>
          </UnstyledButton>
        );
      })}
      {error !== null && (
        <p className={classes.words} role="status">
          Kept reports are not available: {problemOf(error).detail}
        </p>
      )}
      {kept?.length === 0 && <p className={classes.words}>No report of a protocol is kept yet.</p>}
    </nav>
  );
}
