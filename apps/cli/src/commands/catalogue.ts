import { copyingCommands } from './specs/copying.js'
import { manifestCommands } from './specs/manifests.js'
import { operatingCommands } from './specs/operating.js'
import { settingUpCommands } from './specs/setting-up.js'
import { stateCommands } from './specs/state.js'

/** Every command, in the order of the help. */
export const commands = {
  ...copyingCommands,
  ...operatingCommands,
  ...manifestCommands,
  ...stateCommands,
  ...settingUpCommands,
} as const

export type CommandName = keyof typeof commands

export const commandNames = Object.keys(commands) as CommandName[]

export function isCommandName(name: string): name is CommandName {
  return Object.hasOwn(commands, name)
}

/** The command that the words begin with, and how many of them are its name. */
export function commandIn(words: readonly string[]): { name: CommandName; length: number } | undefined {
  for (const length of [2, 1]) {
    const name = words.slice(0, length).join(' ')
    if (words.length >= length && isCommandName(name)) return { name, length }
  }
  return undefined
}
