import { type ReactNode, useId } from 'react';
import classes from './Section.module.css';

interface SectionProps {
  title: string;
  /** What the reader needs to know to read it. */
  note?: ReactNode;
  /** Beside the title: what changes the view. */
  controls?: ReactNode;
  /** As wide as the page. */
  wide?: boolean;
  children: ReactNode;
}

/** One part of the report, with its name. */
export function Section({ title, note, controls, wide = false, children }: SectionProps) {
  const id = useId();
  return (
    <section className={classes.section} data-wide={wide} aria-labelledby={id}>
      <div className={classes.head}>
        <h3 id={id}>{title}</h3>
        {controls}
      </div>
      {note !== undefined && <p className={classes.note}>{note}</p>}
      {children}
    </section>
  );
}
