import type { Checkpoint } from '../log/checkpoint.ts'

/** Events that were read together. When they and all earlier pages are handled, the group has reached `checkpoint`. */
export type Page = { pending: number; readonly oldestAt: number; readonly checkpoint: Checkpoint }

/** Handlers finish in any order; the checkpoint advances only over pages without a pending event. */
export class CheckpointTracker {
  readonly #pages: Page[] = []
  #outstanding = 0
  #checkpoint: Checkpoint

  constructor(checkpoint: Checkpoint) {
    this.#checkpoint = checkpoint
  }

  get checkpoint(): Checkpoint {
    return this.#checkpoint
  }
  /** Events that were read and are not handled yet. */
  get outstanding(): number {
    return this.#outstanding
  }
  /** When the oldest of them may have been published, in epoch milliseconds. */
  get oldestAt(): number | undefined {
    return this.#pages[0]?.oldestAt
  }

  /** Starts a page of `pending` events. */
  add(page: Readonly<Page>): Page {
    const added = { ...page }
    this.#outstanding += added.pending
    this.#pages.push(added)
    this.#advance()
    return added
  }

  /** One event of `page` is handled. */
  done(page: Page): void {
    page.pending--
    this.#outstanding--
    this.#advance()
  }

  #advance(): void {
    while (this.#pages[0]?.pending === 0) this.#checkpoint = this.#pages.shift()?.checkpoint ?? this.#checkpoint
  }
}
