/** Things to undo, last first, whatever happens; one that fails keeps none of the others from running. */
export class Cleanup {
  readonly #steps: (() => unknown)[] = []

  add(step: () => unknown): void {
    this.#steps.push(step)
  }

  async run(): Promise<void> {
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
      try {
        await step()
      } catch {
        // The run has its result already; closing twice or late changes nothing of it.
      }
    }
  }
}
