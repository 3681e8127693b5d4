import { useEffect, useRef, useState } from 'react';
import type { Fill } from '@/api/types';
import type { Theme } from '@/lib/chart/palette';
import { type Closes, PolicyModel } from '../model/PolicyModel';
import classes from './Charts.module.css';

export interface PolicyChartProps {
  closes: Closes;
  fills: readonly Fill[];
  theme: Theme;
  intraday: boolean;
}

/** Closes with what a policy bought and sold; the drawing itself lives in `PolicyModel`. */
export default function PolicyChart({ closes, fills, theme, intraday }: PolicyChartProps) {
  const container = useRef<HTMLDivElement>(null);
  const [model, setModel] = useState<PolicyModel | null>(null);
  useEffect(() => {
    if (container.current === null) return;
    const created = new PolicyModel(container.current, closes, intraday);
    setModel(created);
    return () => {
      setModel(null);
      created.remove();
    };
  }, [closes, intraday]);
  useEffect(() => model?.show(fills, theme), [model, fills, theme]);
  return (
    <figure className={classes.figure} aria-label="Closes with buys and sells">
      <div ref={container} className={classes.canvas} data-policy />
    </figure>
  );
}
