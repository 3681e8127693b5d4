/** Part of the series in view, in candle indices; fractions and both sides beyond it may occur. */
export interface View {
  from: number;
  to: number;
}

/** Empty room right of the last candle, in candles. */
export const MARGIN = 3;
const NARROWEST = 8;
/** Widest view that a chosen candle is shown in; wider ones would hide it among the others. */
const CLOSE_LOOK = 260;

/** The view that shows these candles, the first and last of them whole. */
export function viewOf({ from, to }: View): View {
  return { from: from - 0.5, to: to + MARGIN };
}

/**
 * The view that shows `index` among its neighbours: the one before where that does, else with
 * `index` in the middle, as wide as before or closer, and no further right than the candles go.
 *
 * @param last Last candle drawn.
 */
export function centreOn(index: number, view: View, last: number): View {
  const width = view.to - view.from;
  if (width <= CLOSE_LOOK && index > view.from + 1 && index < view.to - 1) return view;
  const half = Math.min(width, CLOSE_LOOK) / 2;
  const to = Math.min(index + half, Math.max(last + MARGIN, index));
  return { from: to - 2 * half, to };
}

/** The view moved just so far that `index` is in it. */
export function shiftTo(index: number, view: View): View {
  const shift =
    index < view.from ? index - view.from - 1 : index > view.to ? index - view.to + 1 : 0;
  return { from: view.from + shift, to: view.to + shift };
}

/** Fewer candles for a factor below 1, more above; the right edge stays. */
export function zoomBy(factor: number, view: View): View {
  return { from: view.to - Math.max((view.to - view.from) * factor, NARROWEST), to: view.to };
}

/** The view that a replay from `cursor` begins in: mostly room for what is to come. */
export function openReplay(cursor: number, view: View): View {
  const width = view.to - view.from;
  if (width <= CLOSE_LOOK && cursor >= view.from && cursor <= view.to - MARGIN) return view;
  const wide = Math.min(width, CLOSE_LOOK);
  return { from: cursor - wide * 0.3, to: cursor + wide * 0.7 };
}

/** The view that a replay at `cursor` needs: moved where the cursor would leave it. */
export function followTo(cursor: number, view: View): View {
  if (cursor >= view.from && cursor <= view.to - MARGIN) return view;
  const width = view.to - view.from;
  return { from: cursor + MARGIN - width, to: cursor + MARGIN };
}
