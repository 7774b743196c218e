import { BenchError } from '../errors.js'
import type { FoundClient } from './client.js'
import { findClient } from './find-clients.js'
import { lagoon } from './lagoon.js'

/** The product, with what it says its version is. Throws `LAGOON_BENCH_PRODUCT` when it isn't built. */
export async function findProduct(): Promise<FoundClient> {
  const found = await findClient(lagoon())
  if (found === null) throw notBuilt('lagoon')
  return found
}

/** A client that is part of this repository does not run. */
export function notBuilt(name: string): BenchError {
  return new BenchError('LAGOON_BENCH_PRODUCT', `${name} does not run`, {
    hint: 'Build the workspace first: npx -y pnpm@12 build.',
  })
}
