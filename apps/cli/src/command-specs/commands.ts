import { copyingCommands } from './copying.js'
import { jobCommands } from './job.js'
import { manifestCommands } from './manifests.js'
import { operatingCommands } from './operating.js'
import { settingUpCommands } from './setting-up.js'
import { stateCommands } from './state.js'

/** Every command, in the order of the help. */
export const commands = {
  ...copyingCommands,
  ...operatingCommands,
  ...manifestCommands,
  ...stateCommands,
  ...jobCommands,
  ...settingUpCommands,
} as const

export type CommandName = keyof typeof commands

export const commandNames = Object.keys(commands) as CommandName[]

/** First words of commands, each once. */
export const firstWords: readonly string[] = [...new Set(commandNames.map((name) => name.split(' ')[0]!))]

/** The commands of two words that begin with this one. */
export function commandsOf(first: string): CommandName[] {
  return commandNames.filter((name) => name.startsWith(`${first} `))
}
