import { provideNats } from '@lagoon/testkit'
import { defineCommand } from '../cli/command.js'
import { count } from '../cli/options.js'
import type { MeasuredOn } from '../environment.js'
import { milliseconds, number, percent } from '../format.js'
import { measureEngine, measureStatus, type EngineCosts, type StatusTimes } from '../queue/engine-costs.js'
import { measureProtocol } from '../queue/protocol-cost.js'
import { table } from '../report/sections.js'
import { median, summarize } from '../statistics.js'

/** The load of a job on its engine, and the time that its status takes. */
export const queue = defineCommand({
  name: 'queue',
  summary: 'Measure what a job on many machines costs its NATS server',
  options: {
    items: count('Items of the job whose status is read; 15,000 are a billion keys', 15_000),
    repeats: count('Measured reads of the status, and items that are worked off', 7),
  },
  example: ['--repeats 3', 'A quicker look'],

  async measure(
    { items, repeats },
    session,
  ): Promise<{ costs: EngineCosts; status: StatusTimes; protocolUs: number[] } & MeasuredOn> {
    session.expect(4)
    session.say('starting the queue')
    const server = await provideNats({ config: '' })
    session.defer(() => server.stop())
    const status = await measureStatus(server.url, { items, repeats }, session)
    const protocolUs = await measureProtocol(server.url, repeats, session)
    const costs = await measureEngine(server.url, session)
    return { stores: 'none; a nats-server of its own', costs, status, protocolUs }
  },

  describe: ({ costs, status, protocolUs }) => ({
    title: 'The queue of a job on many machines',
    headline:
      `The status of ${number(status.items)} items takes ${milliseconds(median(status.wallMs))}; ` +
      `a million keys take ${number(costs.bytesUnderWay)} bytes in progress and ${number(costs.bytesFinished)} finished; ` +
      `an object takes ${number(median(protocolUs))} µs of a worker's processor time.`,
    spread: summarize(status.wallMs)?.spread ?? 0,
    sections: [
      table('Status', [status], {
        items: ({ items }) => number(items),
        wall: ({ wallMs }) => milliseconds(median(wallMs)),
        CPU: ({ cpuMs }) => milliseconds(median(cpuMs)),
      }),
      table('Worker', [protocolUs], {
        'CPU µs of an object, a checkpoint a second': (values) => number(median(values)),
        spread: (values) => percent(summarize(values)?.spread),
      }),
      table('Engine', [costs], {
        'bytes of 10⁶ keys in progress': ({ bytesUnderWay }) => number(bytesUnderWay),
        'of 10⁶ finished': ({ bytesFinished }) => number(bytesFinished),
        'requests of an item': ({ requestsOfItem }) => requestsOfItem.toFixed(1),
        'of a key': ({ requestsOfKey }) => requestsOfKey.toFixed(5),
        'messages stored of a key': ({ storedOfKey }) => storedOfKey.toFixed(5),
      }),
    ],
  }),
})
