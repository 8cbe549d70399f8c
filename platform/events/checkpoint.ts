/** How far a group is: all that `snap` sees is done; of the window up to `win`, everything up to the id `pos`. */
export type Progress = Readonly<{ snapshot: string; open_window: string | null; position: number }>

/** Events handed over together: when the last of them and of all spans before is done, the group has got to `reaches`. */
export type Span = { left: number; readonly since: number; readonly reaches: Progress }

/** Turns events done in any order into a progress that never runs ahead of one that is not done. */
export class CheckpointTracker {
  readonly #open: Span[] = []
  #outstanding = 0
  #reached: Progress

  constructor(reached: Progress) {
    this.#reached = reached
  }

  get reached(): Progress {
    return this.#reached
  }
  /** Events handed over and not done. */
  get outstanding(): number {
    return this.#outstanding
  }
  /** When the oldest event that is not done was told, as epoch milliseconds. */
  get oldest(): number | undefined {
    return this.#open[0]?.since
  }

  open(count: number, since: number, reaches: Progress): Span {
    const span = { left: count, since, reaches }
    this.#outstanding += count
    this.#open.push(span)
    this.#advance()
    return span
  }

  done(span: Span): void {
    span.left--
    this.#outstanding--
    this.#advance()
  }

  #advance(): void {
    while (this.#open[0]?.left === 0) this.#reached = this.#open.shift()?.reaches ?? this.#reached
  }
}
