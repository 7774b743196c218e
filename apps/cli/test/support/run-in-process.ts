import { parseArguments } from '../../src/command-line/parse-arguments.js'
import { commands } from '../../src/command-specs/commands.js'
import type { CommandSpec } from '../../src/command-specs/command-spec.js'
import type { CommandEvent } from '../../src/output/command.js'
import { loadCommand } from '../../src/commands/load-command.js'
import type { ExitCode } from '../../src/errors/exit-codes.js'
import { createSettings } from '../../src/options/settings.js'
import { storesByPosition } from '../../src/options/stores-by-position.js'
import { createStyle } from '../../src/text/style.js'

/** What a command answered, in both forms. */
export interface InProcessResult {
  readonly exitCode: ExitCode
  readonly data: Record<string, unknown>
  readonly rows: readonly Record<string, unknown>[]
  readonly text: string
  readonly events: readonly CommandEvent[]
  /** What made a run stop itself. */
  readonly failure?: unknown
}

/** Runs a command in this process, for tests that need no separate process: arguments are parsed and settings resolved as the program does. */
export async function runInProcess(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>> = {},
  onEvent: (event: CommandEvent) => void = () => {},
): Promise<InProcessResult> {
  const parsed = parseArguments(args)
  const { takesStores }: CommandSpec = commands[parsed.command]
  const stores = takesStores === true ? storesByPosition(parsed.positionals) : undefined
  const settings = createSettings({ flags: parsed.flags, environment, dotEnv: {}, stores })
  const command = await loadCommand(parsed.command)
  const events: CommandEvent[] = []
  const outcome = await command.run({
    settings,
    readSettings: async () => settings,
    setLogLevel() {},
    positionals: parsed.positionals,
    environment,
    argv: args,
    drain: new AbortController().signal,
    abort: new AbortController().signal,
    stoppedBy: () => undefined,
    beforeExit: () => () => {},
    emit(event) {
      events.push(event)
      onEvent(event)
    },
  })
  const rows: Record<string, unknown>[] = []
  for await (const row of outcome.rows?.() ?? []) rows.push({ ...row })
  return {
    exitCode: outcome.exitCode,
    data: { ...outcome.data },
    rows,
    text: outcome.render(createStyle(false)),
    events,
    ...(outcome.failure === undefined ? {} : { failure: outcome.failure }),
  }
}
