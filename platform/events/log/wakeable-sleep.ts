/** A sleep that another caller can end early. A wake-up between two sleeps ends the next one at once. */
export class WakeableSleep {
  #woken = false
  #resolve: (() => void) | undefined

  wake(): void {
    this.#woken = true
    this.#resolve?.()
  }

  /** Sleeps until `wake` is called, at most `milliseconds`. True when it was called. */
  async sleep(milliseconds: number): Promise<boolean> {
    if (!this.#woken) {
      let timer: NodeJS.Timeout | undefined
      await new Promise<void>((resolve) => {
        this.#resolve = resolve
        timer = setTimeout(resolve, milliseconds)
      })
      clearTimeout(timer)
      this.#resolve = undefined
    }
    const woken = this.#woken
    this.#woken = false
    return woken
  }
}
