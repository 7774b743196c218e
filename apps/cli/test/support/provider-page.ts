import { formatBytes } from '../../src/text/format.js'
import type { Fact, Provider } from '../../src/providers/provider.js'
import { providerNames, providers } from '../../src/providers/presets.js'

const intro = `# Providers

A preset sets what a provider needs. Choose one with \`LAGOON_SOURCE_PROVIDER\` and \`LAGOON_DESTINATION_PROVIDER\`, or with
\`provider\` of a store in a [configuration file](configuration.md). An endpoint URL, a region or a path style that you set takes
precedence over the preset. Each fact links to the provider's documentation.

A test generates this page from \`apps/cli/src/providers/presets.ts\`.
`

const link = (text: string, target: string) => `[${text}](${target})`
const linked = <T>(fact: Fact<T> | undefined, write: (value: T) => string) =>
  fact === undefined ? '' : link(write(fact.value), fact.link)

function endpoint(value: string): string {
  if (value === 'aws') return 'of the region'
  if (value === 'own') return 'set it yourself'
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

An empty cell means the default: path style if an endpoint is set, the limits of S3, and conditional writes until the store refuses one.
\`--overwrite if-missing\` uses conditional writes; without them, it only checks before the write.

Notes:

${notes.join('\n')}
`
}
