import { confirm, isCancel, password, select, text } from '@clack/prompts'
import { CliError } from '../errors/cli-error.js'
import type { Asker } from './answers.js'

/** Questions in the terminal. Cancelling one ends the command, and nothing is written. */
export const terminalAsker: Asker = {
  text: async (message, { initial, optional = false } = {}) => {
    const answer = await text({
      message,
      ...(initial === undefined ? {} : { initialValue: initial }),
      validate: (value) => (optional || value?.trim() ? undefined : 'An answer is needed.'),
    })
    return answered(answer).trim()
  },
  secret: async (message) =>
    answered(
      await password({ message, validate: (value) => (value?.trim() ? undefined : 'An answer is needed.') }),
    ).trim(),
  choose: async (message, choices, initialValue) =>
    answered(
      await select<string>({ message, options: [...choices], initialValue }),
    ) as (typeof choices)[number]['value'],
  confirm: async (message) => answered(await confirm({ message })),
}

function answered<T>(answer: T): Exclude<T, symbol> {
  if (!isCancel(answer)) return answer as Exclude<T, symbol>
  throw new CliError(
    'LAGOON_CLI_USAGE',
    'cancelled; nothing was written',
    'Run lagoon init again to start over.',
  )
}
