import { clientNamed, findClient } from '../clients/find-clients.js'
import type { FoundClient } from '../clients/client.js'
import { notBuilt } from '../clients/find-product.js'
import { captureEnvironment } from '../environment.js'
import { createProgress } from '../progress.js'
import { countRuns } from '../run/measure-variants.js'
import { measureWorkload } from '../run/measure-workload.js'
import type { PlannedWorkload } from '../run/plan.js'
import type { CopyResult } from '../run/result.js'
import type { Variant, WorkloadResult } from '../run/series.js'
import type { Session } from '../session.js'
import { openStores, type StoreChoice } from '../stores/open-stores.js'
import { failureNotes } from './failure-notes.js'

export interface CompareOptions {
  stores: StoreChoice
  workloads: readonly PlannedWorkload[]
  clients: readonly string[]
  /** The same for every client; `undefined` takes the workload's own. */
  concurrency: number | undefined
  /** Threads of the product; `undefined` leaves that to it. */
  threads: number | undefined
  rounds: { warmUp: number; measured: number }
  command: string
}

/** The product beside its peers: the same objects, the same concurrency, a fresh bucket each time, in turn. */
export async function compare(options: CompareOptions, session: Session): Promise<CopyResult> {
  const startedAt = performance.now()
  const notes: string[] = []
  const found: FoundClient[] = []
  for (const name of options.clients) {
    const client = clientNamed(name, options)
    const here = await findClient(client)
    if (here) found.push(here)
    else if (client.program === null) throw notBuilt(client.name)
    else notes.push(`${client.name} is left out: no usable \`${client.program}\` on the PATH.`)
  }
  notes.push(
    ...found.flatMap(({ client }) => (client.caveat === null ? [] : [`${client.name}: ${client.caveat}.`])),
  )
  const variantsOf = (planned: PlannedWorkload): { variant: Variant; found: FoundClient }[] =>
    found.map((each) => ({
      found: each,
      variant: {
        label: each.client.name,
        client: each.client.name,
        version: each.version,
        concurrency: options.concurrency ?? planned.workload.compareAt,
        caveat: each.client.caveat,
      },
    }))
  const { rounds } = options
  const total = options.workloads.reduce(
    (sum, planned) => sum + countRuns({ variants: variantsOf(planned), rounds, withLatencies: false }),
    0,
  )
  const progress = createProgress(total)
  for (const note of notes) progress.say(note)
  progress.say('starting the stores')
  const needBytes = Math.max(...options.workloads.map(({ bytes }) => bytes)) * 2
  const pair = await openStores(options.stores, needBytes, session)
  const versions = Object.fromEntries(found.map(({ client, version }) => [client.name, version]))
  const environment = await captureEnvironment(pair.description, versions)
  const workloads: WorkloadResult[] = []
  for (const planned of options.workloads) {
    const measure = { variants: variantsOf(planned), rounds, withLatencies: false }
    const result = await measureWorkload(planned, { session, pair, progress }, measure)
    workloads.push({
      ...result,
      summary: `${result.summary}, ${String(measure.variants[0]?.variant.concurrency)} in flight`,
    })
  }
  return {
    kind: 'compare',
    command: options.command,
    environment,
    durationMs: performance.now() - startedAt,
    workloads,
    notes: [...notes, ...failureNotes(workloads)],
  }
}
