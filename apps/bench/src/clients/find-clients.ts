import { execFile } from 'node:child_process'
import { access, constants } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { BenchError, usageError } from '../errors.js'
import { bareLoop } from './bare-loop.js'
import type { Client, FoundClient } from './client.js'
import { juicefs } from './juicefs.js'
import { lagoon } from './lagoon.js'
import { mc } from './mc.js'
import { rclone, rcloneInParts } from './rclone.js'
import { s3sync } from './s3sync.js'

const run = promisify(execFile)

/** Names for `--clients`, in the order of the tables. The product is first: ratios compare it with the others. */
export const clientNames = [
  'lagoon',
  'bare-loop',
  's3sync',
  'rclone',
  'rclone-parts',
  'mc',
  'juicefs',
] as const
type ClientName = (typeof clientNames)[number]

/** What only the product has. */
interface ProductOptions {
  threads?: number | undefined
}

const clients: Record<ClientName, (options: ProductOptions) => Client> = {
  lagoon,
  'bare-loop': () => bareLoop,
  s3sync: () => s3sync,
  rclone: () => rclone,
  'rclone-parts': () => rcloneInParts,
  mc: () => mc,
  juicefs: () => juicefs,
}

/** The client of that name. Throws `LAGOON_BENCH_USAGE` for another. */
export function clientNamed(name: string, options: ProductOptions = {}): Client {
  const make = clients[name as ClientName]
  if (!make) throw usageError(`there is no client "${name}"`, `Clients are ${clientNames.join(', ')}.`)
  return make(options)
}

/** The path of the client's program and its reported version; `null` if it is not on the PATH. */
export async function findClient(client: Client, env: NodeJS.ProcessEnv): Promise<FoundClient | null> {
  const executable =
    client.program === null ? process.execPath : await onPath(client.program, env['PATH'] ?? '')
  if (executable === null) return null
  try {
    const { stdout } = await run(executable, client.versionArgs, { timeout: 20_000 })
    return { client, executable, version: stdout.split('\n')[0]!.trim() }
  } catch {
    // MinIO's `mc` shares its name with Midnight Commander, and other names are shared, too: a program with an unexpected version output
    // does not count.
    return null
  }
}

/** The first executable file of that name on a PATH. */
export async function onPath(program: string, path: string): Promise<string | null> {
  for (const directory of path.split(delimiter)) {
    if (directory === '') continue
    const candidate = join(directory, program)
    const usable = await access(candidate, constants.X_OK).then(
      () => true,
      () => false,
    )
    if (usable) return candidate
  }
  return null
}

/** The product and its reported version. Throws `LAGOON_BENCH_PRODUCT` if it is not built. */
export async function findProduct(): Promise<FoundClient> {
  const found = await findClient(lagoon(), process.env)
  if (found === null) throw notBuilt('lagoon')
  return found
}

/** A client from this repository that does not run. */
export function notBuilt(name: string): BenchError {
  return new BenchError('LAGOON_BENCH_PRODUCT', `${name} does not run`, {
    hint: 'Build the workspace first: npx -y pnpm@12 build.',
  })
}
