import { type ChartOptions, ColorType, type DeepPartial } from 'lightweight-charts';
import { formatMoney } from '../format';
import type { Palette } from './palette';

/** A canvas knows no CSS variables, so the page's font is named again. */
const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Liberation Sans', sans-serif";

/** What all charts of the page have in common, in any theme. */
export const COMMON_OPTIONS = {
  autoSize: true,
  layout: {
    background: { type: ColorType.Solid },
    fontFamily: FONT,
    fontSize: 11,
    attributionLogo: true,
  },
  rightPriceScale: { minimumWidth: 72 },
  localization: { locale: 'en-US' },
} satisfies DeepPartial<ChartOptions>;

/** The colours of a chart itself; its series have their own. */
export function themeOptions(palette: Palette): DeepPartial<ChartOptions> {
  const line = { color: palette.crosshair, labelBackgroundColor: palette.crosshairLabel };
  return {
    layout: {
      background: { color: palette.background },
      textColor: palette.text,
      panes: { separatorColor: palette.border, separatorHoverColor: palette.grid },
    },
    grid: { vertLines: { color: palette.grid }, horzLines: { color: palette.grid } },
    crosshair: { vertLine: line, horzLine: line },
    timeScale: { borderColor: palette.border },
    rightPriceScale: { borderColor: palette.border },
  };
}

/** Format of a series in money. */
export const MONEY = {
  type: 'custom' as const,
  formatter: (value: number) => formatMoney(value),
  minMove: 1,
};

/** A series that is read at the crosshair, not at its last value's line. */
export const QUIET = { priceLineVisible: false, crosshairMarkerRadius: 3 } as const;
