import { formatBytes } from '../../src/output/format.js'
import type { Fact, Provider } from '../../src/providers/provider.js'
import { providerNames, providers } from '../../src/providers/providers.js'

const intro = `# Providers

\`LAGOON_SOURCE_PROVIDER\` and \`LAGOON_DESTINATION_PROVIDER\`, or \`provider\` of a store in a [configuration file](configuration.md), set what a provider needs.
What is given besides beats it: an endpoint URL, a region, a path style. Each fact links to where the provider documents it.

This page is made of \`apps/cli/src/providers/providers.ts\` by its test.
`

const link = (text: string, target: string) => `[${text}](${target})`
const linked = <T>(fact: Fact<T> | undefined, write: (value: T) => string) =>
  fact === undefined ? '' : link(write(fact.value), fact.link)

function endpoint(value: string): string {
  if (value === 'aws') return 'of the region'
  if (value === 'own') return 'to be given'
  const given = /\{accountId\}/.test(value) ? 'ACCOUNT_ID' : 'REGION'
  return `\`${value.replace(/\{\w+\}/, given)}\``
}

function region({ region: fixed, exampleRegion }: Provider): string {
  if (fixed !== undefined) return link(`\`${fixed.value}\``, fixed.link)
  return exampleRegion === undefined ? '' : `required, such as \`${exampleRegion}\``
}

function limits({ limits: fact }: Provider): string {
  return linked(fact, ({ equalParts, maxParts, maxSinglePutBytes }) =>
    [
      equalParts ? 'parts of equal size' : '',
      maxParts === undefined ? '' : `${maxParts.toLocaleString('en')} parts`,
      maxSinglePutBytes === undefined ? '' : `${formatBytes(maxSinglePutBytes)} in one PUT`,
    ]
      .filter(Boolean)
      .join(', '),
  )
}

/** docs/providers.md, before it is formatted. */
export function providerPage(): string {
  const all = providerNames.map((name): [string, Provider] => [name, providers[name]])
  const rows = all.map(([name, provider]) => [
    `\`${name}\``,
    provider.title,
    linked(provider.endpointUrl, endpoint),
    region(provider),
    linked(provider.forcePathStyle, (value) => (value ? 'yes' : 'no')),
    limits(provider),
    linked(provider.conditionalWrites, (value) => (value ? 'yes' : 'no')),
  ])
  const heads = ['name', 'provider', 'endpoint', 'region', 'path style', 'uploads', 'conditional writes']
  const table = [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`)
  const notes = all.flatMap(([, { title, notes = [] }]) =>
    notes.map((note) => `- ${title}: ${link(note.value, note.link)}.`),
  )
  return `${intro}
${table.join('\n')}

An empty cell is as with any store: path style where there is an endpoint, the limits of S3, conditional writes until the store refuses one. They serve
\`--overwrite if-missing\`: without them, a look before the write is all there is.

What to know besides:

${notes.join('\n')}
`
}
