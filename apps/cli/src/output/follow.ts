import { setTimeout as sleep } from 'node:timers/promises'
import type { CommandContext, View } from './command.js'

const intervalMs = 2000

/** Reads again every two seconds and shows what is there, until it is over; the last view is the answer. */
export async function follow(
  { emit }: Pick<CommandContext, 'emit'>,
  read: () => Promise<View>,
): Promise<View> {
  for (;;) {
    const view = await read()
    if (view.over) return view
    emit({ type: 'view', view })
    await sleep(intervalMs)
  }
}
