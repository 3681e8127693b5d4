import type { ReactNode } from 'react';
import classes from './Numbers.module.css';

/** Keeps a wide table within its section; arrow keys scroll it. */
export function Scroller({ label, children }: { label: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what does not fit is scrolled to by keys
    <section className={classes.scroller} aria-label={label} tabIndex={0}>
      {children}
    </section>
  );
}
