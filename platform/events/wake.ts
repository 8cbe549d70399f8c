/** A sleep that others can end. A call while nobody sleeps ends the next one. */
export class Wake {
  #called = false
  #resolve: (() => void) | undefined

  call(): void {
    this.#called = true
    this.#resolve?.()
  }

  /** Sleeps until called, at most `milliseconds`. True when called. */
  async sleep(milliseconds: number): Promise<boolean> {
    if (!this.#called) {
      let timer: NodeJS.Timeout | undefined
      await new Promise<void>((resolve) => {
        this.#resolve = resolve
        timer = setTimeout(resolve, milliseconds)
      })
      clearTimeout(timer)
      this.#resolve = undefined
    }
    const called = this.#called
    this.#called = false
    return called
  }
}
