import type { EvaluationReport } from '@/api/types';
import { FigureList } from '@/components/FigureList';
import { headlineFigures } from '../calculate/figures';

/** The numbers to read first; all are from unseen candles. */
export function Figures({ report }: { report: EvaluationReport }) {
  const figures = headlineFigures(report);
  if (figures.length === 0) return null;
  return <FigureList label="Result on unseen candles" figures={figures} columns />;
}
