/** Steps to undo, last first, in every case; one that fails does not keep the others from running. */
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
        // The run already has its result; closing twice or late changes nothing.
      }
    }
  }
}
