import type { CliResult } from './run-cli.js'

/** Fails with the program's own words when it did not end with this code. */
export function expectExit({ code, signal, stderr, stdout }: CliResult, expected: number): void {
  if (code === expected) return
  throw new Error(`ended with ${code ?? signal}, not ${expected}\n${stderr}\n${stdout.slice(-2000)}`)
}
