import { onTestFinished } from 'vitest'
import { createCopier, type Copier, type CopierOptions } from '../../src/index.js'

let threads = 1

/** From here on in this file {@link testCopier} copies by so many threads: the same suites hold for any number. */
export function copyByThreads(count: number): void {
  threads = count
}

/** How many threads this file copies by. */
export const threadsOfFile = (): number => threads

/** A copier that ends with the test. */
export function testCopier(options: CopierOptions): Copier {
  const copier = createCopier({ threads, ...options })
  onTestFinished(() => copier.close())
  return copier
}
