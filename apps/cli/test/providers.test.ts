import { fileURLToPath } from 'node:url'
import { format } from 'prettier'
import { expect, test } from 'vitest'
import { resolveEndpoints } from '../src/options/endpoint.js'
import type { Fact, Provider } from '../src/providers/provider.js'
import { providerNames, providers } from '../src/providers/presets.js'
import { failureOf } from './support/failure-of.js'
import { providerPage } from './support/provider-page.js'
import { settingsOf } from './support/settings.js'

const source = (variables: Record<string, string>) =>
  resolveEndpoints(
    settingsOf(
      {},
      Object.fromEntries(Object.entries(variables).map(([name, value]) => [`LAGOON_SOURCE_${name}`, value])),
    ),
  ).source

test.each([
  [{ PROVIDER: 'aws', REGION: 'eu-west-1' }, undefined, 'eu-west-1', false],
  [{ PROVIDER: 'aws' }, undefined, 'us-east-1', false],
  [{ PROVIDER: 'R2', ACCOUNT_ID: 'abc' }, 'https://abc.r2.cloudflarestorage.com', 'auto', true],
  [{ PROVIDER: 'b2', REGION: 'us-west-004' }, 'https://s3.us-west-004.backblazeb2.com', 'us-west-004', true],
  [{ PROVIDER: 'gcs' }, 'https://storage.googleapis.com', 'auto', true],
  [
    { PROVIDER: 'wasabi', REGION: 'eu-central-1' },
    'https://s3.eu-central-1.wasabisys.com',
    'eu-central-1',
    true,
  ],
  [{ PROVIDER: 'hetzner', REGION: 'fsn1' }, 'https://fsn1.your-objectstorage.com', 'fsn1', true],
  [{ PROVIDER: 'scaleway', REGION: 'fr-par' }, 'https://s3.fr-par.scw.cloud', 'fr-par', true],
  [{ PROVIDER: 'digitalocean', REGION: 'nyc3' }, 'https://nyc3.digitaloceanspaces.com', 'nyc3', true],
  [{ PROVIDER: 'minio', ENDPOINT_URL: 'http://m:9000' }, 'http://m:9000', 'us-east-1', true],
  [{ PROVIDER: 'ceph', ENDPOINT_URL: 'http://c:7480' }, 'http://c:7480', 'us-east-1', true],
])('%o is at %s, region %s, path style %s', (variables, endpointUrl, region, forcePathStyle) => {
  const endpoint = source(variables as Record<string, string>)
  expect(endpoint.endpointUrl).toBe(endpointUrl)
  expect(endpoint.region).toBe(region)
  // What is left open the copier takes for path style behind its own endpoint.
  expect(endpoint.forcePathStyle ?? endpoint.endpointUrl !== undefined).toBe(forcePathStyle)
})

test('provider limits reach the copier, also with a given endpoint', () => {
  const behind = { ENDPOINT_URL: 'https://proxy.example' }
  expect(source({ PROVIDER: 'r2', ...behind })).toMatchObject({ limits: { equalParts: true } })
  expect(source({ PROVIDER: 'scaleway', ...behind })).toMatchObject({ limits: { maxParts: 1000 } })
  expect(source({ PROVIDER: 'b2', ...behind })).toMatchObject({ conditionalWrites: false })
  expect(source({ PROVIDER: 'aws' })).not.toHaveProperty('limits')
})

test('given values take precedence over the preset', () => {
  const given = {
    PROVIDER: 'r2',
    ENDPOINT_URL: 'https://abc.eu.r2.cloudflarestorage.com',
    REGION: 'weur',
    FORCE_PATH_STYLE: 'false',
  }
  expect(source(given)).toMatchObject({
    endpointUrl: given.ENDPOINT_URL,
    region: 'weur',
    forcePathStyle: false,
  })
})

test.each([
  [{ PROVIDER: 'r2' }, 'LAGOON_SOURCE_PROVIDER is r2, but LAGOON_SOURCE_ACCOUNT_ID is not set'],
  [{ PROVIDER: 'wasabi' }, 'LAGOON_SOURCE_PROVIDER is wasabi, but LAGOON_SOURCE_REGION is not set'],
  [{ PROVIDER: 'minio' }, 'LAGOON_SOURCE_PROVIDER is minio, but LAGOON_SOURCE_ENDPOINT_URL is not set'],
  [{ PROVIDER: 'wasabbi' }, 'LAGOON_SOURCE_PROVIDER is "wasabbi"'],
  [
    { PROVIDER: 'r2', ACCOUNT_ID: 'evil.example/' },
    'LAGOON_SOURCE_ACCOUNT_ID is "evil.example/", which is not an account id',
  ],
])('%o is refused: %s', (variables, message) => {
  expect(failureOf(() => source(variables as Record<string, string>)).message).toBe(message)
})

test("every preset works once its gaps are filled, and every fact links to the provider's page", () => {
  for (const name of providerNames) {
    source({
      PROVIDER: name,
      REGION: 'somewhere-1',
      ACCOUNT_ID: 'abc',
      ENDPOINT_URL: 'https://s3.example.com',
    })
    const { notes = [], ...facts }: Provider = providers[name]
    const linked = [...Object.values(facts), ...notes].filter(
      (fact) => typeof fact === 'object',
    ) as Fact<unknown>[]
    expect(linked.length).toBeGreaterThan(0)
    for (const { link } of linked) expect(link).toMatch(/^https:\/\/[a-z0-9.-]+\/\S*$/)
  }
})

/** Brought up to date by `vitest run -u apps/cli/test/providers.test.ts`. */
test('docs/providers.md matches the presets', async () => {
  const page = await format(providerPage(), { parser: 'markdown', printWidth: 110 })
  await expect(page).toMatchFileSnapshot(
    fileURLToPath(new URL('../../../docs/providers.md', import.meta.url)),
  )
})
