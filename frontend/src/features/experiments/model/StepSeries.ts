/**
 * Points of a training in the order of their steps, at most so many of them: where there are too
 * many, every second one is let go, so that the curve keeps its shape.
 */
export class StepSeries<Point extends { readonly step: number }> {
  private points: Point[] = [];
  private readonly most: number;

  constructor(most: number) {
    this.most = most;
  }

  add(point: Point): void {
    // A unit whose process died goes on from its last checkpoint and takes some steps again.
    while ((this.points.at(-1)?.step ?? -1) >= point.step) this.points.pop();
    this.points.push(point);
    if (this.points.length > this.most) {
      const last = this.points.length - 1;
      this.points = this.points.filter((_, index) => index % 2 === 0 || index === last);
    }
  }

  /** The points as they are now; what is added later does not change the answer. */
  read(): readonly Point[] {
    return [...this.points];
  }
}
