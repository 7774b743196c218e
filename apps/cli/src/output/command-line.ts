import { printable } from '../text/printable.js'

/** How a person types the tool here: through pnpm inside the working tree, by its name where it is installed. */
export function toolName(environment: Readonly<Record<string, string | undefined>>): string {
  const throughPnpm = /\bpnpm\//.test(environment.npm_config_user_agent ?? '')
  return throughPnpm && environment.npm_lifecycle_event !== undefined ? 'npx -y pnpm@12 lagoon' : 'lagoon'
}

/** A command as it can be pasted into a shell. */
export function commandLine(tool: string, argv: readonly string[]): string {
  return [tool, ...argv.map(shellQuote)].join(' ')
}

/** The word in single quotes if a shell would interpret it. */
export function shellQuote(word: string): string {
  const safe = printable(word)
  return /^[\w@%+=:,./-]+$/.test(safe) ? safe : `'${safe.replaceAll("'", `'\\''`)}'`
}
