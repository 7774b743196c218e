import { createRequire } from 'node:module'

/** The release of the package, `1.2.3`; asked for by its name, because the build moves this code to other files. */
export function version(): string {
  return (createRequire(import.meta.url)('@lagoon/cli/package.json') as { version: string }).version
}
