import classes from './FigureList.module.css';
import { Term } from './Term';

interface ListedFigure {
  name: string;
  value: string;
  beside?: string | undefined;
  /** Definition of the name, on asking. */
  meaning?: string;
}

interface FigureListProps {
  label: string;
  figures: readonly ListedFigure[];
  /** In two columns where the window is narrow, for lists that would be ragged there. */
  columns?: boolean;
}

/** Numbers to read first, side by side, each with its name above and what it compares with beside. */
export function FigureList({ label, figures, columns = false }: FigureListProps) {
  return (
    <dl className={classes.figures} data-columns={columns} aria-label={label}>
      {figures.map(({ name, value, beside, meaning }) => (
        <div key={name}>
          <dt>{meaning === undefined ? name : <Term word={name} definition={meaning} />}</dt>
          <dd>
            {value}
            {beside !== undefined && <span>{beside}</span>}
          </dd>
        </div>
      ))}
    </dl>
  );
}
