import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

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

/** A directory of its own for this run, removed at the end with all that is in it. `name`: what its name begins with. */
export async function temporaryDirectory(name: string, cleanup: Cleanup): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), name))
  cleanup.add(() => rm(directory, { recursive: true, force: true }))
  return directory
}
